package io.nocturne.bench.disk;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.bench.WarmUp;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the same frames in every way, in turns, as fast as it goes. */
@Command(
        name = "disk",
        description = "Compares the layouts of a stack with plain writes and with NDTiff, no compression, no fsync.")
public final class DiskCommand extends BenchCommand {
    private static final double LEAST_OF_PLAIN = 0.7;
    private static final double LEAST_OF_NDTIFF = 1.0;

    @Option(names = "--sizes", split = ",", defaultValue = "512,2048", description = "Width and height of frames.")
    List<Integer> sizes;

    @Option(
            names = "--mebibytes",
            defaultValue = "768",
            description = "What each way writes in one round; opening and closing a stack take some ms.")
    int mebibytes;

    @Option(names = "--rounds", defaultValue = "7", description = "Rounds after the warm-up.")
    int rounds;

    @Option(names = "--folder", description = "Where to write; without it, the system's temporary folder.")
    Path folder;

    private record Round(double seconds, double p99Millis, long files) {}

    @Override
    public void run(Findings findings) throws Exception {
        for (int size : sizes) {
            compare(new FrameSpec(size, size, PixelType.UINT16), findings);
        }
    }

    private void compare(FrameSpec frame, Findings findings) throws Exception {
        int frames = (int) Math.max(16, ((long) mebibytes << 20) / frame.bytes());
        ByteBuffer pixels = noise(frame);
        WarmUp warmUp = new WarmUp();
        for (int i = 0; warmUp.lasts(); i++) {
            round(i, frame, frames, pixels);
        }
        Map<DiskWriters, List<Round>> all = new EnumMap<>(DiskWriters.class);
        for (int i = 0; i < rounds; i++) {
            round(i, frame, frames, pixels)
                    .forEach((writer, measured) -> all.computeIfAbsent(writer, none -> new ArrayList<>())
                            .add(measured));
        }
        findings.line(String.format(
                Locale.ROOT,
                "%n%d frames of %s a round, %d rounds in turns after %d s; medians; closing is part of the time",
                frames,
                frame,
                rounds,
                WarmUp.SECONDS));
        List<List<String>> table = new ArrayList<>();
        table.add(List.of(
                "writer", "MB/s", "min", "max", "p99 ms/frame", "files/min at 20 fps", "of plain", "of NDTiffStorage"));
        for (DiskWriters writer : DiskWriters.values()) {
            double[] speeds = speeds(all.get(writer), frame, frames);
            double[] p99 = all.get(writer).stream()
                    .mapToDouble(Round::p99Millis)
                    .sorted()
                    .toArray();
            table.add(List.of(
                    writer.title(),
                    format("%.0f", median(speeds)),
                    format("%.0f", speeds[0]),
                    format("%.0f", speeds[speeds.length - 1]),
                    format("%.2f", median(p99)),
                    format("%.0f", 1200.0 * all.get(writer).get(0).files() / frames),
                    format("%.2f", ratio(all, writer, DiskWriters.PLAIN)),
                    format("%.2f", ratio(all, writer, DiskWriters.NDTIFF))));
        }
        findings.table(table);
        double plain = ratio(all, DiskWriters.SHARDS, DiskWriters.PLAIN);
        double ndtiff = ratio(all, DiskWriters.SHARDS, DiskWriters.NDTIFF);
        findings.bar(
                plain >= LEAST_OF_PLAIN,
                format(
                        "%s: shards write at %.2f of plain sequential writes (at least %.1f)",
                        frame, plain, LEAST_OF_PLAIN));
        findings.bar(
                ndtiff >= LEAST_OF_NDTIFF,
                format("%s: shards write at %.2f of NDTiffStorage (at least %.1f)", frame, ndtiff, LEAST_OF_NDTIFF));
    }

    /** Each writer once, in an order that turns round from one round to the next. */
    private Map<DiskWriters, Round> round(int number, FrameSpec frame, int frames, ByteBuffer pixels) throws Exception {
        List<DiskWriters> order = new ArrayList<>(List.of(DiskWriters.values()));
        if (number % 2 != 0) {
            Collections.reverse(order);
        }
        Map<DiskWriters, Round> measured = new EnumMap<>(DiskWriters.class);
        for (DiskWriters writer : order) {
            measured.put(writer, write(writer, frame, frames, pixels));
        }
        return measured;
    }

    private Round write(DiskWriters writer, FrameSpec frame, int frames, ByteBuffer pixels) throws Exception {
        try (ScratchFolder scratch = new ScratchFolder(folder)) {
            settle(scratch.path());
            Path place = scratch.path().resolve(writer == DiskWriters.TIFF ? "stack.tif" : "stack");
            long[] nanos = new long[frames];
            long start = System.nanoTime();
            try (DiskWriter out = writer.open(place, frame)) {
                for (int i = 0; i < frames; i++) {
                    long before = System.nanoTime();
                    pixels.clear();
                    pixels.putLong(0, i); // no two frames alike
                    out.write(i, pixels);
                    nanos[i] = System.nanoTime() - before;
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Arrays.sort(nanos);
            long files;
            try (Stream<Path> written = Files.walk(scratch.path())) {
                files = written.filter(Files::isRegularFile).count();
            }
            return new Round(seconds, nanos[(int) (0.99 * (frames - 1))] / 1e6, files);
        }
    }

    /** Lets the file system end what the writer before left it to do: its files were deleted a moment ago. */
    private static void settle(Path folder) throws IOException {
        Path file = folder.resolve("settle");
        try (FileChannel last = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            last.write(ByteBuffer.allocate(1));
            last.force(true);
        }
        Files.delete(file);
    }

    /** Median over the rounds of the ratio of speeds within a round. */
    private static double ratio(Map<DiskWriters, List<Round>> all, DiskWriters one, DiskWriters other) {
        double[] ratios = new double[all.get(one).size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = all.get(other).get(i).seconds() / all.get(one).get(i).seconds();
        }
        Arrays.sort(ratios);
        return median(ratios);
    }

    private static double[] speeds(List<Round> measured, FrameSpec frame, int frames) {
        return measured.stream()
                .mapToDouble(round -> (double) frame.bytes() * frames / 1e6 / round.seconds())
                .sorted()
                .toArray();
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    private static ByteBuffer noise(FrameSpec frame) {
        ByteBuffer pixels = ByteBuffer.allocateDirect(frame.bytes()).order(ByteOrder.nativeOrder());
        Random random = new Random(1);
        for (int i = 0; i < frame.pixels(); i++) {
            pixels.putShort(2 * i, (short) Math.max(0, Math.round(400 + 20 * random.nextGaussian())));
        }
        return pixels;
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
