package io.nocturne.acquisition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.nocturne.acquisition.ReplaySource.Pace;
import io.nocturne.acquisition.ReplaySource.Settings;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplaySourceTest {
    @TempDir
    Path folder;

    private static final FrameSpec FRAME = new FrameSpec(24, 10, PixelType.UINT16);

    private Path recorded(int frames, Set<Integer> holes) throws Exception {
        StreamSpec stream = StreamSpec.movie("cam7", FRAME, 20_000_000, frames);
        Path path = folder.resolve("raw.ome.zarr");
        ByteBuffer pixels = ByteBuffer.allocateDirect(FRAME.bytes()).order(ByteOrder.nativeOrder());
        try (OmeZarrWriter writer = OmeZarrWriter.create(
                path, Stack.raw(stream), OmeZarrWriter.Options.DEFAULT.withLayout(OmeZarrWriter.Layout.FILES))) {
            for (int k = 0; k < frames; k++) {
                if (!holes.contains(k)) {
                    PatternSource.fill(pixels, PixelType.UINT16, k);
                    writer.write(k, 0, 0, 0, pixels.rewind());
                }
            }
        }
        return path;
    }

    private static FakeWriter play(Settings settings) throws Exception {
        FakeWriter[] writer = new FakeWriter[1];
        try (ReplaySource source = new ReplaySource(settings, nanos -> writer[0].sleep(nanos))) {
            writer[0] = new FakeWriter(source.open());
            source.run(writer[0]);
        }
        return writer[0];
    }

    private static void hasPattern(FakeWriter.Entry entry, long index) {
        assertThat(PatternSource.mismatch(entry.pixels(), PixelType.UINT16, index))
                .isEqualTo(-1);
    }

    @Test
    void maximalPaceGivesEveryFrameOnceUnderBackPressure() throws Exception {
        Settings settings = Settings.maximal(recorded(150, Set.of()));
        FakeWriter writer;
        try (ReplaySource source = new ReplaySource(settings)) {
            writer = new FakeWriter(source.open());
            writer.room = time -> time / 500_000 % 3 == 0;
            source.run(writer);
        }
        assertThat(writer.frames()).isEqualTo(150);
        for (int k = 0; k < 150; k++) {
            hasPattern(writer.entries.get(k), k);
        }
    }

    @Test
    void recordedPaceKeepsTheRecordedPeriod() throws Exception {
        FakeWriter writer = play(new Settings(recorded(12, Set.of()), "", Pace.RECORDED, 0, 0, true, 0));
        for (int k = 1; k < 12; k++) {
            long step = writer.entries.get(k).header().coreNanos
                    - writer.entries.get(k - 1).header().coreNanos;
            assertThat(step).isEqualTo(20_000_000);
        }
    }

    @Test
    void holesArePlayedAsGapsAndIndicesStay() throws Exception {
        FakeWriter writer = play(Settings.maximal(recorded(20, Set.of(3, 4, 11))));
        assertThat(writer.frames()).isEqualTo(17);
        assertThat(writer.lost()).isEqualTo(3);
        assertThat(writer.entries.get(3).header().cause).isEqualTo(Cause.CAMERA_SKIPPED);
        assertThat(writer.entries.get(3).header().count).isEqualTo(2);
        for (FakeWriter.Entry entry : writer.entries) {
            if (!entry.isGap()) {
                hasPattern(entry, entry.header().index);
            }
        }
    }

    @Test
    void aLoopPlaysTheStackAgainUpToTheFramesAskedFor() throws Exception {
        FakeWriter writer = play(new Settings(recorded(5, Set.of()), "loop", Pace.RATE, 200, 17, true, 0));
        assertThat(writer.frames()).isEqualTo(17);
        for (int k = 0; k < 17; k++) {
            hasPattern(writer.entries.get(k), k % 5);
        }
    }

    @Test
    void anEndlessLoopStopsWhenAsked() throws Exception {
        Settings settings = new Settings(recorded(5, Set.of()), "", Pace.MAXIMAL, 0, -1, true, 0);
        try (ReplaySource source = new ReplaySource(settings)) {
            FakeWriter writer = new FakeWriter(source.open());
            writer.stop = entries -> entries >= 1000;
            source.run(writer);
            assertThat(writer.frames()).isEqualTo(1000);
        }
    }

    @Test
    void atARateAStallLosesFramesOnlyWhereAllowed() throws Exception {
        Path path = recorded(100, Set.of());
        for (boolean lossless : new boolean[] {true, false}) {
            Settings settings = new Settings(path, "", Pace.RATE, 100, 0, lossless, 10);
            FakeWriter writer = new FakeWriter(StreamSpec.movie("cam7", FRAME, 10_000_000, 100));
            long start = writer.now;
            writer.room = time -> time - start < 205_000_000 || time - start > 605_000_000;
            try (ReplaySource source = new ReplaySource(settings, writer::sleep)) {
                source.open();
                source.run(writer);
            }
            assertThat(writer.frames() + writer.lost()).isEqualTo(100);
            if (lossless) {
                assertThat(writer.lost()).isZero();
            } else {
                assertThat(writer.lost()).isPositive();
            }
            for (FakeWriter.Entry entry : writer.entries) {
                if (!entry.isGap()) {
                    hasPattern(entry, entry.header().index);
                }
            }
        }
    }

    @Test
    void aRecordingThatDoesNotSaySoIsTakenForStacks() throws Exception {
        Settings settings =
                Settings.maximal(recorded(12, Set.of())).withGeometry(new ReplaySource.Geometry(4, 0.1, 0.5));
        try (ReplaySource source = new ReplaySource(settings)) {
            StreamSpec stream = source.open();
            assertThat(stream.zSlices()).isEqualTo(4);
            assertThat(stream.pixelSizeUm()).isEqualTo(0.1);
            assertThat(stream.zStepUm()).isEqualTo(0.5);
            FakeWriter writer = new FakeWriter(stream);
            source.run(writer);
            assertThat(writer.entries.get(11).header().zSlice).isEqualTo(3);
            assertThat(writer.entries.get(11).header().timePoint).isEqualTo(2);
        }
        Settings five = Settings.maximal(settings.path()).withGeometry(new ReplaySource.Geometry(5, 0, 0));
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> new ReplaySource(five).open())
                .withMessageContaining("zSlices 5 doesn't fit")
                .withMessageContaining("12 frames");
    }

    @Test
    void whatCannotBeReplayedSaysWhy() throws Exception {
        Path nothing = folder.resolve("nothing.tif");
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> new ReplaySource(Settings.maximal(nothing)).open())
                .withMessageContaining("nothing.tif can't be replayed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Settings(nothing, "", Pace.RATE, 0, 0, true, 0))
                .withMessageContaining("framesPerSecond must be above 0");
    }

    @Test
    void aDamagedFrameEndsTheReplayWithItsNumber() throws Exception {
        Path path = recorded(8, Set.of());
        try (var files = Files.walk(path)) {
            Path chunk = files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().contains("."))
                    .sorted()
                    .toList()
                    .get(5);
            Files.write(chunk, List.of("damage"));
        }
        try (ReplaySource source = new ReplaySource(Settings.maximal(path))) {
            FakeWriter writer = new FakeWriter(source.open());
            assertThatExceptionOfType(java.io.IOException.class)
                    .isThrownBy(() -> source.run(writer))
                    .withMessageContaining("could not be read");
            assertThat(writer.frames()).isLessThan(8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data/frap_timelapse_512", "data/lysosome_confocal_timelapse"})
    void realMoviesComeThroughBitForBit(String name) throws Exception {
        Path shared =
                Path.of(System.getProperty("nocturne.shared", "../shared")).resolve(name);
        assumeThat(shared).exists();
        Path stack = shared;
        if (name.contains("lysosome")) {
            try (var files = Files.list(shared)) {
                stack = files.filter(file -> file.toString().endsWith(".tif"))
                        .sorted()
                        .toList()
                        .get(0);
            }
        }
        FakeWriter writer = play(new Settings(stack, "", Pace.RATE, 20, 0, true, 0));
        try (StackReader reader = StackReader.open(stack)) {
            assertThat(writer.frames()).isEqualTo(reader.frames()).isGreaterThan(10);
            ByteBuffer pixels =
                    ByteBuffer.allocateDirect(reader.stream().frame().bytes()).order(ByteOrder.nativeOrder());
            for (int k = 0; k < reader.frames(); k++) {
                reader.read(k, pixels);
                assertThat(writer.entries.get(k).pixels()).isEqualTo(pixels);
            }
        }
    }
}
