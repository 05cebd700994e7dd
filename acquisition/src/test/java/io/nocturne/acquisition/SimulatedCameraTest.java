package io.nocturne.acquisition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.nocturne.acquisition.scene.SimulatedMovie;
import io.nocturne.acquisition.scene.Specimen;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedCameraTest {
    private static SimulatedCamera.Builder small() {
        return SimulatedCamera.Settings.builder("cam0").size(96, 80).frames(30).specimen(new Specimen(1, 6, 20, 10, 1));
    }

    @Test
    void framesInTheRingAreTheMoviesFramesAtTheirIndex() throws Exception {
        SimulatedCamera.Settings settings = small().build();
        FakeWriter writer = new FakeWriter(new SimulatedCamera(settings).open());
        long start = writer.now;
        writer.room = time -> time - start < 305_000_000 || time - start > 800_000_000;
        try (SimulatedCamera camera = new SimulatedCamera(settings, writer::sleep)) {
            camera.open();
            camera.run(writer);
            SimulatedMovie truth = camera.groundTruth();
            short[] counts = new short[96 * 80];
            for (FakeWriter.Entry entry : writer.entries) {
                truth.frame(entry.header().index, counts);
                for (int p = 0; p < counts.length; p++) {
                    assertThat(entry.pixels().getShort(2 * p)).isEqualTo(counts[p]);
                }
                assertThat(entry.header().exposureNanos).isEqualTo(50_000_000);
            }
        }
        assertThat(writer.frames()).isEqualTo(30);
    }

    @Test
    void aStallBeyondTheBufferLeavesAGapAndTheNumbersJump() throws Exception {
        SimulatedCamera.Settings settings = small().bufferFrames(4).build();
        FakeWriter writer = new FakeWriter(new SimulatedCamera(settings).open());
        long start = writer.now;
        writer.room = time -> time - start < 305_000_000 || time - start > 805_000_000;
        try (SimulatedCamera camera = new SimulatedCamera(settings, writer::sleep)) {
            camera.open();
            camera.run(writer);
        }
        assertThat(writer.entries.get(7).header().cause).isEqualTo(Cause.CAMERA_OVERWROTE);
        assertThat(writer.entries.get(7).header().count).isEqualTo(6);
        assertThat(writer.entries.get(8).header().cameraNumber).isEqualTo(13);
        assertThat(writer.frames() + writer.lost()).isEqualTo(30);
    }

    @Test
    void eightBitFramesHoldTheSameImageWithinEightBits() throws Exception {
        SimulatedCamera.Settings settings =
                small().pixelType(PixelType.UINT8).framesPerSecond(0).frames(2).build();
        try (SimulatedCamera camera = new SimulatedCamera(settings)) {
            StreamSpec stream = camera.open();
            assertThat(stream.significantBits()).isEqualTo(8);
            FakeWriter writer = new FakeWriter(stream);
            camera.run(writer);
            short[] counts = new short[96 * 80];
            camera.groundTruth().frame(1, counts);
            for (int p = 0; p < counts.length; p++) {
                assertThat(counts[p]).isBetween((short) 0, (short) 255);
                assertThat(writer.entries.get(1).pixels().get(p)).isEqualTo((byte) counts[p]);
            }
        }
    }

    @Test
    void theStreamTellsWhatWasSet() {
        StreamSpec stream = new SimulatedCamera(small().channels(List.of(Structure.MICROTUBULES, Structure.NUCLEI))
                        .zStack(3, 0.5)
                        .positions(2)
                        .exposureMillis(10)
                        .build())
                .open();
        assertThat(stream.channels()).containsExactly("microtubules", "nuclei");
        assertThat(stream.framesPerTimePoint()).isEqualTo(12);
        assertThat(stream.zStepUm()).isEqualTo(0.5);
        assertThat(stream.exposureNanos()).isEqualTo(10_000_000);
        assertThat(stream.framePeriodNanos()).isEqualTo(50_000_000);
        assertThat(stream.totalFrames()).isEqualTo(30);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small().exposureMillis(60).build())
                .withMessage("Simulated camera setting exposureMillis must be 0 (the whole period) to the period of "
                        + "50.0 ms, not 60.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small().pixelType(PixelType.FLOAT32).build())
                .withMessageContaining("uint8 or uint16");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small().channels(List.of()).build())
                .withMessageContaining("at least one structure");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Specimen(0, 15, 5000, 0, 1))
                .withMessage("Simulation setting microtubules must be 0 to 2000 per cell, not 5000.0");
    }
}
