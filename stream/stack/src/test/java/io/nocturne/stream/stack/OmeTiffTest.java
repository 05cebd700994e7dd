package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import com.sun.management.ThreadMXBean;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OmeTiffTest {
    private static final FrameSpec FRAME = new FrameSpec(65, 48, PixelType.UINT16);
    private static final StreamSpec STREAM = Patterns.stream(FRAME, 1, 1, 1);

    @TempDir
    Path folder;

    private static OmeTiffReader open(Path tiff) throws IOException {
        return OmeTiffReader.open(tiff).orElseThrow();
    }

    private static Stack restored(StreamSpec stream, FrameSpec product, WindowSpec window) {
        return Stack.restored(stream, new RestorerSpec("r", "r", stream.frame(), product, window, List.of()));
    }

    @Property(tries = 30)
    void whatIsWrittenIsReadBackByThisReaderAndByAnyOther(
            @ForAll @IntRange(min = 1, max = 37) int width,
            @ForAll @IntRange(min = 1, max = 23) int height,
            @ForAll PixelType type,
            @ForAll @IntRange(min = 1, max = 3) int channels,
            @ForAll @IntRange(min = 1, max = 3) int slices,
            @ForAll @IntRange(min = 1, max = 3) int positions,
            @ForAll @IntRange(min = 1, max = 4) int times)
            throws IOException {
        Path root = Files.createTempDirectory("tiff");
        try {
            FrameSpec frame = new FrameSpec(width, height, type);
            StreamSpec stream = Patterns.stream(frame, channels, slices, positions);
            Path tiff = root.resolve("raw.ome.tif");
            int frames = times * stream.framesPerTimePoint();
            CRC32C crc = new CRC32C();
            try (OmeTiffWriter writer = OmeTiffWriter.create(tiff, Stack.raw(stream), Fsync.NONE)) {
                for (int i = 0; i < frames; i++) {
                    writer.write(i, Patterns.frame(frame, i));
                    crc.reset();
                    crc.update(Patterns.frame(frame, i));
                    assertThat(writer.lastCrc32c()).isEqualTo(crc.getValue());
                }
            }
            try (StackReader ours = StackReader.open(tiff);
                    StackReader any = TiffReader.open(tiff)) {
                assertThat(ours).isInstanceOf(OmeTiffReader.class);
                for (StackReader reader : List.of(ours, any)) {
                    assertThat(reader.frames()).isEqualTo(frames);
                    assertThat(reader.stream().channels()).isEqualTo(stream.channels());
                    assertThat(reader.stream().zSlices()).isEqualTo(slices);
                    assertThat(reader.stream().positions()).isEqualTo(positions);
                    assertThat(reader.stream().pixelSizeUm()).isEqualTo(0.065);
                    assertThat(reader.stream().framePeriodNanos()).isEqualTo(50_000_000L);
                    ByteBuffer read = Patterns.direct(frame);
                    for (int i = 0; i < frames; i++) {
                        assertThat(reader.has(i)).isTrue();
                        assertThat(reader.read(i, read)).isTrue();
                        assertThat(read).isEqualTo(Patterns.frame(frame, i));
                    }
                }
            }
        } finally {
            OmeZarrTest.deleteAll(root);
        }
    }

    @Test
    void framesThatNeverCameAreBlackPagesThatShareTheirPixels() throws IOException {
        Path tiff = folder.resolve("raw.ome.tif");
        try (OmeTiffWriter writer = OmeTiffWriter.create(tiff, Stack.raw(STREAM), Fsync.NONE)) {
            writer.mark(0, 0, 0, 0, FrameState.GAP);
            writer.write(3, Patterns.frame(FRAME, 3));
            writer.mark(9, 0, 0, 0, FrameState.GAP);
        }
        try (OmeTiffReader ours = open(tiff);
                StackReader any = TiffReader.open(tiff)) {
            assertThat(ours.frames()).isEqualTo(10);
            assertThat(any.frames()).isEqualTo(10);
            ByteBuffer read = Patterns.direct(FRAME);
            for (int i = 0; i < 10; i++) {
                assertThat(ours.has(i)).isEqualTo(i == 3);
                assertThat(ours.read(i, read)).isEqualTo(i == 3);
                assertThat(any.read(i, read)).isTrue();
                assertThat(read).isEqualTo(i == 3 ? Patterns.frame(FRAME, 3) : Patterns.direct(FRAME));
            }
        }
        assertThat(Files.size(tiff)).isLessThan(2 * (FRAME.bytes() + 512) + 12 * 512 + 2 * 8192);
    }

    @Test
    void holesAreFilledLaterFramesReplacedAndStatesKept() throws IOException {
        Stack stack = restored(STREAM, FRAME, WindowSpec.SINGLE);
        Path tiff = folder.resolve("restored.ome.tif");
        try (OmeTiffWriter writer = OmeTiffWriter.create(tiff, stack, Fsync.NONE)) {
            for (int i = 0; i < 6; i++) {
                if (i % 2 == 0) {
                    writer.mark(i, 0, 0, 0, FrameState.RAW_ONLY);
                } else {
                    writer.write(i, Patterns.frame(FRAME, i));
                }
            }
        }
        try (OmeTiffReader reader = open(tiff)) {
            assertThat(reader.has(0)).isFalse();
            assertThat(reader.state(0, 0, 0, 0)).isEqualTo(FrameState.RAW_ONLY.code());
            assertThat(reader.state(1, 0, 0, 0)).isEqualTo(FrameState.RESTORED.code());
        }
        try (OmeTiffWriter writer = OmeTiffWriter.append(tiff, stack, Fsync.NONE)) {
            for (int i : new int[] {0, 2, 4, 5, 7}) {
                writer.write(i, Patterns.frame(FRAME, 100 + i));
            }
        }
        try (OmeTiffReader ours = open(tiff);
                StackReader any = TiffReader.open(tiff)) {
            assertThat(ours.frames()).isEqualTo(8);
            assertThat(ours.describedLength()).isEqualTo(8);
            ByteBuffer read = Patterns.direct(FRAME);
            for (int i : new int[] {0, 1, 2, 3, 4, 5, 7}) {
                ByteBuffer expected = Patterns.frame(FRAME, i == 1 || i == 3 ? i : 100 + i);
                assertThat(ours.read(i, read)).isTrue();
                assertThat(read).isEqualTo(expected);
                assertThat(any.read(i, read)).isTrue();
                assertThat(read).isEqualTo(expected);
                assertThat(ours.state(i, 0, 0, 0)).isEqualTo(FrameState.RESTORED.code());
            }
            assertThat(ours.has(6)).isFalse();
            assertThat(ours.state(6, 0, 0, 0)).isZero();
        }
    }

    @Test
    void productsMayBeDeepAndStandForAWholeStack() throws IOException {
        FrameSpec product = new FrameSpec(130, 96, 3, PixelType.FLOAT32);
        Stack stack = restored(Patterns.stream(FRAME, 2, 4, 2), product, WindowSpec.WHOLE_STACK);
        Path tiff = folder.resolve("restored.ome.tif");
        try (OmeTiffWriter writer = OmeTiffWriter.create(tiff, stack, Fsync.NONE)) {
            for (int i = 0; i < 8; i++) {
                for (int z = 0; z < 4; z++) {
                    if (z < 3) {
                        writer.mark(i / 4, i % 2, z, i / 2 % 2, FrameState.RAW_ONLY);
                    } else {
                        writer.write(i / 4, i % 2, z, i / 2 % 2, Patterns.frame(product, i));
                    }
                }
            }
        }
        try (OmeTiffReader reader = open(tiff)) {
            assertThat(reader.frames()).isEqualTo(8);
            ByteBuffer read = Patterns.direct(product);
            for (int i = 0; i < 8; i++) {
                assertThat(reader.read(i, read)).isTrue();
                assertThat(read).isEqualTo(Patterns.frame(product, i));
            }
            assertThat(reader.state(1, 1, 2, 1)).isEqualTo(FrameState.RAW_ONLY.code());
            assertThat(reader.state(1, 1, 3, 1)).isEqualTo(FrameState.RESTORED.code());
        }
    }

    @Test
    void aReaderOfAGrowingFileSeesOnlyWholeFramesAndAnyReaderTheDescribedOnes() throws Exception {
        Path tiff = folder.resolve("raw.ome.tif");
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Long> polls;
        try (OmeTiffWriter writer = OmeTiffWriter.create(tiff, Stack.raw(STREAM), Fsync.NONE)) {
            polls = CompletableFuture.supplyAsync(() -> poll(tiff, done));
            for (int i = 0; i < 300; i++) {
                writer.write(i, Patterns.frame(FRAME, i));
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        done.set(true);
        assertThat(polls.get(30, TimeUnit.SECONDS)).isPositive();
        try (StackReader any = TiffReader.open(tiff)) {
            assertThat(any.frames()).isEqualTo(300);
        }
    }

    private static long poll(Path tiff, AtomicBoolean done) {
        long polls = 0;
        ByteBuffer read = Patterns.direct(FRAME);
        try (OmeTiffReader reader = open(tiff)) {
            long before = 0;
            while (!done.get()) {
                long frames = reader.refresh();
                assertThat(reader.isBrokenOff()).isFalse();
                assertThat(frames).isGreaterThanOrEqualTo(before);
                for (long i = Math.max(before - 2, 0); i < frames; i++) {
                    assertThat(reader.read(i, read)).isTrue();
                    assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
                }
                before = frames;
                if (polls++ % 10 == 0 && frames > 0) {
                    try (StackReader any = TiffReader.open(tiff)) {
                        for (long i = Math.max(0, any.frames() - 2);
                                any.stream().channels().equals(List.of("DAPI")) && i < any.frames();
                                i++) {
                            // its pages were looked up before its description was read, which may tell of more
                            if (any.read(i, read)) {
                                assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
                            }
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return polls;
    }

    @Test
    void aWriterCutOffAtAnyByteLeavesWholeFramesThatCanBeGoneOnFrom() throws IOException {
        FrameSpec tiny = new FrameSpec(20, 10, PixelType.UINT8);
        StreamSpec stream = Patterns.stream(tiny, 1, 1, 1);
        Path tiff = folder.resolve("raw.ome.tif");
        OmeTiffWriter writer = OmeTiffWriter.create(tiff, Stack.raw(stream), Fsync.NONE);
        try (writer) {
            for (int i = 0; i < 5; i++) {
                writer.write(i, Patterns.frame(tiny, i));
            }
        }
        byte[] whole = Files.readAllBytes(tiff);
        ByteBuffer read = Patterns.direct(tiny);
        for (int bytes = 1024 + 2 * 8192; bytes < whole.length; bytes += 97) {
            Path cut = folder.resolve("cut.ome.tif");
            Files.write(cut, java.util.Arrays.copyOf(whole, bytes));
            long left;
            try (OmeTiffReader reader = open(cut)) {
                left = reader.frames();
                for (long i = 0; i < left; i++) {
                    assertThat(reader.read(i, read)).isTrue();
                    assertThat(read).isEqualTo(Patterns.frame(tiny, i));
                }
            }
            try (OmeTiffWriter again = OmeTiffWriter.append(cut, Stack.raw(stream), Fsync.EACH)) {
                again.write(left, Patterns.frame(tiny, left));
            }
            try (OmeTiffReader ours = open(cut);
                    StackReader any = TiffReader.open(cut)) {
                assertThat(ours.isBrokenOff()).isFalse();
                assertThat(any.frames()).isEqualTo(left + 1);
                assertThat(any.read(left, read)).isTrue();
                assertThat(read).isEqualTo(Patterns.frame(tiny, left));
            }
            Files.delete(cut);
        }
    }

    @Test
    void aChangedPixelIsFoundByItsPagesChecksum() throws IOException {
        Path tiff = folder.resolve("raw.ome.tif");
        try (OmeTiffWriter writer = OmeTiffWriter.create(tiff, Stack.raw(STREAM), Fsync.NONE)) {
            writer.write(0, Patterns.frame(FRAME, 0));
        }
        try (FileChannel channel = FileChannel.open(tiff, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), Files.size(tiff) - 512 - FRAME.bytes());
        }
        try (OmeTiffReader reader = open(tiff)) {
            assertThatThrownBy(() -> reader.read(0, Patterns.direct(FRAME)))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("checksum");
        }
    }

    @Test
    void otherStacksAndOtherFilesAreRefused() throws IOException {
        Path tiff = folder.resolve("raw.ome.tif");
        OmeTiffWriter.create(tiff, Stack.raw(STREAM), Fsync.NONE).close();
        assertThat(open(tiff).frames()).isZero();
        assertThatThrownBy(() -> OmeTiffWriter.create(tiff, Stack.raw(STREAM), Fsync.NONE))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("exists already");
        Stack other = Stack.raw(Patterns.stream(FRAME, 2, 1, 1));
        assertThatThrownBy(() -> OmeTiffWriter.append(tiff, other, Fsync.NONE))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("can't be added");
        Path foreign = folder.resolve("other.tif");
        try (TiffWriter writer = TiffWriter.create(foreign, Stack.raw(STREAM), 1)) {
            writer.write(0, Patterns.frame(FRAME, 0));
        }
        assertThatThrownBy(() -> RecordedStack.open(foreign)).isInstanceOf(StackException.class);
    }

    @Test
    void aFullDiskIsNamedAndLeavesEverythingBeforeItReadable() throws Exception {
        Configuration small = Configuration.unix().toBuilder()
                .setMaxSize(220_000)
                .setMaxCacheSize(0)
                .setBlockSize(512)
                .build();
        try (FileSystem disk = Jimfs.newFileSystem(small)) {
            Path tiff = disk.getPath("/run/raw.ome.tif");
            OmeTiffWriter writer = OmeTiffWriter.create(tiff, Stack.raw(STREAM), Fsync.NONE);
            int stored = 0;
            IOException full = null;
            while (full == null) {
                try {
                    writer.write(stored, Patterns.frame(FRAME, stored));
                    stored++;
                } catch (IOException e) {
                    full = e;
                }
            }
            assertThat(full).isInstanceOf(StackException.class).hasMessageContaining("What was stored before is whole");
            assertThat(stored).isGreaterThan(15);
            writer.close();
            try (OmeTiffReader reader = open(tiff)) {
                assertThat(reader.frames()).isEqualTo(stored);
                ByteBuffer read = Patterns.direct(FRAME);
                for (int i = 0; i < stored; i++) {
                    assertThat(reader.read(i, read)).isTrue();
                    assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
                }
            }
        }
    }

    @Test
    void aFrameCostsNoFrameSizedAllocationOnceWarm() throws Exception {
        FrameSpec large = new FrameSpec(512, 512, PixelType.UINT16);
        StreamSpec stream = Patterns.stream(large, 1, 1, 1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer frame = Patterns.frame(large, 1).asReadOnlyBuffer();
        Path tiff = folder.resolve("raw.ome.tif");
        try (OmeTiffWriter writer = OmeTiffWriter.create(tiff, Stack.raw(stream), Fsync.NONE)) {
            for (int i = 0; i < 50; i++) {
                writer.write(i, frame.clear());
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 50; i < 100; i++) {
                writer.write(i, frame.clear());
            }
            assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 50).isLessThan(4096);
        }
    }
}
