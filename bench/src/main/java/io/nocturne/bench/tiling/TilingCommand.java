package io.nocturne.bench.tiling;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.TilePlan;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.unifmir.RecipeNetwork;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import io.nocturne.inference.unifmir.pipeline.CheckpointNetwork;
import io.nocturne.inference.unifmir.pipeline.PercentileRange;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.stack.StackReader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows how far a tile's cut edge is felt, and what blended overlaps leave of it. */
@Command(
        name = "tiling",
        description = "Compares tiles with the whole image by the distance from their edge, for UniFMIR's denoising"
                + " network with weights by recipe; chooses the overlap.")
public final class TilingCommand extends BenchCommand {
    private static final int GRID = 8;
    private static final int FARTHEST = 96;
    private static final List<Integer> OVERLAPS = List.of(16, 32, 48, 64);

    /** A seam may differ from the whole image by this part of the result's largest value. */
    private static final double SEAM = 0.01;

    @Option(names = "--in", paramLabel = "FILE", description = "An image; without it, noise over a smooth scene.")
    Optional<Path> in = Optional.empty();

    @Option(names = "--tile", defaultValue = "128", description = "Side of the blended tiles.")
    int tile;

    @Option(names = "--threads", defaultValue = "2")
    int threads;

    @Option(names = "--png", paramLabel = "DIR", description = "Writes pictures of the differences there.")
    Optional<Path> png = Optional.empty();

    /** A square picture. */
    private static final class Picture {
        private final int side;
        private final float[] pixels;

        Picture(int side, float[] pixels) {
            this.side = side;
            this.pixels = pixels;
        }

        int side() {
            return side;
        }

        float[] pixels() {
            return pixels;
        }

        Picture cut(int left, int top, int of) {
            float[] part = new float[of * of];
            for (int y = 0; y < of; y++) {
                System.arraycopy(pixels, (top + y) * side + left, part, y * of, of);
            }
            return new Picture(of, part);
        }

        double largest() {
            double largest = 0;
            for (float pixel : pixels) {
                largest = Math.max(largest, Math.abs(pixel));
            }
            return largest;
        }
    }

    /** Differences over some pixels. */
    private static final class Difference {
        private double largest;
        private double squares;
        private long count;

        void add(double a, double b) {
            largest = Math.max(largest, Math.abs(a - b));
            squares += (a - b) * (a - b);
            count++;
        }

        double rms() {
            return Math.sqrt(squares / Math.max(1, count));
        }
    }

    @Override
    public void run(Findings findings) throws Exception {
        if (tile % GRID != 0 || tile < 2 * OVERLAPS.get(OVERLAPS.size() - 1)) {
            throw badOption("--tile must be a multiple of 8, at least 128");
        }
        int inner = 2 * FARTHEST;
        int whole = inner + 8 * GRID;
        Picture scene = scene(Math.max(whole, 2 * tile - OVERLAPS.get(0)));
        UnifmirNetwork sizes = RecipeNetwork.denoising();
        StateDict weights = RecipeNetwork.weights(sizes);
        try (CheckpointNetwork network = new CheckpointNetwork(sizes, weights, threads)) {
            curve(findings, network, scene, whole, inner);
            seams(findings, network, scene);
        }
    }

    private static Picture restored(CheckpointNetwork network, Picture image) throws ModelException {
        return new Picture(image.side(), network.run(image.pixels(), 1, image.side(), image.side()));
    }

    /** One tile in the middle of a larger image. */
    private void curve(Findings findings, CheckpointNetwork network, Picture scene, int whole, int inner)
            throws Exception {
        int origin = (whole - inner) / 2;
        Picture image = scene.cut(0, 0, whole);
        Picture reference = restored(network, image).cut(origin, origin, inner);
        Picture alone = restored(network, image.cut(origin, origin, inner));
        double largest = reference.largest();
        findings.line(String.format(
                Locale.ROOT,
                "a tile of %d inside %d x %d, difference to the whole image; largest value %.3g",
                inner,
                whole,
                whole,
                largest));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("pixels from the edge", "max |diff|", "of largest", "rms of largest"));
        for (int from = 0; from < FARTHEST; from += GRID) {
            Difference ring = new Difference();
            for (int i = 0; i < inner * inner; i++) {
                int x = i % inner;
                int y = i / inner;
                int distance = Math.min(Math.min(x, inner - 1 - x), Math.min(y, inner - 1 - y));
                if (distance >= from && distance < from + GRID) {
                    ring.add(alone.pixels()[i], reference.pixels()[i]);
                }
            }
            rows.add(List.of(
                    from + " to " + (from + GRID - 1),
                    String.format(Locale.ROOT, "%.2e", ring.largest),
                    String.format(Locale.ROOT, "%.2e", ring.largest / largest),
                    String.format(Locale.ROOT, "%.2e", ring.rms() / largest)));
        }
        findings.table(rows);
        picture("edge", alone, reference);
    }

    /** Two by two tiles that share exactly the overlap, blended as frames are. */
    private void seams(Findings findings, CheckpointNetwork network, Picture scene) throws Exception {
        findings.line("");
        findings.line("2 x 2 tiles of " + tile + ", blended, difference to the whole image");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("overlap", "image", "max of largest", "rms of largest", "512 x 512 costs"));
        Optional<Integer> enough = Optional.empty();
        for (int overlap : OVERLAPS) {
            int side = 2 * tile - overlap;
            Picture image = scene.cut(0, 0, side);
            Picture reference = restored(network, image);
            Picture blended = blended(network, image, TilePlan.tiled(side, side, tile, overlap, GRID));
            Difference all = new Difference();
            for (int i = 0; i < side * side; i++) {
                all.add(blended.pixels()[i], reference.pixels()[i]);
            }
            double largest = reference.largest();
            if (enough.isEmpty() && all.largest <= SEAM * largest) {
                enough = Optional.of(overlap);
            }
            rows.add(List.of(
                    "" + overlap,
                    side + " x " + side,
                    String.format(Locale.ROOT, "%.2e", all.largest / largest),
                    String.format(Locale.ROOT, "%.2e", all.rms() / largest),
                    String.format(
                            Locale.ROOT,
                            "%.2f times",
                            TilePlan.tiled(512, 512, tile, overlap, GRID).overhead())));
            picture("seam-" + overlap, blended, reference);
        }
        findings.table(rows);
        findings.line(enough.map(overlap ->
                        "smallest overlap whose seams stay below " + SEAM + " of the largest value: " + overlap)
                .orElse("no overlap up to " + OVERLAPS.get(OVERLAPS.size() - 1) + " keeps seams below " + SEAM
                        + " of the largest value"));
    }

    private static Picture blended(CheckpointNetwork network, Picture image, TilePlan plan) throws ModelException {
        int side = image.side();
        float[] sum = new float[side * side];
        for (int row = 0; row < plan.y().count(); row++) {
            for (int column = 0; column < plan.x().count(); column++) {
                int left = plan.x().origin(column);
                int top = plan.y().origin(row);
                Picture part = restored(network, image.cut(left, top, plan.x().tile()));
                for (int y = top; y < top + part.side(); y++) {
                    for (int x = left; x < left + part.side(); x++) {
                        float weight = plan.x().weight(column, x) * plan.y().weight(row, y);
                        sum[y * side + x] += weight * part.pixels()[(y - top) * part.side() + x - left];
                    }
                }
            }
        }
        return new Picture(side, sum);
    }

    /** An image normalised by percentiles 2 and 99.8, as the network reads it. */
    private Picture scene(int side) throws IOException {
        float[] counts = in.isPresent() ? read(in.get(), side) : madeUp(side);
        return new Picture(side, PercentileRange.of(counts, 2, 99.8).normalised(counts));
    }

    private float[] read(Path path, int side) throws IOException {
        try (StackReader reader = StackReader.open(path)) {
            FrameSpec frame = reader.stream().frame();
            if (frame.width() < side || frame.height() < side) {
                throw badOption("--in must be at least " + side + " x " + side + ", is " + frame);
            }
            ByteBuffer pixels = ByteBuffer.allocateDirect(frame.bytes()).order(ByteOrder.nativeOrder());
            reader.read(0, pixels);
            float[] counts = new float[side * side];
            for (int i = 0; i < counts.length; i++) {
                int at = i / side * frame.width() + i % side;
                counts[i] = frame.pixelType() == PixelType.UINT8
                        ? pixels.get(at) & 0xff
                        : frame.pixelType() == PixelType.UINT16
                                ? pixels.getShort(2 * at) & 0xffff
                                : pixels.getFloat(4 * at);
            }
            return counts;
        }
    }

    private static float[] madeUp(int side) {
        Random random = new Random(1);
        float[] counts = new float[side * side];
        for (int i = 0; i < counts.length; i++) {
            double wave = Math.sin(i % side / 7.0) * Math.sin((double) i / side / 11);
            counts[i] = (float) (100 + 60 * wave + 12 * random.nextGaussian());
        }
        return counts;
    }

    /** Differences as grey, the largest white. */
    private void picture(String name, Picture a, Picture b) throws IOException {
        if (png.isEmpty()) {
            return;
        }
        Files.createDirectories(png.get());
        float[] differences = new float[a.pixels().length];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = Math.abs(a.pixels()[i] - b.pixels()[i]);
        }
        double largest = Math.max(1e-30, new Picture(a.side(), differences).largest());
        BufferedImage image = new BufferedImage(a.side(), a.side(), BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < differences.length; i++) {
            image.getRaster().setSample(i % a.side(), i / a.side(), 0, (int) (255 * differences[i] / largest));
        }
        ImageIO.write(image, "png", png.get().resolve(name + ".png").toFile());
    }
}
