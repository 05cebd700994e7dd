package io.nocturne.stream.spi;

import java.util.List;
import java.util.Objects;

/**
 * What a restorer makes of what.
 *
 * @param name the model's name, such as {@code gaussian}
 * @param identity what proves which model it was: {@code sha256:...} of the model file, or name and parameters
 * @param input geometry of the frames it takes
 * @param product geometry of what it gives
 * @param window which frames one product needs
 * @param normNames names of the normalisation values, in order, at most {@link #MAX_NORM}
 * @param zStepUm distance of a product's planes in micrometres; NaN if it follows from the frames, whose z-range the
 *     planes then share out evenly
 */
public record RestorerSpec(
        String name,
        String identity,
        FrameSpec input,
        FrameSpec product,
        WindowSpec window,
        List<String> normNames,
        double zStepUm) {
    /** Most values a normalisation can have. */
    public static final int MAX_NORM = 8;

    public RestorerSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(product, "product");
        Objects.requireNonNull(window, "window");
        normNames = List.copyOf(normNames);
        if (normNames.size() > MAX_NORM) {
            throw new IllegalArgumentException("At most " + MAX_NORM + " normalisation values, not " + normNames);
        }
    }

    /** A product whose planes lie where the frames' z-range says. */
    public RestorerSpec(
            String name,
            String identity,
            FrameSpec input,
            FrameSpec product,
            WindowSpec window,
            List<String> normNames) {
        this(name, identity, input, product, window, normNames, Double.NaN);
    }
}
