package io.nocturne.inference.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shape of a graph's input or output: each dimension a number, or a name where it is only known when the model runs.
 *
 * @param dims numbers and names in order, such as {@code n}, {@code 1}, {@code h}, {@code w}
 */
public record Shape(List<String> dims) {
    public Shape {
        dims = List.copyOf(dims);
        for (String dim : dims) {
            if (!dim.matches("[0-9]{1,18}|[A-Za-z_][A-Za-z0-9_]*")) {
                throw new GraphException("Dimension '" + dim + "' is neither a number nor a name");
            }
        }
    }

    /** A shape of fixed sizes. */
    public static Shape of(long... sizes) {
        return new Shape(Arrays.stream(sizes).mapToObj(Long::toString).toList());
    }

    /** A shape from text, such as {@code "n,1,h,w"}; empty text is a scalar. */
    public static Shape parse(String text) {
        List<String> dims = new ArrayList<>();
        if (!text.isBlank()) {
            for (String dim : text.split(",", -1)) {
                dims.add(dim.strip());
            }
        }
        return new Shape(dims);
    }

    static boolean isNumber(String dim) {
        return Character.isDigit(dim.charAt(0));
    }

    @Override
    public String toString() {
        return "[" + String.join(",", dims) + "]";
    }
}
