package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.NoiseModel;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.Normalizer;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.TileBlender;
import io.nocturne.inference.TileLoader;
import io.nocturne.inference.TilePlan;
import io.nocturne.inference.onnx.OnnxLane.LanePlan;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Restores frames with a model through ONNX Runtime. {@link #observe} belongs to the intake thread; lanes follow
 * {@link RestoreLane}; everything else is safe from any thread.
 *
 * <p>A window of frames is normalised, cut into tiles, run in one or a few batches, blended, brought back to counts,
 * rounded and clipped. All memory is taken when a lane opens.
 */
public final class OnnxRestorer implements Restorer {
    /**
     * How to run a model. Start from {@link #defaults()}.
     *
     * @param workers lanes that will compute at a time, for sharing the cores
     * @param threads threads of one operator; 0 to share the cores sensibly
     * @param productType type of restored pixels; the frames' own if empty
     * @param noise the camera's noise, where it was measured
     * @param devices accelerators, first choice first; none for the CPU
     * @param allowCpuFallback whether the CPU may stand in for what the devices can't do
     * @param tile side of tiles for a model of free size; 0 for what the card says
     * @param batch most tiles in one run, for a model that leaves the number free
     */
    public record Options(
            int workers,
            int threads,
            Optional<PixelType> productType,
            Optional<NoiseModel> noise,
            List<Device> devices,
            boolean allowCpuFallback,
            int tile,
            int batch) {
        public Options {
            devices = List.copyOf(devices);
            if (workers < 1 || threads < 0 || tile < 0 || batch < 1) {
                throw new IllegalArgumentException("workers and batch are at least 1, threads and tile at least 0");
            }
        }

        /** One worker, the CPU, everything as the card says. */
        public static Options defaults() {
            return new Options(1, 0, Optional.empty(), Optional.empty(), List.of(), false, 0, 16);
        }

        public Options withWorkers(int value) {
            return new Options(value, threads, productType, noise, devices, allowCpuFallback, tile, batch);
        }

        public Options withThreads(int value) {
            return new Options(workers, value, productType, noise, devices, allowCpuFallback, tile, batch);
        }

        public Options withProductType(PixelType value) {
            return new Options(workers, threads, Optional.of(value), noise, devices, allowCpuFallback, tile, batch);
        }

        public Options withNoise(NoiseModel value) {
            return new Options(
                    workers, threads, productType, Optional.of(value), devices, allowCpuFallback, tile, batch);
        }

        public Options withDevices(List<Device> value, boolean cpuFallback) {
            return new Options(workers, threads, productType, noise, value, cpuFallback, tile, batch);
        }

        public Options withTile(int side, int mostPerRun) {
            return new Options(workers, threads, productType, noise, devices, allowCpuFallback, side, mostPerRun);
        }
    }

    /**
     * What one lane needs for one product on an otherwise idle machine: loading, running and emitting.
     *
     * @param medianMillis median over the products
     * @param worstMillis longest
     * @param products how many were made
     */
    public record Benchmark(double medianMillis, double worstMillis, int products) {}

    private final ModelCard card;
    private final StreamSpec stream;
    private final Options options;
    private final OnnxSession session;
    private final RestorerSpec spec;
    private final TilePlan tiles;
    private final LanePlan lanePlan;
    private final int threads;
    private final Normalizer normalizer;

    private OnnxRestorer(
            RestorationModel model,
            StreamSpec stream,
            Options options,
            OnnxSession session,
            TilePlan tiles,
            LanePlan lanePlan,
            int threads) {
        this.card = model.card();
        this.stream = stream;
        this.options = options;
        this.session = session;
        this.tiles = tiles;
        this.lanePlan = lanePlan;
        this.threads = threads;
        normalizer = new Normalizer(card.normalization(), stream, options.noise());
        FrameSpec frame = stream.frame();
        FrameSpec product = new FrameSpec(
                frame.width() * card.scale(),
                frame.height() * card.scale(),
                card.output().depth(),
                options.productType().orElse(frame.pixelType()));
        spec = new RestorerSpec(
                card.name(),
                model.identity(),
                frame,
                product,
                card.window().spec(),
                card.normalization().rule().names());
    }

    /**
     * Opens a model for a stream and runs it once.
     *
     * @throws ModelException if it can't be run on these frames or on the devices asked for; says what to do
     */
    public static OnnxRestorer open(RestorationModel model, StreamSpec stream, Options options) throws ModelException {
        ModelCard card = model.card();
        FrameSpec frame = stream.frame();
        if (frame.depth() > 1) {
            throw new ModelException("Model " + card.name() + " takes 2-D frames; these are " + frame);
        }
        List<String> types = card.input().pixelTypes();
        if (!types.isEmpty() && !types.contains(frame.pixelType().typeName())) {
            throw new ModelException("Model " + card.name() + " is made for " + types + " pixels; these are "
                    + frame.pixelType().typeName());
        }
        TilePlan tiles = plan(card, frame, options);
        LanePlan lanePlan = lanePlan(card, tiles, stream.zSlices(), options);
        int threads = options.threads() > 0 ? options.threads() : sensibleThreads(options.workers());
        OnnxSession session = OnnxSession.open(model, options, threads);
        boolean opened = false;
        try {
            session.check(card, lanePlan.inputShape(), lanePlan.outputShape(), lanePlan.normCount());
            OnnxRestorer restorer = new OnnxRestorer(model, stream, options, session, tiles, lanePlan, threads);
            restorer.warmUp();
            opened = true;
            return restorer;
        } finally {
            if (!opened) {
                session.release();
            }
        }
    }

    /**
     * Operators' threads so that {@code workers} lanes keep all cores busy: each lane computes on its worker's own
     * thread, and what cores are left over form the pool that all share.
     */
    static int sensibleThreads(int workers) {
        return Math.max(1, Runtime.getRuntime().availableProcessors() - workers + 1);
    }

    private static TilePlan plan(ModelCard card, FrameSpec frame, Options options) throws ModelException {
        ModelCard.Tile tile = card.tile();
        if (options.tile() == 0 && tile.size() == 0) {
            return TilePlan.whole(frame.width(), frame.height(), tile.multiple(), tile.minimum());
        }
        int side = options.tile() == 0 ? tile.size() : options.tile();
        try {
            return TilePlan.tiled(frame.width(), frame.height(), side, tile.overlap(), tile.multiple());
        } catch (IllegalArgumentException e) {
            throw new ModelException("Model " + card.name() + " with tiles of " + side + ": " + e.getMessage(), e);
        }
    }

    private static LanePlan lanePlan(ModelCard card, TilePlan tiles, int zSlices, Options options) {
        WindowSpec window = card.window().spec();
        long frames = window.size(zSlices);
        int most = card.tile().batch() > 0 ? card.tile().batch() : options.batch();
        int runs = (tiles.tiles() + most - 1) / most;
        long batch = card.tile().batch() > 0 ? most : (tiles.tiles() + runs - 1) / runs;
        long width = tiles.x().tile();
        long height = tiles.y().tile();
        List<Long> input =
                switch (card.input().layout()) {
                    case NCHW -> List.of(batch, frames, height, width);
                    case NCDHW -> List.of(batch, 1L, frames, height, width);
                };
        long depth = card.output().depth();
        List<Long> output = List.of(batch, depth, height * card.scale(), width * card.scale());
        return new LanePlan(
                card.input().tensor(),
                card.input().normTensor(),
                card.output().tensor(),
                input,
                output,
                runs,
                card.normalization().rule().names().size());
    }

    private void warmUp() throws ModelException {
        try (RestoreLane lane = openLane()) {
            SyntheticFrame frame = new SyntheticFrame(stream, spec);
            frame.restore(lane, new Normalizer(card.normalization(), stream, options.noise()));
        } catch (IllegalArgumentException e) {
            throw new ModelException("Model " + card.name() + ": " + e.getMessage(), e);
        } catch (Exception e) {
            throw new ModelException(
                    "Model " + card.name() + " opens, but doesn't run on input " + lanePlan.inputDims()
                            + " with output " + lanePlan.outputDims() + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public RestorerSpec spec() {
        return spec;
    }

    public ModelCard card() {
        return card;
    }

    @Override
    public void observe(FrameView frame, double[] norm) {
        normalizer.observe(frame, norm);
    }

    @Override
    public RestoreLane openLane() {
        try {
            return new OnnxLane(session, lanePlan, loader(), blender());
        } catch (OrtException e) {
            throw new IllegalStateException("Model " + card.name() + ": no tensors for a worker: " + e.getMessage(), e);
        }
    }

    private TileLoader loader() {
        int frames = spec.window().size(stream.zSlices());
        return new TileLoader(spec.input(), tiles, frames, loadRule());
    }

    private TileBlender blender() {
        return new TileBlender(tiles, card.scale(), spec.product(), loadRule());
    }

    /** What is left for us: a model with a tensor for the values does it all itself. */
    private Normalization loadRule() {
        return card.input().normTensor().isEmpty() ? card.normalization() : Normalization.none();
    }

    @Override
    public long laneBytes() {
        return (lanePlan.inputFloats() + lanePlan.outputFloats()) * Float.BYTES;
    }

    /** How the model will run, for the run plan: tiles, runs per frame, threads, providers. */
    public String report() {
        return String.format(
                Locale.ROOT,
                "%s, %d per run; %d worker%s on a shared pool of %d thread%s, no spinning; %s",
                tiles,
                lanePlan.inputDims().get(0),
                options.workers(),
                options.workers() == 1 ? "" : "s",
                threads,
                threads == 1 ? "" : "s",
                session.providers());
    }

    /** Times one lane on a made-up frame for about that long, at least three products; on the caller's thread. */
    public Benchmark benchmark(Duration duration) throws Exception {
        List<Double> millis = new ArrayList<>();
        SyntheticFrame frame = new SyntheticFrame(stream, spec);
        Normalizer throwaway = new Normalizer(card.normalization(), stream, options.noise());
        try (RestoreLane lane = openLane()) {
            frame.restore(lane, throwaway);
            long start = System.nanoTime();
            while (millis.size() < 3 || System.nanoTime() - start < duration.toNanos()) {
                millis.add(frame.restore(lane, throwaway) / 1e6);
            }
        }
        double[] sorted = millis.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return new Benchmark(sorted[sorted.length / 2], sorted[sorted.length - 1], sorted.length);
    }

    @Override
    public void close() {
        session.release();
    }
}
