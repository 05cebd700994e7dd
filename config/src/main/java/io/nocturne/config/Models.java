package io.nocturne.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.config.report.RunReport;
import io.nocturne.config.units.ModelRef;
import io.nocturne.inference.ChannelRestorer;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.NoiseModel;
import io.nocturne.inference.NormalizationOnly;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.onnx.Device;
import io.nocturne.inference.onnx.EngineCache;
import io.nocturne.inference.onnx.GpuSettings;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The models of a run, opened for one stream.
 *
 * @param restorer all of them behind one restorer; whoever takes it closes it
 * @param used which model restores which channel, and what it runs on
 * @param estimateNanos what the slowest takes for one product, after its warm-up
 */
record Models(Restorer restorer, List<RunReport.Model> used, long estimateNanos) {
    RestorerSpec spec() {
        return restorer.spec();
    }

    /** Cards, with hashes, of every model that the configuration names. */
    static List<JsonNode> cards(RunConfig.Restore config) throws ModelException {
        Set<ModelRef> named = new LinkedHashSet<>(config.channels().values());
        named.add(config.model());
        named.remove(ModelRef.NONE);
        ModelCatalog catalog = ModelCatalog.open(config.folders());
        List<JsonNode> cards = new ArrayList<>();
        for (ModelRef ref : named) {
            cards.add(new JsonMapper().valueToTree(catalog.find(ref.text()).card()));
        }
        return cards;
    }

    /**
     * Opens what the configuration names.
     *
     * @return empty if no channel of the stream has a model
     * @throws ModelException if a model isn't there or can't run on these frames; the message says what to do
     */
    static Optional<Models> open(RunConfig.Restore config, StreamSpec stream) throws ModelException {
        for (String channel : config.channels().keySet()) {
            if (!stream.channels().contains(channel)) {
                throw new ModelException("restore.channels names '" + channel + "'; the channels are "
                        + String.join(", ", stream.channels()));
            }
        }
        if (config.elsewhere()) {
            return elsewhere(config, stream);
        }
        Map<ModelRef, OnnxRestorer> opened = new LinkedHashMap<>();
        try {
            ModelCatalog catalog = ModelCatalog.open(config.folders());
            Map<Integer, Restorer> byChannel = new TreeMap<>();
            List<RunReport.Model> used = new ArrayList<>();
            for (int channel = 0; channel < stream.channels().size(); channel++) {
                String name = stream.channels().get(channel);
                ModelRef ref = config.channels().getOrDefault(name, config.model());
                if (!ref.isNone()) {
                    OnnxRestorer restorer = opened.get(ref);
                    if (restorer == null) {
                        RestorationModel model = catalog.find(ref.text());
                        if (config.otf().isPresent()) {
                            model = config.otf().get().behind(model, stream);
                        }
                        restorer = OnnxRestorer.open(model, stream, options(config));
                        opened.put(ref, restorer);
                    }
                    byChannel.put(channel, restorer);
                    RestorerSpec spec = restorer.spec();
                    used.add(new RunReport.Model(name, spec.name(), spec.identity(), restorer.report()));
                }
            }
            long slowest = opened.values().stream()
                    .mapToLong(OnnxRestorer::estimateNanos)
                    .max()
                    .orElse(0);
            Optional<Models> models = byChannel.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Models(together(byChannel, stream), List.copyOf(used), slowest));
            opened.clear();
            return models;
        } finally {
            opened.values().forEach(OnnxRestorer::close); // those that nobody took over
        }
    }

    /** Stands in for the models of workers. */
    private static Optional<Models> elsewhere(RunConfig.Restore config, StreamSpec stream) throws ModelException {
        ModelCatalog catalog = ModelCatalog.open(config.folders());
        Map<ModelRef, Restorer> standIns = new LinkedHashMap<>();
        Map<Integer, Restorer> byChannel = new TreeMap<>();
        List<RunReport.Model> used = new ArrayList<>();
        for (int channel = 0; channel < stream.channels().size(); channel++) {
            String name = stream.channels().get(channel);
            ModelRef ref = config.channels().getOrDefault(name, config.model());
            if (!ref.isNone()) {
                Restorer restorer = standIns.get(ref);
                if (restorer == null) {
                    RestorationModel model = catalog.find(ref.text());
                    requireWorkable(model);
                    restorer = new NormalizationOnly(model, stream, noise(config));
                    standIns.put(ref, restorer);
                }
                byChannel.put(channel, restorer);
                RestorerSpec spec = restorer.spec();
                used.add(new RunReport.Model(name, spec.name(), spec.identity(), "on workers elsewhere"));
            }
        }
        return byChannel.isEmpty()
                ? Optional.empty()
                : Optional.of(new Models(together(byChannel, stream), List.copyOf(used), 0));
    }

    /**
     * Makes sure that workers can restore with a model: they see frames one after the other, and none twice.
     *
     * @throws ModelException if it needs slices of a stack or later frames; says where it can be used
     */
    static void requireWorkable(RestorationModel model) throws ModelException {
        WindowSpec window = model.card().window().spec();
        boolean past = window.axis() == WindowSpec.Axis.TIME && window.after() == 0;
        if (window.axis() != WindowSpec.Axis.NONE && !past) {
            String needs =
                    switch (window.axis()) {
                        case STACK -> "a whole z-stack at a time";
                        case Z -> "neighbours along z, " + window.before() + " before and " + window.after() + " after";
                        default -> window.after() + " later frames";
                    };
            throw new ModelException("Model " + model.card().name() + " needs " + needs
                    + "; a worker restores single frames, or frames with earlier ones. Leave restore.elsewhere out and"
                    + " restore where the camera is, live or afterwards with 'restore --in RUN'");
        }
    }

    /** One restorer for all channels as it is, several behind one. */
    private static Restorer together(Map<Integer, Restorer> byChannel, StreamSpec stream) throws ModelException {
        boolean same = byChannel.size() == stream.channels().size()
                && byChannel.values().stream().distinct().count() == 1;
        return same ? byChannel.get(0) : new ChannelRestorer(byChannel);
    }

    private static GpuSettings gpu(RunConfig.Gpu config) {
        return new GpuSettings(
                config.half(),
                config.tf32(),
                config.memory().map(m -> OptionalLong.of(m.bytes())).orElse(OptionalLong.empty()),
                config.workspace().bytes(),
                config.cache().map(EngineCache::new).orElseGet(EngineCache::ofUser));
    }

    private static Optional<NoiseModel> noise(RunConfig.Restore config) {
        return config.noise().map(noise -> new NoiseModel(noise.offset(), noise.gain(), noise.readNoise()));
    }

    private static OnnxRestorer.Options options(RunConfig.Restore config) {
        List<Device> devices = config.devices().stream()
                .map(provider -> new Device(provider, config.gpu(), Map.of()))
                .toList();
        OnnxRestorer.Options options = OnnxRestorer.Options.defaults()
                .withWorkers(Sizing.workers(config))
                .withThreads(config.threads().orElse(0))
                .withDevices(devices, config.cpuFallback())
                .withTile(config.tile().orElse(0), config.batch())
                .withGpu(gpu(config.accelerator()));
        if (config.neighbours().isPresent()) {
            options = options.withNeighbours(config.neighbours().get().axis());
        }
        Optional<NoiseModel> noise = noise(config);
        if (noise.isPresent()) {
            options = options.withNoise(noise.get());
        }
        return config.product().isPresent()
                ? options.withProductType(config.product().get())
                : options;
    }
}
