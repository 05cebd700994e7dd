package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.NoiseModel;
import io.nocturne.inference.Normalizer;
import io.nocturne.inference.RestorationModel;
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
     * @param neighbours axis of a window with neighbours; what the card says if empty
     * @param gpu how the devices are used
     */
    public record Options(
            int workers,
            int threads,
            Optional<PixelType> productType,
            Optional<NoiseModel> noise,
            List<Device> devices,
            boolean allowCpuFallback,
            int tile,
            int batch,
            Optional<WindowSpec.Axis> neighbours,
            GpuSettings gpu) {
        public Options {
            devices = List.copyOf(devices);
            if (neighbours.isPresent()
                    && neighbours.get() != WindowSpec.Axis.Z
                    && neighbours.get() != WindowSpec.Axis.TIME) {
                throw new IllegalArgumentException("Neighbours lie along z or time, not " + neighbours.get());
            }
            if (workers < 1 || threads < 0 || tile < 0 || batch < 1) {
                throw new IllegalArgumentException("workers and batch are at least 1, threads and tile at least 0");
            }
        }

        /** One worker, the CPU, everything as the card says. */
        public static Options defaults() {
            return new Options(
                    1,
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    false,
                    0,
                    16,
                    Optional.empty(),
                    GpuSettings.defaults());
        }

        public Options withWorkers(int value) {
            return new Options(
                    value, threads, productType, noise, devices, allowCpuFallback, tile, batch, neighbours, gpu);
        }

        public Options withThreads(int value) {
            return new Options(
                    workers, value, productType, noise, devices, allowCpuFallback, tile, batch, neighbours, gpu);
        }

        public Options withProductType(PixelType value) {
            return new Options(
                    workers,
                    threads,
                    Optional.of(value),
                    noise,
                    devices,
                    allowCpuFallback,
                    tile,
                    batch,
                    neighbours,
                    gpu);
        }

        public Options withNoise(NoiseModel value) {
            return new Options(
                    workers,
                    threads,
                    productType,
                    Optional.of(value),
                    devices,
                    allowCpuFallback,
                    tile,
                    batch,
                    neighbours,
                    gpu);
        }

        public Options withDevices(List<Device> value, boolean cpuFallback) {
            return new Options(workers, threads, productType, noise, value, cpuFallback, tile, batch, neighbours, gpu);
        }

        public Options withTile(int side, int mostPerRun) {
            return new Options(
                    workers, threads, productType, noise, devices, allowCpuFallback, side, mostPerRun, neighbours, gpu);
        }

        /** Neighbours of a window along another axis than the card says. */
        public Options withNeighbours(WindowSpec.Axis axis) {
            return new Options(
                    workers,
                    threads,
                    productType,
                    noise,
                    devices,
                    allowCpuFallback,
                    tile,
                    batch,
                    Optional.of(axis),
                    gpu);
        }

        public Options withGpu(GpuSettings value) {
            return new Options(
                    workers, threads, productType, noise, devices, allowCpuFallback, tile, batch, neighbours, value);
        }

        /** The window of a model: its card's, with neighbours along the axis asked for. */
        WindowSpec window(ModelCard card) {
            WindowSpec window = card.window().spec();
            boolean has = window.before() + window.after() > 0;
            return has && neighbours.isPresent()
                    ? new WindowSpec(neighbours.get(), window.before(), window.after())
                    : window;
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
    private final Lanes lanes;
    private final int threads;
    private final Normalizer normalizer;
    private long estimateNanos;

    private OnnxRestorer(
            RestorationModel model, StreamSpec stream, Options options, OnnxSession session, Lanes lanes, int threads) {
        this.card = model.card();
        this.stream = stream;
        this.options = options;
        this.session = session;
        this.lanes = lanes;
        this.threads = threads;
        normalizer = new Normalizer(card.normalization(), stream, options.noise());
        spec = new RestorerSpec(
                card.name(),
                model.identity(),
                stream.frame(),
                lanes.product(),
                options.window(card),
                card.normalization().rule().names(),
                card.output().zStepUm() > 0 ? card.output().zStepUm() : Double.NaN);
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
        Lanes lanes = lanes(card, stream, options);
        int threads = options.threads() > 0 ? options.threads() : sensibleThreads(options.workers());
        OnnxSession session = OnnxSession.open(model, options, threads, lanes.plans());
        boolean opened = false;
        try {
            for (LanePlan plan : lanes.plans()) {
                session.check(card, plan.inputShape(), plan.outputShape(), plan.normCount());
            }
            OnnxRestorer restorer = new OnnxRestorer(model, stream, options, session, lanes, threads);
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

    private static Lanes lanes(ModelCard card, StreamSpec stream, Options options) throws ModelException {
        try {
            return switch (card.pipeline()) {
                case FRAMES -> FrameLanes.of(card, stream, options);
                case ISOTROPIC -> IsotropicLanes.of(card, stream, options);
            };
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ModelException("Model " + card.name() + " on " + stream.frame() + ": " + e.getMessage(), e);
        }
    }

    /** Runs a part of the work of one product, and estimates from it what the whole takes. */
    private void warmUp() throws ModelException {
        try (OnnxLane lane = openLane()) {
            SyntheticFrame frame = new SyntheticFrame(stream, spec);
            Normalizer throwaway = new Normalizer(card.normalization(), stream, options.noise());
            estimateNanos = frame.begin(lane, throwaway);
            if (!options.devices().isEmpty()) { // the first run on a GPU chooses kernels and builds engines
                estimateNanos = frame.begin(lane, throwaway);
            }
        } catch (IllegalArgumentException e) {
            throw new ModelException("Model " + card.name() + ": " + e.getMessage(), e);
        } catch (Exception e) {
            throw new ModelException(
                    "Model " + card.name() + " opens, but doesn't run on input "
                            + lanes.plans().get(0).inputDims() + " with output "
                            + lanes.plans().get(0).outputDims() + ": " + e.getMessage(),
                    e);
        }
    }

    /** What the warm-up says that one product takes on an otherwise idle machine, in nanoseconds. */
    public long estimateNanos() {
        return estimateNanos;
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
    public OnnxLane openLane() {
        try {
            return lanes.open(session);
        } catch (OrtException e) {
            throw new IllegalStateException("Model " + card.name() + ": no tensors for a worker: " + e.getMessage(), e);
        }
    }

    @Override
    public long laneBytes() {
        return lanes.bytes();
    }

    /** How the model will run, for the run plan: tiles, runs per frame, threads, providers. */
    public String report() {
        return String.format(
                Locale.ROOT,
                "%s; %d worker%s on a shared pool of %d thread%s, no spinning; %s",
                lanes.description(),
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
