package io.nocturne.config;

import io.nocturne.config.host.DiskProbe;
import io.nocturne.config.host.HostFacts;
import io.nocturne.sinks.view.LiveView;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Gathers what a plan depends on, and tries the model out. */
final class Planning {
    private static final Duration TRIAL = Duration.ofSeconds(2);

    /** A model that takes longer is believed its warm-up; a trial would cost minutes. */
    private static final long SLOW_NANOS = 1_000_000_000;

    private final RunConfig config;
    private final StreamSpec stream;

    private Planning(RunConfig config, StreamSpec stream) {
        this.config = config;
        this.stream = stream;
    }

    /** Works out the plan of a run on these frames; takes as long as the models take to open, and 2 s. */
    static RunPlan plan(RunConfig config, StreamSpec stream) throws Exception {
        return new Planning(config, stream).plan().withWarnings(Sources.advice(config.source(), stream));
    }

    private RunPlan plan() throws Exception {
        Optional<Models> models = Models.open(config.restore(), stream);
        try {
            PipelineSettings settings = Sizing.of(config, stream, models.map(Models::spec));
            RunPlan untried = RunPlan.of(facts(models, settings, Optional.empty()));
            if (models.isEmpty() || !untried.obstacles().isEmpty()) {
                return untried;
            }
            long estimate = models.get().estimateNanos();
            Trial trial = estimate > SLOW_NANOS
                    ? Trial.estimated(estimate, settings)
                    : Trial.measure(stream, models.get().restorer(), settings, TRIAL);
            return RunPlan.of(facts(models, settings, Optional.of(trial)));
        } finally {
            models.ifPresent(m -> m.restorer().close());
        }
    }

    private RunPlan.Facts facts(Optional<Models> models, PipelineSettings settings, Optional<Trial> trial)
            throws IOException {
        Optional<RestorerSpec> spec = models.map(Models::spec);
        Path folder = config.run().folder().orElse(config.run().parent());
        return new RunPlan.Facts(
                Sources.describe(config.source()),
                stream,
                Sources.periodNanos(config.source(), stream),
                settings,
                config.rings().raw().toString(),
                models.map(Models::restorer),
                models.map(m -> m.used().stream().map(Object::toString).toList())
                        .orElse(List.of()),
                trial,
                sinks(),
                config.view().enabled() ? LiveView.offHeapBytes(stream, spec) : 0,
                recording(spec, folder),
                HostFacts.read());
    }

    private RunPlan.Recording recording(Optional<RestorerSpec> spec, Path folder) throws IOException {
        Disk disk = config.disk();
        boolean restored = disk.restored() && !config.restore().elsewhere();
        List<String> refusals = new ArrayList<>();
        if (disk.raw()) {
            disk.storage().refusal(Stack.raw(stream)).ifPresent(why -> refusals.add("Raw frames: " + why));
        }
        if (restored && spec.isPresent()) {
            disk.storage()
                    .refusal(Stack.restored(stream, spec.get()))
                    .ifPresent(why -> refusals.add("Products: " + why));
        }
        return new RunPlan.Recording(
                disk.raw(), restored, disk.pyramid(), refusals, folder.toString(), DiskProbe.freeBytes(folder));
    }

    private List<String> sinks() {
        List<String> sinks = new ArrayList<>();
        Disk disk = config.disk();
        if (disk.raw() || disk.restored()) {
            sinks.add(disk.described() + ", fsync " + disk.fsync() + "; "
                    + disk.fsync().fsync().lossBound()
                    + (disk.pyramid() ? "; smaller copies when the run has ended" : ""));
        }
        config.kafka()
                .ifPresent(kafka -> sinks.add("Kafka "
                        + (kafka.bootstrap().equals(RunConfig.Kafka.EMBEDDED)
                                ? "(a broker of the run's own)"
                                : "at " + kafka.bootstrap())
                        + ", topic " + kafka.topic() + ": "
                        + (config.restore().elsewhere()
                                ? "raw frames for workers"
                                : kafka.content().name().toLowerCase(Locale.ROOT))
                        + ", spill up to " + kafka.spill()));
        if (config.view().enabled()) {
            sinks.add("live view on " + config.view().bind());
        }
        return sinks;
    }
}
