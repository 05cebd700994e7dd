package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.FakeWriter;
import io.nocturne.acquisition.mm.FakeCore.Mishap;
import io.nocturne.acquisition.mm.FakeCore.Script;
import io.nocturne.acquisition.mm.MicroManagerSource.Mode;
import io.nocturne.stream.spi.FrameSource.SourceEnd;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LightTest {
    private static final LightSettings LASER =
            new LightSettings(Optional.of("Shutter"), Optional.of("Laser"), "Power", 20, "mW", 1000);

    private FakeCore core;
    private FakeWriter writer;
    private MicroManagerSource source;

    private long now() {
        return writer == null ? 1_000_000_000L : writer.now;
    }

    private void open(Script script, LightSettings light, List<Phase> phases) throws Exception {
        core = new FakeCore(script, this::now, 0);
        CoreSetup setup = new CoreSetup(Optional.empty(), List.of(), List.of(), Optional.empty());
        source = new MicroManagerSource(
                new MicroManagerSource.Settings("cam0", setup, CameraSettings.UNCHANGED, Mode.LIVE, 0, light, phases),
                () -> core,
                new CoreTime(this::now),
                Optional.of(() -> writer.idle()));
        writer = new FakeWriter(source.open());
    }

    private static Phase phase(String name, long frames, double level) {
        return new Phase(name, frames, Optional.of(level), Optional.empty());
    }

    private String value(String device, String property) {
        try {
            return core.property(device, property);
        } catch (PortException e) {
            throw new AssertionError(e);
        }
    }

    private String shutter() {
        return value("Shutter", "State");
    }

    @Test
    void theSampleIsLitOnlyWhileFramesAreTakenAndEachFrameKnowsItsDose() throws Exception {
        open(Script.camera(16, 8, 10), LASER, List.of(phase("dim", 5, 0.5)));
        String[] during = new String[2];
        writer.stop = count -> {
            if (count == 3) {
                during[0] = value("Shutter", "State");
                during[1] = value("Laser", "Power");
            }
            return false;
        };
        assertThat(core.shutterMoves()).isZero();
        source.run(writer);
        assertThat(during).containsExactly("1", "0.5");
        assertThat(shutter()).isEqualTo("0");
        assertThat(core.property("Laser", "Power")).isEqualTo("0");
        // 0.5 mW for 10 ms on 1000 square micrometres.
        assertThat(writer.entries)
                .allSatisfy(entry -> assertThat(entry.header().lightDose).isEqualTo(5e-6));
        assertThat(writer.notes.get(0))
                .containsEntry("phase", "dim")
                .containsEntry("lightLevel", 0.5)
                .containsEntry("doseUnit", "mW s/um2");
    }

    @Test
    void aBrightReferenceAndADimPartAreEpochsOfTheirOwn() throws Exception {
        open(Script.camera(16, 8, 10), LASER, List.of(phase("reference", 5, 20), phase("dim", 10, 0.25)));
        SourceEnd end = source.run(writer);
        assertThat(writer.frames()).isEqualTo(5);
        assertThat(writer.entries.get(0).header().lightDose).isEqualTo(2e-4);
        assertThat(shutter()).as("dark between phases").isEqualTo("0");
        FakeWriter dim = new FakeWriter(((SourceEnd.NextEpoch) end).spec());
        dim.now = writer.now;
        writer = dim;
        assertThat(source.run(writer)).isEqualTo(SourceEnd.FINISHED);
        assertThat(writer.frames()).isEqualTo(10);
        assertThat(writer.entries.get(9).header().lightDose).isEqualTo(2.5e-6);
    }

    @Test
    void theLightIsOffAfterTheSourceFailed() throws Exception {
        open(Script.camera(16, 8, 10).mishap(3, Mishap.SEQUENCE_ENDS), LASER, List.of(phase("dim", -1, 1)));
        assertThatThrownBy(() -> source.run(writer)).hasMessageContaining("stopped by itself");
        assertThat(shutter()).isEqualTo("0");
        assertThat(core.property("Laser", "Power")).isEqualTo("0");
    }

    @Test
    void closingTurnsTheLightOffEvenIfTheSourceThreadHangs() throws Exception {
        open(Script.camera(16, 8, 10), LASER, List.of(phase("dim", -1, 1)));
        writer.stop = count -> {
            if (count == 2) {
                source.close();
                return true;
            }
            return false;
        };
        source.run(writer);
        assertThat(shutter()).isEqualTo("0");
    }

    @Test
    void noLevelAboveTheLimitIsEverSet() {
        assertThatThrownBy(() -> open(Script.camera(16, 8, 10), LASER, List.of(phase("bright", 5, 20.01))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit of 20.0 mW");
        assertThatThrownBy(() -> new LightSettings(
                        Optional.empty(), Optional.of("Laser"), "Power", Double.POSITIVE_INFINITY, "mW", Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a limit");
    }

    @Test
    void aLevelThatTheDeviceDoesNotTakeIsRefusedBeforeTheShutterOpens() throws Exception {
        LightSettings strong =
                new LightSettings(Optional.of("Shutter"), Optional.of("Laser"), "Power", 500, "mW", Double.NaN);
        open(Script.camera(16, 8, 10), strong, List.of(phase("bright", 5, 200)));
        assertThatThrownBy(() -> source.run(writer))
                .isInstanceOf(PortException.class)
                .hasMessageContaining("0.0 to 100.0");
        assertThat(core.shutterMoves()).isZero();
    }

    @Test
    void anEndlessPhaseMustBeTheLast() {
        assertThatThrownBy(() ->
                        open(Script.camera(16, 8, 10), LASER, List.of(phase("dim", -1, 1), phase("reference", 5, 20))))
                .hasMessageContaining("would never begin");
    }

    @Test
    void withoutControlOfTheLightAStatedLevelStillGivesADose() throws Exception {
        LightSettings stated =
                new LightSettings(Optional.empty(), Optional.empty(), "", Double.POSITIVE_INFINITY, "%", Double.NaN);
        open(Script.camera(16, 8, 10), stated, List.of(phase("dim", 2, 5)));
        source.run(writer);
        assertThat(writer.entries.get(0).header().lightDose).isEqualTo(0.05);
        assertThat(core.shutterMoves()).isZero();
    }
}
