package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mmcorej.TaggedImage;
import mmcorej.org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.micromanager.ndtiffstorage.EssentialImageMetadata;
import org.micromanager.ndtiffstorage.NDTiffStorage;

/** What is written as NDTiff, read by Micro-Manager's own NDTiffStorage and by ours. */
class NdTiffTest {
    private static final FrameSpec FRAME = new FrameSpec(37, 21, PixelType.UINT16);

    @TempDir
    Path folder;

    private static Map<String, Object> axes(Object... namesAndValues) {
        Map<String, Object> axes = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            axes.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return axes;
    }

    private static ByteBuffer pixels(TaggedImage image, FrameSpec spec) {
        ByteBuffer plane =
                ByteBuffer.allocate(spec.pixels() * spec.pixelType().bytes()).order(ByteOrder.nativeOrder());
        if (image.pix instanceof short[] shorts) {
            plane.asShortBuffer().put(shorts);
        } else {
            plane.put((byte[]) image.pix).clear();
        }
        return plane;
    }

    private static ByteBuffer read(RecordedStack reader, long index) throws IOException {
        ByteBuffer frame = Patterns.direct(reader.stack().pixels());
        assertThat(reader.read(index, frame)).as("frame " + index).isTrue();
        return frame;
    }

    @ParameterizedTest
    @CsvSource({
        "UINT8, 1, 1, 1, 5",
        "UINT16, 1, 1, 1, 4",
        "UINT16, 2, 3, 1, 2",
        "UINT8, 5, 1, 2, 3",
        "UINT16, 1, 2, 3, 2"
    })
    void microManagersOwnReaderFindsEveryFrameAndItsMetadata(
            PixelType type, int channels, int slices, int positions, int times) throws Exception {
        FrameSpec frame = new FrameSpec(37, 21, type);
        StreamSpec stream = Patterns.stream(frame, channels, slices, positions);
        Path dataset = folder.resolve("raw.ndtiff");
        long frames = (long) times * stream.framesPerTimePoint();
        try (NdTiffWriter writer = NdTiffWriter.create(dataset, Stack.raw(stream), Fsync.NONE)) {
            for (long i = 0; i < frames; i++) {
                writer.write(i, Patterns.frame(frame, i));
            }
        }
        NDTiffStorage theirs = new NDTiffStorage(dataset.toString());
        try {
            assertThat(theirs.getAxesSet()).hasSize((int) frames);
            for (long i = 0; i < frames; i++) {
                Map<String, Object> axes = axes("time", (int) stream.timePointOf(i));
                if (channels > 1) {
                    axes.put("channel", stream.channelOf(i));
                }
                if (slices > 1) {
                    axes.put("z", stream.zSliceOf(i));
                }
                if (positions > 1) {
                    axes.put("position", stream.positionOf(i));
                }
                TaggedImage image = theirs.getImage(new HashMap<>(axes));
                assertThat(pixels(image, frame)).isEqualTo(Patterns.frame(frame, i));
                assertThat(image.tags.getString("Channel"))
                        .isEqualTo(stream.channels().get(stream.channelOf(i)));
                assertThat(image.tags.getDouble("PixelSizeUm")).isEqualTo(0.065);
                assertThat(image.tags.getDouble("Exposure-ms")).isEqualTo(10);
                assertThat(image.tags.getInt("FrameIndex")).isEqualTo((int) stream.timePointOf(i));
                EssentialImageMetadata essential = theirs.getEssentialImageMetadata(new HashMap<>(axes));
                assertThat(essential.width).isEqualTo(37);
                assertThat(essential.height).isEqualTo(21);
                assertThat(essential.bitDepth).isEqualTo(8 * type.bytes());
            }
            JSONObject summary = theirs.getSummaryMetadata();
            assertThat(summary.getJSONArray("ChNames").length()).isEqualTo(channels);
            assertThat(summary.getDouble("PixelSize_um")).isEqualTo(0.065);
            assertThat(summary.getDouble("z-step_um")).isEqualTo(0.3);
        } finally {
            theirs.close();
        }
    }

    @Test
    void oursReadsItWhileItGrowsAndTiffReadersDoToo() throws IOException {
        StreamSpec stream = Patterns.stream(FRAME, 2, 1, 1);
        Path dataset = folder.resolve("raw.ndtiff");
        try (NdTiffWriter writer = NdTiffWriter.create(dataset, Stack.raw(stream), Fsync.EACH);
                RecordedStack reader = RecordedStack.open(dataset)) {
            assertThat(reader.frames()).isZero();
            for (long i = 0; i < 8; i++) {
                if (i == 3) {
                    writer.mark(1, 1, 0, 0, FrameState.GAP);
                    continue;
                }
                writer.write(i, Patterns.frame(FRAME, i));
                assertThat(reader.refresh()).isEqualTo(i / 2 * 2 + 2);
                assertThat(read(reader, i)).isEqualTo(Patterns.frame(FRAME, i));
            }
            assertThat(reader.has(3)).isFalse();
            assertThat(reader.stream().pixelSizeUm()).isEqualTo(0.065);
            assertThat(reader.stream().channels()).containsExactly("DAPI", "GFP");
        }
        try (StackReader tiff = StackReader.open(dataset.resolve("raw_NDTiffStack.tif"))) {
            assertThat(tiff.frames()).isEqualTo(7);
        }
    }

    /** Writes frames without end, and names each that is stored. */
    static final class EndlessWriter {
        public static void main(String[] arguments) throws IOException {
            StreamSpec stream = Patterns.stream(FRAME, 1, 1, 1);
            try (NdTiffWriter writer =
                    NdTiffWriter.create(Path.of(arguments[0]), Stack.raw(stream), Fsync.NONE, 200_000)) {
                for (long i = 0; i < 1_000_000; i++) {
                    writer.write(i, Patterns.frame(FRAME, i));
                    System.out.println(i);
                }
            }
        }
    }

    @Test
    void aKilledWriterLeavesADatasetThatMicroManagersReaderOpens() throws Exception {
        Path dataset = folder.resolve("raw.ndtiff");
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessWriter.class.getName(),
                        dataset.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int stored = 0;
        try (BufferedReader told = writer.inputReader()) {
            while (stored < 400) {
                stored = Integer.parseInt(told.readLine()) + 1;
            }
            writer.destroyForcibly().waitFor();
        }
        NDTiffStorage theirs = new NDTiffStorage(dataset.toString());
        try (RecordedStack ours = RecordedStack.open(dataset)) {
            assertThat(ours.frames()).isGreaterThanOrEqualTo(stored);
            assertThat(theirs.getAxesSet()).hasSize((int) ours.frames());
            for (int i = 0; i < ours.frames(); i++) {
                assertThat(read(ours, i)).isEqualTo(Patterns.frame(FRAME, i));
                assertThat(pixels(theirs.getImage(new HashMap<>(axes("time", i))), FRAME))
                        .isEqualTo(Patterns.frame(FRAME, i));
            }
        } finally {
            theirs.close();
        }
    }

    @Test
    void aFullFileIsFollowedByAnother() throws Exception {
        StreamSpec stream = Patterns.stream(FRAME, 1, 1, 1);
        Path dataset = folder.resolve("raw.ndtiff");
        try (NdTiffWriter writer =
                NdTiffWriter.create(dataset, Stack.raw(stream), Fsync.every(Duration.ofMillis(20)), 12_000)) {
            for (long i = 0; i < 15; i++) {
                writer.write(i, Patterns.frame(FRAME, i));
            }
        }
        try (var files = Files.list(dataset)) {
            assertThat(files.filter(file -> file.toString().endsWith(".tif")))
                    .hasSizeGreaterThan(3)
                    .allSatisfy(file -> assertThat(file)
                            .satisfies(f -> assertThat(Files.size(f)).isLessThanOrEqualTo(12_000)));
        }
        NDTiffStorage theirs = new NDTiffStorage(dataset.toString());
        try (RecordedStack ours = RecordedStack.open(dataset)) {
            for (int i = 0; i < 15; i++) {
                assertThat(read(ours, i)).isEqualTo(Patterns.frame(FRAME, i));
                assertThat(pixels(theirs.getImage(new HashMap<>(axes("time", i))), FRAME))
                        .isEqualTo(Patterns.frame(FRAME, i));
            }
        } finally {
            theirs.close();
        }
    }

    @Test
    void productsOfSeveralPlanesAreFilledInLaterAndKeepTheirStates() throws Exception {
        StreamSpec stream = Patterns.stream(FRAME, 1, 4, 1);
        FrameSpec product = new FrameSpec(74, 42, 3, PixelType.UINT16);
        Stack stack = Stack.restored(
                stream, new RestorerSpec("r", "r", FRAME, product, WindowSpec.WHOLE_STACK, List.of("lo", "hi"), 0.1));
        Path dataset = folder.resolve("restored.ndtiff");
        try (NdTiffWriter writer = NdTiffWriter.create(dataset, stack, Fsync.NONE)) {
            writer.write(0, 0, 3, 0, Patterns.frame(product, 0));
            writer.mark(1, 0, 3, 0, FrameState.RAW_ONLY);
            writer.write(2, 0, 3, 0, Patterns.frame(product, 2));
        }
        try (RecordedStack reader = RecordedStack.open(dataset)) {
            assertThat(reader.frames()).isEqualTo(3);
            assertThat(reader.has(1)).isFalse();
            assertThat(reader.state(1, 0, 3, 0)).isEqualTo(FrameState.RAW_ONLY.code());
            assertThat(reader.state(2, 0, 3, 0)).isEqualTo(FrameState.RESTORED.code());
        }
        try (NdTiffWriter writer = NdTiffWriter.append(dataset, stack, Fsync.NONE)) {
            writer.write(1, 0, 3, 0, Patterns.frame(product, 1));
            writer.write(2, 0, 3, 0, Patterns.frame(product, 5));
        }
        NDTiffStorage theirs = new NDTiffStorage(dataset.toString());
        try (RecordedStack reader = RecordedStack.open(dataset)) {
            assertThat(read(reader, 1)).isEqualTo(Patterns.frame(product, 1));
            assertThat(read(reader, 2)).isEqualTo(Patterns.frame(product, 5));
            assertThat(reader.state(1, 0, 3, 0)).isEqualTo(FrameState.RESTORED.code());
            assertThat(theirs.getAxesSet()).hasSize(9);
            ByteBuffer planes = Patterns.frame(product, 5);
            ByteBuffer last = planes.slice(2 * planes.capacity() / 3, planes.capacity() / 3);
            FrameSpec plane = new FrameSpec(74, 42, PixelType.UINT16);
            assertThat(pixels(theirs.getImage(new HashMap<>(axes("time", 2, "z", 2))), plane))
                    .isEqualTo(last);
            assertThat(theirs.getImage(new HashMap<>(axes("time", 2, "z", 2)))
                            .tags
                            .getDouble("PixelSizeUm"))
                    .isEqualTo(0.0325);
        } finally {
            theirs.close();
        }
    }

    @Test
    void whatTheFormatCannotHoldIsRefusedByName() {
        StreamSpec floats = Patterns.stream(new FrameSpec(8, 8, PixelType.FLOAT32), 1, 1, 1);
        Path dataset = folder.resolve("raw.ndtiff");
        assertThatThrownBy(() -> NdTiffWriter.create(dataset, Stack.raw(floats), Fsync.NONE))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("float32")
                .hasMessageContaining("disk.format");
        assertThat(dataset).doesNotExist();
    }

    @Test
    void aDatasetOfMicroManagersIsNotAddedTo() throws Exception {
        Path dataset = Files.createDirectory(folder.resolve("theirs.ndtiff"));
        NDTiffStorage theirs = new NDTiffStorage(
                dataset.toString(), "theirs", new JSONObject(), 0, 0, false, null, 4, line -> {}, false);
        theirs.putImage(new short[4], new JSONObject(), new HashMap<>(axes("time", 0)), false, 16, 2, 2)
                .get();
        theirs.finishedWriting();
        theirs.closeAndWait();
        Stack stack = Stack.raw(Patterns.stream(FRAME, 1, 1, 1));
        assertThatThrownBy(() -> NdTiffWriter.append(dataset, stack, Fsync.NONE))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("not of a run");
        assertThatThrownBy(() -> NdTiffWriter.create(dataset, stack, Fsync.NONE))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("exists already");
    }
}
