package io.nocturne.inference.bioimage;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.inference.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads preprocessing and postprocessing, formats 0.4 and 0.5. What we can't do is refused by its name. */
final class StepReader {
    private static final double DEFAULT_EPS = 1e-6;

    private final String where;

    StepReader(String where) {
        this.where = where;
    }

    List<Step> read(JsonNode steps, String key) throws ModelException {
        List<Step> read = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            JsonNode step = steps.get(i);
            String name = step.path("id").asText(step.path("name").asText(""));
            read(name, step.path("kwargs"), where + ", " + key + " " + (i + 1) + ", " + name)
                    .ifPresent(read::add);
        }
        return List.copyOf(read);
    }

    private Optional<Step> read(String name, JsonNode given, String at) throws ModelException {
        return switch (name) {
            case "ensure_dtype" -> {
                String type = given.path("dtype").asText();
                if (!type.startsWith("float")) {
                    throw new ModelException(at + ": rounding to " + type + " between the steps isn't supported");
                }
                yield Optional.empty();
            }
            case "scale_linear" ->
                Optional.of(new Step.Linear(number(given, "gain", 1, at), number(given, "offset", 0, at)));
            case "clip" ->
                Optional.of(new Step.Clip(
                        number(given, "min", Double.NEGATIVE_INFINITY, at),
                        number(given, "max", Double.POSITIVE_INFINITY, at)));
            case "fixed_zero_mean_unit_variance" -> Optional.of(standardise(given, 0, at));
            case "zero_mean_unit_variance" -> {
                double eps = number(given, "eps", DEFAULT_EPS, at);
                if (given.path("mode").asText().equals("fixed")) {
                    yield Optional.of(standardise(given, eps, at));
                }
                yield Optional.of(new Step.Statistics(false, 0, 0, perSample(given, at), eps));
            }
            case "scale_range" -> {
                if (!given.path("reference_tensor").asText("").isEmpty()) {
                    throw new ModelException(at + ": a reference_tensor isn't supported");
                }
                yield Optional.of(new Step.Statistics(
                        true,
                        number(given, "min_percentile", 0, at),
                        number(given, "max_percentile", 100, at),
                        perSample(given, at),
                        number(given, "eps", DEFAULT_EPS, at)));
            }
            case "sigmoid", "softmax", "binarize" ->
                throw new ModelException(at + ": such a model gives classes or probabilities, no restored image");
            default ->
                throw new ModelException(at + " isn't supported; known are ensure_dtype, scale_linear, clip,"
                        + " zero_mean_unit_variance, fixed_zero_mean_unit_variance, scale_range");
        };
    }

    private static Step standardise(JsonNode given, double eps, String at) throws ModelException {
        double mean = number(given, "mean", Double.NaN, at);
        double deviation = number(given, "std", Double.NaN, at) + eps;
        if (Double.isNaN(mean) || !(deviation > 0)) {
            throw new ModelException(at + " needs a mean and a positive std");
        }
        return new Step.Linear(1 / deviation, -mean / deviation);
    }

    /** Statistics over x and y together; which other axes are joined makes no difference with one channel. */
    private static boolean perSample(JsonNode given, String at) throws ModelException {
        JsonNode axes = given.path("axes");
        boolean text = axes.isTextual();
        if (!axes.isMissingNode() && !axes.isNull()) {
            List<String> names = new ArrayList<>();
            if (text) {
                axes.asText().chars().forEach(c -> names.add(Character.toString(c)));
            } else {
                axes.forEach(axis -> names.add(axis.asText()));
            }
            if (!names.contains("x") || !names.contains("y")) {
                throw new ModelException(at + ": statistics over " + names + " without x and y aren't supported");
            }
        }
        String mode = given.path("mode").asText("per_sample");
        if (!mode.equals("per_sample") && !mode.equals("per_dataset")) {
            throw new ModelException(at + ": mode '" + mode + "' isn't known");
        }
        return mode.equals("per_sample");
    }

    /** A number, or a list of one. YAML 1.1 takes 1e-6 for a text. */
    private static double number(JsonNode given, String key, double fallback, String at) throws ModelException {
        JsonNode value = given.path(key);
        if (value.isArray() && value.size() == 1) {
            value = value.get(0);
        }
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        try {
            return value.isNumber() ? value.asDouble() : Double.parseDouble(value.asText("none"));
        } catch (NumberFormatException e) {
            throw new ModelException(at + ": " + key + " should be one number, is " + value, e);
        }
    }
}
