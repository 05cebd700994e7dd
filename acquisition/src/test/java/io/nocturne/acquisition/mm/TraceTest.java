package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.FakeWriter;
import io.nocturne.acquisition.mm.FakeCore.Mishap;
import io.nocturne.acquisition.mm.FakeCore.Script;
import io.nocturne.acquisition.mm.MicroManagerSource.Mode;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.SourceException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was said once is said again, and becomes the same frames and gaps. */
class TraceTest {
    private static final long MILLI = 1_000_000L;

    @TempDir
    Path folder;

    private FakeWriter writer;

    private long now() {
        return writer == null ? 1_000_000_000L : writer.now;
    }

    private MicroManagerSource source(CameraPort port, Mode mode, long frames) throws SourceException {
        CoreSetup nothing = new CoreSetup(Optional.empty(), List.of(), List.of(), Optional.empty());
        MicroManagerSource source = new MicroManagerSource(
                MicroManagerSource.Settings.of("cam0", nothing, CameraSettings.UNCHANGED, mode, frames),
                () -> port,
                new CoreTime(this::now),
                Optional.of(() -> writer.idle()));
        writer = null;
        writer = new FakeWriter(source.open());
        return source;
    }

    private List<String> story() {
        return writer.entries.stream()
                .map(e -> (e.isGap() ? e.header().cause + " " + e.header().count : "frame") + " at " + e.header().index
                        + ", camera's " + e.header().cameraNumber)
                .toList();
    }

    @Test
    void aWipedBufferAndABrokenPromisePlayAgain() throws Exception {
        Path file = folder.resolve("camera.trace");
        FakeCore core = new FakeCore(
                Script.camera(16, 8, 2).bufferFrames(32).mishap(10, Mishap.WIPED_BEFORE_POP), this::now, 0);
        MicroManagerSource first = source(Trace.recording(core, file, this::now), Mode.LIVE, 400);
        long start = writer.now;
        writer.room = time -> (time - start) / (100 * MILLI) % 2 == 1;
        first.run(writer);
        first.close();
        List<String> told = story();
        assertThat(told).anyMatch(line -> line.startsWith("CAMERA_OVERWROTE"));

        MicroManagerSource again = source(new TracePort(Trace.read(file), this::now), Mode.LIVE, 400);
        again.run(writer);
        assertThat(story()).isEqualTo(told);
    }

    @Test
    void anOverflowThatEndedARecordingEndsItAgain() throws Exception {
        Path file = folder.resolve("camera.trace");
        FakeCore core = new FakeCore(Script.camera(16, 8, 2).bufferFrames(8), this::now, 0);
        MicroManagerSource first = source(Trace.recording(core, file, this::now), Mode.RECORD, -1);
        long start = writer.now;
        writer.room = time -> time < start + 20 * MILLI || time > start + 90 * MILLI;
        assertThatThrownBy(() -> first.run(writer)).hasMessageContaining("was full after");
        first.close();
        List<String> told = story();

        MicroManagerSource again = source(new TracePort(Trace.read(file), this::now), Mode.RECORD, -1);
        assertThatThrownBy(() -> again.run(writer)).hasMessageContaining("was full after");
        assertThat(story()).isEqualTo(told);
    }

    /** Recorded from core 12.5.0 with DemoCamera: a buffer of 1 MiB, and a consumer that stood still now and then. */
    @Test
    void whatARealCoreDidIsAccountedFor() throws Exception {
        Trace trace = Trace.read(resource("demo-camera.trace"));
        MicroManagerSource source = source(new TracePort(trace, this::now), Mode.LIVE, 150);
        source.run(writer);
        assertThat(writer.entries)
                .filteredOn(FakeWriter.Entry::isGap)
                .isNotEmpty()
                .allSatisfy(gap -> assertThat(gap.header().cause).isEqualTo(Cause.CAMERA_OVERWROTE));
        assertThat(writer.frames() + writer.lost()).isEqualTo(150);
        assertThat(writer.entries).allSatisfy(entry -> {
            if (!entry.isGap()) {
                assertThat(entry.header().cameraNumber).isEqualTo(entry.header().index);
            }
        });
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(TraceTest.class.getResource(name).toURI());
    }

    @Test
    void whatIsNoTraceIsNamedWithItsLine() throws IOException {
        Path file = folder.resolve("broken.trace");
        Files.writeString(file, "something else\n");
        assertThatThrownBy(() -> Trace.read(file)).hasMessageContaining("first line");
        Files.writeString(file, "nocturne-trace 1\nframe\tsoon\t5\tx\n");
        assertThatThrownBy(() -> Trace.read(file)).hasMessageContaining("line 2");
    }
}
