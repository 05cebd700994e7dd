package io.nocturne.inference.bioimage;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.inference.ModelException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tensor's axes and what they allow. We run models of one image in, one image out: batch, channel, y and x in any
 * order, one channel.
 *
 * @param axes a permutation of {@code bcyx}
 * @param side of x and y: the only one, or the least
 * @param step what larger sides grow by, 0 if there are none
 * @param halo of an output, in pixels of the input
 * @param scale of an output
 */
record TensorShape(String axes, int side, int step, int halo, int scale) {
    private static final String SUPPORTED =
            "; supported are images of one channel with the axes batch, channel, y and x in any order";

    /** Format 0.4: axes are letters, shapes lists, or a least shape and steps. */
    static TensorShape read4(JsonNode tensor, String where) throws ModelException {
        String axes = axes4(tensor, where);
        JsonNode shape = tensor.path("shape");
        JsonNode least = shape.isArray() ? shape : shape.path("min");
        requireOne(number(least, axes.indexOf('c'), 1), where);
        int[] sides = new int[2];
        int[] steps = new int[2];
        for (int i = 0; i < 2; i++) {
            int axis = axes.indexOf("yx".charAt(i));
            sides[i] = (int) number(least, axis, 0);
            steps[i] = (int) number(shape.path("step"), axis, 0);
        }
        return square(axes, sides, steps, where);
    }

    /** Format 0.4: an output's shape is a list, or a scale and an offset of the input's. */
    static TensorShape read4Output(JsonNode tensor, TensorShape input, String where) throws ModelException {
        String axes = axes4(tensor, where);
        JsonNode shape = tensor.path("shape");
        double[] scales = new double[2];
        int halo = 0;
        for (int i = 0; i < 2; i++) {
            int axis = axes.indexOf("yx".charAt(i));
            if (shape.isArray()) {
                scales[i] = number(shape, axis, 0) / input.side();
            } else {
                scales[i] = number(shape.path("scale"), axis, 1);
                requireNoOffset(number(shape.path("offset"), axis, 0), where);
            }
            halo = Math.max(halo, (int) number(tensor.path("halo"), axis, 0));
        }
        return scaled(axes, scales, halo, where);
    }

    private static String axes4(JsonNode tensor, String where) throws ModelException {
        String axes = tensor.path("axes").asText("");
        return checked(axes, axes, where);
    }

    /** Format 0.5: each axis is an object; sizes are numbers, or a least one and a step. */
    static TensorShape read5(JsonNode tensor, String where) throws ModelException {
        Map<String, JsonNode> byLetter = axes5(tensor, where);
        requireOne(Math.max(1, byLetter.get("c").path("channel_names").size()), where);
        int[] sides = new int[2];
        int[] steps = new int[2];
        for (int i = 0; i < 2; i++) {
            JsonNode size = byLetter.get(i == 0 ? "y" : "x").path("size");
            if (size.has("tensor_id")) {
                throw new ModelException(where + ": a size that follows another tensor isn't supported");
            }
            sides[i] = size.isObject() ? size.path("min").asInt() : size.asInt();
            steps[i] = size.path("step").asInt();
        }
        return square(String.join("", byLetter.keySet()), sides, steps, where);
    }

    /** Format 0.5: an output's sizes are numbers, or follow an axis of the input by the ratio of both scales. */
    static TensorShape read5Output(JsonNode tensor, JsonNode inputTensor, TensorShape input, String where)
            throws ModelException {
        Map<String, JsonNode> byLetter = axes5(tensor, where);
        Map<String, JsonNode> inputs = axes5(inputTensor, where);
        requireOne(Math.max(1, byLetter.get("c").path("channel_names").size()), where);
        double[] scales = new double[2];
        int halo = 0;
        for (int i = 0; i < 2; i++) {
            JsonNode axis = byLetter.get(i == 0 ? "y" : "x");
            JsonNode size = axis.path("size");
            if (size.isObject()) {
                JsonNode reference = inputs.get(i == 0 ? "y" : "x");
                scales[i] =
                        reference.path("scale").asDouble(1) / axis.path("scale").asDouble(1);
                requireNoOffset(size.path("offset").asDouble(0), where);
            } else {
                scales[i] = size.asDouble() / input.side();
            }
            halo = Math.max(halo, axis.path("halo").asInt());
        }
        return scaled(String.join("", byLetter.keySet()), scales, halo, where);
    }

    private static Map<String, JsonNode> axes5(JsonNode tensor, String where) throws ModelException {
        Map<String, JsonNode> byLetter = new LinkedHashMap<>();
        StringBuilder named = new StringBuilder();
        for (JsonNode axis : tensor.path("axes")) {
            String letter =
                    switch (axis.path("type").asText()) {
                        case "batch" -> "b";
                        case "channel" -> "c";
                        case "space" -> axis.path("id").asText("x");
                        default -> axis.path("type").asText("?");
                    };
            byLetter.put(letter, axis);
            named.append(named.isEmpty() ? "" : ", ").append(letter);
        }
        checked(String.join("", byLetter.keySet()), named.toString(), where);
        return byLetter;
    }

    private static String checked(String axes, String found, String where) throws ModelException {
        boolean permutation = axes.length() == 4 && axes.chars().distinct().count() == 4 && axes.matches("[bcyx]{4}");
        if (!permutation) {
            throw new ModelException(where + " has the axes '" + found + "'" + SUPPORTED);
        }
        return axes;
    }

    private static TensorShape square(String axes, int[] sides, int[] steps, String where) throws ModelException {
        if (sides[0] != sides[1] || steps[0] != steps[1] || sides[0] < 1 || steps[0] < 0) {
            throw new ModelException(where + ": tiles of " + sides[1] + " x " + sides[0] + " pixels, steps of "
                    + steps[1] + " and " + steps[0] + " aren't supported; both sides must be alike");
        }
        return new TensorShape(axes, sides[0], steps[0], 0, 1);
    }

    private static TensorShape scaled(String axes, double[] scales, int halo, String where) throws ModelException {
        int scale = (int) Math.round(scales[0]);
        if (scales[0] != scales[1] || scale != scales[0] || scale < 1 || scale > 8) {
            throw new ModelException(where + " is " + scales[1] + " x " + scales[0]
                    + " times as large as the input; supported are 1 to 8 times, the same along x and y");
        }
        return new TensorShape(axes, 0, 0, (halo + scale - 1) / scale, scale);
    }

    private static void requireOne(double channels, String where) throws ModelException {
        if (channels != 1) {
            throw new ModelException(where + " has " + (int) channels + " channels" + SUPPORTED);
        }
    }

    private static void requireNoOffset(double offset, String where) throws ModelException {
        if (offset != 0) {
            throw new ModelException(where + " is cut by an offset of " + offset + " pixels, which isn't supported");
        }
    }

    private static double number(JsonNode list, int index, double fallback) {
        return list.path(index).asDouble(fallback);
    }
}
