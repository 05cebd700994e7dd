package io.nocturne.inference.bioimage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.inference.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What a package's {@code rdf.yaml} says, as far as it concerns running it on frames of one channel.
 *
 * @param name made fit for a model's name
 * @param weights ONNX file inside the package
 * @param sha256 of that file; empty if it isn't given
 * @param axes of the input, a permutation of {@code bcyx}
 * @param outputAxes of the output
 * @param side side of the tiles that it takes; with {@code step} the least one
 * @param step what larger sides grow by; 0 if there is only one
 * @param halo pixels along the output's edge, in pixels of the input, that aren't to be trusted
 * @param scale output pixels per input pixel along x and y
 */
record PackageDescription(
        String name,
        String version,
        String summary,
        String licence,
        List<String> authors,
        String weights,
        String sha256,
        String axes,
        String outputAxes,
        int side,
        int step,
        int halo,
        int scale,
        List<Step> preprocessing,
        List<Step> postprocessing) {

    /**
     * Reads a description.
     *
     * @param where the file, for messages
     * @throws ModelException if it is no model's, or asks for what we can't do; names that
     */
    static PackageDescription parse(String yaml, String where) throws ModelException {
        JsonNode root;
        try {
            LoaderOptions limits = new LoaderOptions();
            limits.setAllowDuplicateKeys(false);
            root = new JsonMapper().valueToTree(new Yaml(new SafeConstructor(limits)).load(yaml));
        } catch (YAMLException | IllegalArgumentException e) {
            throw new ModelException(where + " is no YAML that can be read: " + e.getMessage(), e);
        }
        String format = root.path("format_version").asText("");
        if (!root.path("type").asText("model").equals("model") || !format.matches("0\\.[45](\\..*)?")) {
            throw new ModelException(where + ": expected a bioimage.io model of format 0.4 or 0.5, found type "
                    + root.path("type").asText("unknown") + ", format '" + format + "'");
        }
        boolean newer = format.startsWith("0.5");
        JsonNode input = only(root, "inputs", where);
        JsonNode output = only(root, "outputs", where);
        TensorShape in =
                newer ? TensorShape.read5(input, where + ", input") : TensorShape.read4(input, where + ", input");
        TensorShape out = newer
                ? TensorShape.read5Output(output, input, in, where + ", output")
                : TensorShape.read4Output(output, in, where + ", output");
        JsonNode onnx = root.path("weights").path("onnx");
        if (onnx.path("source").asText("").isEmpty()) {
            List<String> kinds = new ArrayList<>();
            root.path("weights").fieldNames().forEachRemaining(kinds::add);
            throw new ModelException(where + " has no ONNX weights, only " + kinds
                    + ". bioimageio.core converts many of them: bioimageio add-weights");
        }
        if (onnx.has("external_data")) {
            throw new ModelException(where + ": ONNX weights with external data aren't supported");
        }
        StepReader steps = new StepReader(where);
        List<String> authors = new ArrayList<>();
        root.path("authors").forEach(author -> authors.add(author.path("name").asText()));
        return new PackageDescription(
                fitName(root),
                root.path("version").asText("1"),
                root.path("description").asText("").strip(),
                root.path("license").asText(""),
                List.copyOf(authors),
                onnx.path("source").asText(),
                onnx.path("sha256").asText(""),
                in.axes(),
                out.axes(),
                in.side(),
                in.step(),
                out.halo(),
                out.scale(),
                steps.read(input.path("preprocessing"), "preprocessing"),
                steps.read(output.path("postprocessing"), "postprocessing"));
    }

    private static JsonNode only(JsonNode root, String key, String where) throws ModelException {
        JsonNode list = root.path(key);
        if (list.size() != 1) {
            throw new ModelException(where + ": models with one of " + key + " are supported; this has " + list.size());
        }
        return list.get(0);
    }

    private static String fitName(JsonNode root) {
        String text = root.path("id").asText(root.path("name").asText("")).toLowerCase(Locale.ROOT);
        String fit = text.replaceAll("[^a-z0-9._-]+", "-").replaceAll("^[^a-z0-9]+|-+$", "");
        String name = fit.isEmpty() ? "bioimage-model" : fit;
        return name.substring(0, Math.min(64, name.length()));
    }
}
