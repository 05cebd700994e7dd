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
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LiveZarrTest {
    private static final FrameSpec FRAME = new FrameSpec(64, 48, PixelType.UINT16);
    private static final StreamSpec STREAM = Patterns.stream(FRAME, 1, 1, 1);

    @TempDir
    Path folder;

    /** Fails one move in 20, as Windows does while a reader or virus scanner holds a file. */
    private static FileMover refusingOneIn20(AtomicInteger refused) {
        AtomicInteger moves = new AtomicInteger();
        return (from, to) -> {
            if (moves.incrementAndGet() % 20 == 0) {
                refused.incrementAndGet();
                throw new AccessDeniedException(from.toString(), to.toString(), "held by a reader");
            }
            FileMover.ATOMIC.move(from, to);
        };
    }

    @Test
    void aReaderOfAGrowingStackSeesOnlyWholeFramesAndStatesWithThem() throws Exception {
        RestorerSpec restorer = new RestorerSpec("r", "r", FRAME, FRAME, WindowSpec.SINGLE, List.of());
        Path zarr = folder.resolve("restored.ome.zarr");
        AtomicInteger refused = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        int frames = 250;
        OmeZarrWriter.Options options = OmeZarrWriter.Options.DEFAULT
                .withShardPlanes(4) // a new file every fourth frame: moves enough, however fast the disk is
                .withMover(refusingOneIn20(refused).retrying());
        CompletableFuture<Long> polls;
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.restored(STREAM, restorer), options)) {
            polls = CompletableFuture.supplyAsync(() -> poll(zarr, done));
            for (int i = 0; i < frames; i++) {
                if (i % 7 == 3) {
                    writer.mark(i, 0, 0, 0, FrameState.RAW_ONLY);
                } else {
                    writer.write(i, Patterns.frame(FRAME, i));
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        done.set(true);
        assertThat(polls.get(30, TimeUnit.SECONDS)).isPositive();
        assertThat(refused).hasPositiveValue();
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            assertThat(reader.frames()).isEqualTo(frames);
            for (int i = 0; i < frames; i++) {
                assertThat(reader.has(i)).isEqualTo(i % 7 != 3);
            }
        }
    }

    private static long poll(Path zarr, AtomicBoolean done) {
        long polls = 0;
        ByteBuffer read = Patterns.direct(FRAME);
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            long before = 0;
            while (!done.get()) {
                long frames = reader.refresh();
                assertThat(frames).isGreaterThanOrEqualTo(before);
                for (long i = Math.max(before - 3, 0); i < frames; i++) {
                    boolean rawOnly = i % 7 == 3;
                    assertThat(reader.read(i, read)).isEqualTo(!rawOnly);
                    if (!rawOnly) {
                        assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
                    }
                    assertThat(reader.state(i, 0, 0, 0)).isEqualTo(rawOnly ? 2 : 1);
                }
                before = frames;
                polls++;
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return polls;
    }

    @Test
    void theNewestFrameShowsThoughNoOtherFollows() throws Exception {
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), OmeZarrWriter.Options.DEFAULT);
                StackReader reader = StackReader.open(zarr)) {
            for (int i = 0; i < 3; i++) {
                writer.write(i, Patterns.frame(FRAME, i));
                while (reader.refresh() < i + 1) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                assertThat(reader.has(i)).isTrue();
            }
        }
    }

    @Test
    void aMoverThatAlwaysRefusesMetadataCostsNoFrameAndIsToldAtTheEnd() throws Exception {
        AtomicBoolean refusing = new AtomicBoolean();
        FileMover noMetadata = (from, to) -> {
            if (refusing.get() && to.endsWith("zarr.json")) {
                throw new AccessDeniedException(to.toString());
            }
            FileMover.ATOMIC.move(from, to);
        };
        Path zarr = folder.resolve("raw.ome.zarr");
        OmeZarrWriter writer =
                OmeZarrWriter.create(zarr, Stack.raw(STREAM), OmeZarrWriter.Options.DEFAULT.withMover(noMetadata));
        refusing.set(true);
        writer.write(0, Patterns.frame(FRAME, 0));
        assertThatThrownBy(writer::flush).isInstanceOf(StackException.class).hasMessageContaining("raw.ome.zarr");
        writer.write(1, Patterns.frame(FRAME, 1));
        refusing.set(false);
        writer.close();
        try (StackReader reader = StackReader.open(zarr)) {
            assertThat(reader.frames()).isEqualTo(2);
        }
    }

    @Test
    void aFullDiskIsNamedAndLeavesEverythingBeforeItReadable() throws Exception {
        fillADisk(OmeZarrWriter.Options.DEFAULT.withShardPlanes(4));
        fillADisk(OmeZarrWriter.Options.DEFAULT.withLayout(OmeZarrWriter.Layout.FILES));
    }

    private static void fillADisk(OmeZarrWriter.Options layout) throws Exception {
        Configuration small = Configuration.unix().toBuilder()
                .setMaxSize(300_000)
                .setMaxCacheSize(0)
                .setBlockSize(512)
                .build();
        try (FileSystem disk = Jimfs.newFileSystem(small)) {
            Path zarr = disk.getPath("/run/raw.ome.zarr");
            OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), layout);
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
            assertThat(full)
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("/run/raw.ome.zarr/0/c/")
                    .hasMessageContaining("What was stored before is whole");
            assertThat(stored).isGreaterThan(20);
            writer.close();
            try (StackReader reader = StackReader.open(zarr)) {
                assertThat(reader.frames()).isEqualTo(stored);
                ByteBuffer read = Patterns.direct(FRAME);
                for (int i = 0; i < stored; i++) {
                    assertThat(reader.read(i, read)).isTrue();
                    assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
                }
            }
            try (var files = Files.walk(disk.getPath("/run"))) {
                assertThat(files.filter(file -> file.toString().endsWith(AtomicFile.TEMPORARY)))
                        .isEmpty();
            }
        }
    }

    @Test
    void aFrameCostsNoFrameSizedAllocationOnceWarm() throws Exception {
        FrameSpec large = new FrameSpec(512, 512, PixelType.UINT16);
        StreamSpec stream = Patterns.stream(large, 1, 1, 1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer frame = Patterns.frame(large, 1).asReadOnlyBuffer();
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(stream), OmeZarrWriter.Options.DEFAULT)) {
            int warm = 50;
            int measured = 50;
            for (int i = 0; i < warm; i++) {
                writer.write(i, frame.clear());
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = warm; i < warm + measured; i++) {
                writer.write(i, frame.clear());
            }
            long perFrame = (threads.getCurrentThreadAllocatedBytes() - before) / measured;
            assertThat(perFrame).isLessThan(4096);
        }
    }
}
