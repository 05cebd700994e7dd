package io.nocturne.inference.unifmir;

import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.TensorContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Weights that follow from their names: any network can be filled with them, here and in any other language, without a
 * file. Sizes of signals stay moderate through deep networks, and no two parameters are alike.
 */
public final class RecipeWeights {
    private RecipeWeights() {}

    /** A state dict of those shapes, in the map's order. */
    public static StateDict stateDict(String source, Map<String, long[]> shapes) {
        List<Parameter> parameters = new ArrayList<>();
        shapes.forEach((name, shape) -> parameters.add(parameter(name, shape)));
        return StateDict.of(source, parameters);
    }

    /** The float32 parameter of that name and shape; computed each time it is read. */
    public static Parameter parameter(String name, long... shape) {
        return new Recipe(name, Arrays.stream(shape).boxed().toList());
    }

    private record Recipe(String name, List<Long> shape) implements Parameter {
        @Override
        public ElementType type() {
            return ElementType.FLOAT32;
        }

        @Override
        public float[] floats() {
            return values(name, shape.stream().mapToLong(Long::longValue).toArray());
        }

        @Override
        public TensorContent content() {
            return TensorContent.deferred(ElementType.FLOAT32, count(), this::floats);
        }
    }

    /** Elements of the parameter of that name and shape, row-major. */
    public static float[] values(String name, long... shape) {
        long count = 1;
        for (long size : shape) {
            count = Math.multiplyExact(count, size);
        }
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        int mixed = (int) crc.getValue() * 0x9E3779B9;
        double offset = offset(name, shape);
        double scale = scale(name, count, shape);
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            int h = i ^ mixed;
            h ^= h >>> 16;
            h *= 0x85ebca6b;
            h ^= h >>> 13;
            h *= 0xc2b2ae35;
            h ^= h >>> 16;
            values[i] = (float) (offset + scale * (Integer.toUnsignedLong(h) / 0x1p32 - 0.5));
        }
        return values;
    }

    private static double offset(String name, long[] shape) {
        boolean centred = name.endsWith("relative_position_bias_table")
                || name.endsWith("projection_matrix")
                || name.endsWith("running_mean")
                || name.endsWith("bias");
        return name.endsWith("running_var") || (!centred && shape.length == 1) ? 1 : 0;
    }

    private static double scale(String name, long count, long[] shape) {
        if (name.endsWith("relative_position_bias_table")) {
            return 0.7 * Math.sqrt(12);
        }
        if (name.endsWith("projection_matrix")) {
            return Math.sqrt(12);
        }
        if (name.endsWith("running_mean")) {
            return 0.2 * Math.sqrt(12);
        }
        if (name.endsWith("running_var")) {
            return 1;
        }
        if (name.endsWith("bias")) {
            return 0.1 * Math.sqrt(12);
        }
        double fan = (double) count / (shape.length == 0 ? 1 : shape[0]);
        return switch (shape.length) {
            case 1 -> 1;
            case 4 -> 1.2 * Math.sqrt(12 / fan);
            case 2 -> 1.3 * Math.sqrt(12 / fan);
            default -> throw new IllegalArgumentException(name + ": the recipe knows 1, 2 and 4 dimensions");
        };
    }
}
