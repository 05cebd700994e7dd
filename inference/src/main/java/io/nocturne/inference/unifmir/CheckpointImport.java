package io.nocturne.inference.unifmir;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.checkpoint.CheckpointReader;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.onnx.ModelTrial;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes a model that runs here of a UniFMIR checkpoint: reads it, checks every parameter, writes graph and card, and runs
 * the result once. What is there under the name asked for is a whole and working model, or nothing.
 *
 * @param checkpoint the {@code .pt} file
 * @param onnx the model to write; its card goes beside it
 * @param task what the network is for
 * @param options what the graph is made for; the volumetric one always takes the camera's frame
 * @param name of the model
 * @param replace whether files that are there already may be replaced
 */
public record CheckpointImport(
        Path checkpoint, Path onnx, UnifmirTask task, GraphOptions options, String name, boolean replace) {
    public CheckpointImport {
        options = options.withLightField(task == UnifmirTask.VOLUMETRIC);
    }

    /**
     * What was made.
     *
     * @param network sizes found in the checkpoint
     * @param weights numbers that a training changes, as far as the task uses them
     * @param model the model, in its place
     * @param bytes of its files without the card
     * @param trial what it made of a made-up tile
     */
    public record Imported(
            UnifmirNetwork network, long weights, RestorationModel model, long bytes, ModelTrial trial) {}

    /**
     * Imports.
     *
     * @param progress takes a line for each thing done
     * @throws ModelException if the checkpoint isn't one of that task, the model is there already, or it doesn't run
     * @throws IOException if a file can't be read or written
     */
    public Imported run(Consumer<String> progress) throws ModelException, IOException {
        requireFree();
        Clock clock = new Clock();
        StateDict parameters = CheckpointReader.read(checkpoint);
        String sha256 = sha256(checkpoint);
        progress.accept(String.format(
                Locale.ROOT,
                "read      %s: %d parameters, sha256 %s (%s)",
                checkpoint,
                parameters.names().size(),
                sha256.substring(0, 12),
                clock.lap()));
        UnifmirNetwork network = UnifmirNetwork.read(parameters, task);
        long weights = network.weights();
        progress.accept(
                String.format(Locale.ROOT, "checked   %s, %,d weights (%s)", describe(network), weights, clock.lap()));
        ModelCard card = UnifmirCards.card(name, network, options, parameters.source(), sha256);
        Path parent = onnx.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        Path workshop = Files.createTempDirectory(parent, ".import-");
        try {
            Path draft = workshop.resolve(onnx.getFileName());
            RestorationModel model = RestorationModel.write(draft, graph(network, parameters, card), card);
            long bytes = bytes(workshop, draft);
            progress.accept(String.format(
                    Locale.ROOT,
                    "written   tiles of %d x %d, %.1f MB (%s)",
                    options.width(),
                    options.height(),
                    bytes / 1e6,
                    clock.lap()));
            ModelTrial trial = ModelTrial.run(model, expectedShape(network));
            progress.accept(String.format(
                    Locale.ROOT,
                    "verified  a made-up tile in %.1f s on the CPU: result %s, finite, %.3g to %.3g (%s)",
                    trial.runMillis() / 1e3,
                    trial.outputShape(),
                    trial.least(),
                    trial.greatest(),
                    clock.lap()));
            moveInPlace(workshop);
            return new Imported(network, weights, RestorationModel.load(onnx), bytes, trial);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            remove(workshop);
        }
    }

    private void requireFree() throws ModelException {
        Path card = RestorationModel.cardOf(onnx);
        for (Path file : List.of(onnx, card)) {
            if (!replace && Files.exists(file)) {
                throw new ModelException(file + " exists already; name another file, or replace it with --force");
            }
        }
        if (!onnx.getFileName().toString().endsWith(".onnx")) {
            throw new ModelException("The model's file name must end in .onnx, not " + onnx.getFileName());
        }
    }

    /** The card travels inside the file too: a model that is copied alone still runs. */
    private GraphBuilder graph(UnifmirNetwork network, StateDict parameters, ModelCard card) throws ModelException {
        try {
            return UnifmirGraphs.build(network, parameters, options)
                    .description(card.summary())
                    .metadata("nocturne.task", task.title())
                    .metadata("nocturne.checkpoint", card.training().recipe())
                    .metadata(RestorationModel.CARD_KEY, card.toJson());
        } catch (IllegalArgumentException e) {
            throw new ModelException("No graph for " + task.title() + " with these options: " + e.getMessage(), e);
        }
    }

    private List<Long> expectedShape(UnifmirNetwork network) {
        long scale = network.scale();
        return List.of(1L, (long) network.outputs(), options.height() * scale, options.width() * scale);
    }

    private static String describe(UnifmirNetwork network) {
        UnifmirNetwork.SwinBody body = network.body();
        return String.format(
                Locale.ROOT,
                "%s network%s, channels in %d, out %d, scale %d: width %d, groups of %s blocks, %d heads",
                network.task().title(),
                network.names().universal() ? " (part of the pre-trained one for all tasks)" : "",
                network.inputs(),
                network.outputs(),
                network.scale(),
                body.channels(),
                body.depths(),
                body.heads());
    }

    private static long bytes(Path folder, Path model) throws IOException {
        long bytes = 0;
        Path card = RestorationModel.cardOf(model);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> !f.equals(card)).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** The card last, and an older one first of all: a model with a card is always a whole one. */
    private void moveInPlace(Path workshop) throws IOException {
        Path card = RestorationModel.cardOf(onnx);
        Files.deleteIfExists(card);
        List<Path> made = new ArrayList<>();
        try (Stream<Path> files = Files.list(workshop)) {
            files.filter(file -> !file.getFileName().equals(card.getFileName())).forEach(made::add);
        }
        made.add(workshop.resolve(card.getFileName()));
        for (Path file : made) {
            Files.move(file, onnx.resolveSibling(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[1 << 16];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Seconds since it was asked before. */
    private static final class Clock {
        private long since = System.nanoTime();

        String lap() {
            long now = System.nanoTime();
            String seconds = String.format(Locale.ROOT, "%.1f s", (now - since) / 1e9);
            since = now;
            return seconds;
        }
    }
}
