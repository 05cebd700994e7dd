package io.nocturne.config;

import io.nocturne.acquisition.RunReplaySource;
import io.nocturne.acquisition.mm.studio.StudioSource;
import io.nocturne.config.report.RunReport;
import io.nocturne.config.report.RunReport.Pass;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.sinks.RestoredStackSink;
import io.nocturne.sinks.kafka.KafkaContent;
import io.nocturne.sinks.kafka.KafkaSettings;
import io.nocturne.sinks.kafka.KafkaSink;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.FreeSpace;
import io.nocturne.stream.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs frames through pipelines, one after the other: epochs as they come, recorded ones to complete them. Keeps the
 * account of each. The run's thread only.
 */
final class Passes {
    /** Name of a pass that restores what another one left raw. */
    static final String COMPLETION = "completion";

    /** How long a completion waits for Kafka before it goes on without. */
    private static final Duration BRIEFLY = Duration.ofSeconds(3);

    private final RunConfig config;
    private final OpenRun run;
    private final RunWatcher watcher;
    private final StopSwitch stop;
    private final List<Pass> passes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<RunReport.Model> models = new LinkedHashSet<>();
    private final Map<Integer, RunConfig.Restore> restores = new TreeMap<>();
    private final ModelSwitch choice;
    private final FreeSpace.Limits space;

    /**
     * @param space to be left free on the run's disk
     */
    Passes(RunConfig config, OpenRun run, RunWatcher watcher, StopSwitch stop, FreeSpace.Limits space) {
        this.config = config;
        this.space = space;
        this.run = run;
        this.watcher = watcher;
        this.stop = stop;
        this.choice = new ModelSwitch(config.restore());
    }

    /** Says how an epoch was restored, where that isn't as the configuration has it. */
    void restoredWith(int epoch, RunConfig.Restore restore) {
        restores.put(epoch, restore);
    }

    private RunConfig.Restore restore(int epoch) {
        return restores.getOrDefault(epoch, config.restore());
    }

    /**
     * Runs an epoch of the run's own source: raw frames to disk, products to every sink, everything shown.
     *
     * @return the next epoch's stream, null if the source has ended
     */
    StreamSpec epoch(StreamSpec stream, int epoch, FrameSource source) throws Exception {
        Optional<Models> opened = choice.open(stream);
        remember(stream, epoch, opened);
        Optional<RestorerSpec> restorer = opened.map(Models::spec);
        PipelineSettings settings = Sizing.of(config, stream, restorer);
        try (LatencyRecorder latency = latency(stream, epoch, "")) {
            FramePipeline.Builder builder = builder(stream, epoch, source, opened, settings, latency);
            if (config.disk().raw()) {
                builder.rawSink(new RawStackSink(run.folder(), storage()));
            }
            addSinks(builder, opened, settings.lossless(), 0);
            if (source instanceof StudioSource studio && opened.isPresent()) {
                builder.sink(studio.returning());
            }
            FramePipeline pipeline = builder.build();
            show(pipeline, latency, stream, epoch, opened, !settings.lossless());
            String kind = settings.lossless() ? "offline" : "live";
            choice.arm(pipeline, stream);
            PipelineReport report = run(kind, stream, epoch, restorer, pipeline);
            choice.disarm();
            return following(stream, report);
        }
    }

    /** What follows an epoch: new geometry from the source, the same frames under another model, or nothing. */
    private StreamSpec following(StreamSpec stream, PipelineReport report) {
        if (report.sourceEnd() instanceof FrameSource.SourceEnd.NextEpoch next) {
            choice.discard();
            return next.spec();
        }
        long left = stream.totalFrames() < 0
                ? Long.MAX_VALUE
                : stream.totalFrames() - report.accounting().camera();
        if (report.endCause() == Cause.MODEL_CHANGED && left > 0 && !stop.asked()) {
            return stream.totalFrames() < 0 ? stream : stream.withTotalFrames(left);
        }
        choice.discard();
        return null;
    }

    /** Notes which models an epoch has, in {@code run.json} and, where they were changed, in the ledger. */
    private void remember(StreamSpec stream, int epoch, Optional<Models> opened) throws Exception {
        RunConfig.Restore now = choice.restore();
        restores.put(epoch, now);
        RunConfig.Restore before = epoch == 0 ? config.restore() : restore(epoch - 1);
        if (!now.equals(before)) {
            run.addModels(Models.cards(now));
            if (run.marks().isPresent()) {
                String identity = opened.map(m -> m.spec().identity()).orElse("none");
                run.marks().get().model(stream.name(), epoch, now.model().text(), identity);
            }
        }
    }

    /** Restores what an epoch left raw, from its raw frames on disk; does nothing if there is nothing to do. */
    void completion(String name, int epoch) throws Exception {
        if (stop.asked() || !leftRaw(name, epoch) || !Files.exists(run.folder().raw(name, epoch))) {
            return;
        }
        int pass = passesSoFar(name, epoch);
        try (RunReplaySource replay = new RunReplaySource(run.folder().root(), name, epoch, keepsProducts())) {
            StreamSpec stream = replay.open();
            long frames = replay.unrestoredFrames();
            if (frames > 0 && !hasRoom(frames, stream, epoch)) {
                return;
            }
            Optional<Models> opened = Models.open(restore(epoch), stream);
            if (opened.isEmpty()) {
                return;
            }
            Optional<RestorerSpec> restorer = opened.map(Models::spec);
            PipelineSettings settings = Sizing.completing(config, stream, restorer);
            try (LatencyRecorder latency = latency(stream, epoch, "-" + COMPLETION)) {
                FramePipeline.Builder builder = builder(stream, epoch, replay, opened, settings, latency);
                if (frames > 0) {
                    addSinks(builder, opened, true, pass);
                }
                run(COMPLETION, stream, epoch, restorer, builder.build());
            }
        }
    }

    /** Pipelines that have worked on an epoch: the live one and earlier completions. */
    private int passesSoFar(String stream, int epoch) throws IOException {
        int[] begun = {0};
        LedgerReader.forEach(run.folder().ledger(), line -> {
            if (line.kind().equals("epoch") && line.stream().equals(stream) && line.epoch() == epoch) {
                begun[0]++;
            }
        });
        return begun[0];
    }

    /** Whether products may be written at all: a full disk would refuse each of them once more. */
    private boolean hasRoom(long frames, StreamSpec stream, int epoch) throws IOException {
        RawStackSink.Options storage = storage();
        try {
            if (keepsProducts()) {
                FreeSpace.of(run.folder().root(), storage.space().doubled(), storage.warnings())
                        .require(stream.frame().bytes(), run.clock().nanoTime());
            }
            return true;
        } catch (StackException full) {
            problems.add(title(COMPLETION, stream, epoch) + ": " + frames + " frames still lack their product. "
                    + full.getMessage() + " Then 'nocturne restore --in RUN' restores them.");
            return false;
        }
    }

    private boolean keepsProducts() {
        return config.disk().restored() && !config.restore().elsewhere();
    }

    /** True if a completion may restore frames of that cause. */
    static boolean completable(Cause cause) {
        return switch (cause) {
            case NO_FREE_WORKER, SINK_BEHIND, DRAINING, RESTORER_OFF, RESTORER_TIMED_OUT -> true;
            default -> false;
        };
    }

    /** False only if this run's own account says that nothing is left to restore. */
    private boolean leftRaw(String stream, int epoch) {
        for (Pass pass : passes) {
            if (pass.stream().equals(stream) && pass.epoch() == epoch) {
                return pass.frames().causes().stream().anyMatch(c -> completable(Cause.valueOf(c.cause())));
            }
        }
        return true;
    }

    /** Accounts of the passes so far, in order. */
    List<Pass> passes() {
        return passes;
    }

    /** What keeps the run from being complete, as sentences. */
    List<String> problems() {
        return problems;
    }

    /** The models of all passes. */
    List<RunReport.Model> models() {
        return List.copyOf(models);
    }

    private PipelineReport run(
            String kind, StreamSpec stream, int epoch, Optional<RestorerSpec> restorer, FramePipeline pipeline)
            throws Exception {
        stop.arm(pipeline);
        String name = title(kind, stream, epoch);
        watcher.flowing(name, stream.totalFrames(), pipeline::live);
        PipelineReport report = pipeline.run();
        passes.add(Pass.of(kind, stream, epoch, restorer, report));
        report.problems().forEach(problem -> problems.add(name + ": " + problem));
        return report;
    }

    private static String title(String kind, StreamSpec stream, int epoch) {
        return stream.name() + (epoch > 0 ? ", epoch " + epoch : "") + " (" + kind + ")";
    }

    private void show(
            FramePipeline pipeline,
            LatencyRecorder latency,
            StreamSpec stream,
            int epoch,
            Optional<Models> opened,
            boolean mayTurn) {
        Optional<ViewOfRun> view = run.view();
        if (view.isPresent()) {
            boolean first = view.get().address().isEmpty();
            Marks marks = run.marks().orElseThrow();
            Optional<RestorerSpec> restorer = opened.map(Models::spec);
            view.get()
                    .show(
                            pipeline,
                            latency,
                            stream,
                            restorer,
                            new LiveHealth(
                                    pipeline::live,
                                    opened,
                                    run.description().models(),
                                    run.folder().root(),
                                    bytesPerFrame(stream, restorer)),
                            new ControlsOfRun(stream.name(), epoch, marks, stop, choice, mayTurn));
            if (first) {
                watcher.shown(view.get().address().orElseThrow());
            }
        }
    }

    private FramePipeline.Builder builder(
            StreamSpec stream,
            int epoch,
            FrameSource source,
            Optional<Models> opened,
            PipelineSettings settings,
            LatencyRecorder latency) {
        opened.ifPresent(m -> models.addAll(m.used()));
        FramePipeline.Builder builder = FramePipeline.builder(stream)
                .run(run.description().runId(), epoch)
                .settings(settings)
                .source(source)
                .ledger(run.ledger())
                .latency(latency)
                .clock(run.clock());
        opened.ifPresent(m -> builder.restorer(m.restorer()));
        return builder;
    }

    private void addSinks(FramePipeline.Builder builder, Optional<Models> opened, boolean patient, int pass)
            throws IOException {
        if (opened.isPresent() && keepsProducts()) {
            builder.sink(new RestoredStackSink(run.folder(), storage()));
        }
        run.bootstrap().ifPresent(brokers -> builder.sink(kafka(brokers, patient, pass)));
    }

    private FrameSink kafka(String brokers, boolean patient, int pass) {
        RunConfig.Kafka kafka = config.kafka().orElseThrow();
        return new KafkaSink(
                KafkaSettings.of(brokers, kafka.topic(), run.folder().spillDir())
                        .withSpill(kafka.spill().bytes(), KafkaSettings.DEFAULT_SPILL_RESERVE_BYTES)
                        .withPatience(patient)
                        .withStartAway(pass > 0)
                        .withOpenTimeout(pass > 0 ? BRIEFLY : KafkaSettings.DEFAULT_OPEN_TIMEOUT)
                        .withPass(pass)
                        .withInFlightBytes(kafka.inFlight().bytes())
                        .withTopicCreation(true, kafka.partitions(), 0)
                        .withContent(
                                config.restore().elsewhere()
                                        ? KafkaContent.RAW
                                        : kafka.content().ofSink(),
                                run.folder())
                        .withClient(kafka.client()));
    }

    private RawStackSink.Options storage() {
        RawStackSink.Options options = RawStackSink.Options.DEFAULT;
        return new RawStackSink.Options(config.disk().storage(), space, options.warnings());
    }

    private double bytesPerFrame(StreamSpec stream, Optional<RestorerSpec> restorer) {
        double raw = config.disk().raw() ? stream.frame().bytes() : 0;
        double products = config.disk().restored()
                ? restorer.map(r -> (double) r.product().bytes()).orElse(0.0)
                : 0;
        return raw + products;
    }

    private LatencyRecorder latency(StreamSpec stream, int epoch, String suffix) {
        return new LatencyRecorder(run.folder().latencyDir().resolve(stream.name() + "-" + epoch + suffix));
    }
}
