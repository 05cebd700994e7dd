package io.nocturne.inference;

import io.nocturne.inference.bioimage.BioimagePackage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where models are found by name: folders first, in order, then what ships with us (trained models on the class path,
 * baselines made in code). Paths of {@code .onnx} files and bioimage.io packages need no catalogue entry. Safe for use
 * from multiple threads.
 */
public final class ModelCatalog {
    /** What runs when nobody names a model. */
    public static final String DEFAULT = "denoise-fast";

    /** Class path folder of shipped models; {@code index.txt} in it names one per line. */
    private static final String RESOURCES = "io/nocturne/models/";

    private static final Map<String, Supplier<RestorationModel>> BASELINES = baselines();

    private final List<Path> folders;

    private ModelCatalog(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /**
     * Opens the catalogue.
     *
     * @param folders folders with {@code NAME.onnx} and {@code NAME.card.json} files; searched when asked, not now
     */
    public static ModelCatalog open(List<Path> folders) {
        return new ModelCatalog(folders);
    }

    /**
     * One line of the list of models.
     *
     * @param card its card; empty if it can't be used
     * @param origin the file, or {@code built in}
     * @param problem why it can't be used
     */
    public record Entry(String name, Optional<ModelCard> card, String origin, Optional<String> problem) {}

    /**
     * Finds a model.
     *
     * @param nameOrPath a name, {@code gaussian:SIGMA}, the path of an .onnx file, or that of a bioimage.io package: a
     *     folder, a zip file or an {@code rdf.yaml}
     * @throws ModelException if there is none, or it can't be used
     */
    public RestorationModel find(String nameOrPath) throws ModelException {
        if (nameOrPath.endsWith(".onnx")) {
            return RestorationModel.load(path(nameOrPath));
        }
        if (BioimagePackage.isPackage(path(nameOrPath))) {
            return BioimagePackage.open(path(nameOrPath));
        }
        for (Path folder : folders) {
            Path file = folder.resolve(path(nameOrPath).getFileName() + ".onnx");
            if (Files.isRegularFile(file) && file.getFileName().toString().equals(nameOrPath + ".onnx")) {
                return RestorationModel.load(file);
            }
        }
        if (resourceNames().contains(nameOrPath)) {
            return resource(nameOrPath);
        }
        Supplier<RestorationModel> baseline = BASELINES.get(nameOrPath);
        if (baseline != null) {
            return baseline.get();
        }
        if (nameOrPath.startsWith("gaussian:")) {
            return gaussian(nameOrPath.substring("gaussian:".length()));
        }
        throw new ModelException("There is no model '" + nameOrPath + "'. Known are "
                + String.join(", ", list().stream().map(Entry::name).toList())
                + "; or give the path of a .onnx file or a bioimage.io package");
    }

    /** Every model there is, usable or not, in the order of {@link #find}. */
    public List<Entry> list() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".onnx"))
                        .sorted()
                        .toList()) {
                    String fileName = file.getFileName().toString();
                    String name = fileName.substring(0, fileName.length() - 5);
                    entries.putIfAbsent(name, entry(name, file.toString(), () -> RestorationModel.load(file)));
                }
            } catch (IOException e) {
                entries.putIfAbsent(
                        folder.toString(),
                        new Entry(folder.toString(), Optional.empty(), "folder", Optional.of("can't be read: " + e)));
            }
        }
        for (String name : resourceNames()) {
            entries.putIfAbsent(name, entry(name, "built in", () -> resource(name)));
        }
        BASELINES.forEach((name, make) -> entries.putIfAbsent(name, entry(name, "built in", make::get)));
        return List.copyOf(entries.values());
    }

    private interface Opening {
        RestorationModel open() throws ModelException;
    }

    private static Entry entry(String name, String origin, Opening opening) {
        try {
            return new Entry(name, Optional.of(opening.open().card()), origin, Optional.empty());
        } catch (ModelException e) {
            return new Entry(name, Optional.empty(), origin, Optional.of(e.getMessage()));
        }
    }

    private static Path path(String text) throws ModelException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ModelException("'" + text + "' is neither a model's name nor a path", e);
        }
    }

    private static RestorationModel gaussian(String sigma) throws ModelException {
        try {
            return Baselines.gaussian(Double.parseDouble(sigma));
        } catch (IllegalArgumentException e) {
            throw new ModelException("gaussian:SIGMA needs a number of pixels from 0.3 to 8, not '" + sigma + "'", e);
        }
    }

    private static Map<String, Supplier<RestorationModel>> baselines() {
        Map<String, Supplier<RestorationModel>> map = new LinkedHashMap<>();
        map.put("adaptive", Baselines::adaptive);
        map.put("gaussian", () -> Baselines.gaussian(Baselines.DEFAULT_SIGMA));
        map.put("upscale2x", Baselines::upscale2x);
        map.put("maxprojection", Baselines::maxProjection);
        map.put("passthrough", Baselines::passthrough);
        return map;
    }

    private static List<String> resourceNames() {
        List<String> names = new ArrayList<>();
        try {
            for (URL index : Collections.list(loader().getResources(RESOURCES + "index.txt"))) {
                try (InputStream in = index.openStream()) {
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .forEach(names::add);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("The list of shipped models can't be read", e);
        }
        return names;
    }

    private static RestorationModel resource(String name) throws ModelException {
        try (InputStream onnx = resourceStream(name + ".onnx");
                InputStream card = resourceStream(name + ".card.json")) {
            String json = new String(card.readAllBytes(), StandardCharsets.UTF_8);
            return RestorationModel.of(onnx.readAllBytes(), ModelCard.parse(json, name + ".card.json"), name);
        } catch (IOException e) {
            throw new ModelException("Shipped model " + name + " can't be read: " + e.getMessage(), e);
        }
    }

    private static InputStream resourceStream(String file) throws IOException {
        InputStream in = loader().getResourceAsStream(RESOURCES + file);
        if (in == null) {
            throw new IOException("resource " + RESOURCES + file + " is missing");
        }
        return in;
    }

    private static ClassLoader loader() {
        return ModelCatalog.class.getClassLoader();
    }
}
