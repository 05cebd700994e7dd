package io.nocturne.inference.unifmir;

/**
 * What a graph is made for. Sides that are no multiple of 8 are continued by mirroring at the right and below, inside the
 * graph, as the published networks do, and what comes of it is cut off again.
 *
 * @param width of one tile of the image input, pixels; for the volumetric network pixels of one view
 * @param height of one tile, pixels
 * @param formulation how the network is written down
 * @param half half-precision weights and arithmetic; inputs and outputs stay float32
 * @param fast leaves out the second of the residual groups, as the published fast mode does
 * @param firstStage gives the result of the projection's or volumetric network's first stage too, as output
 *     {@code stage1}
 * @param lightField the volumetric graph takes the light-field frame, [n, 1, side * height, side * width], normalised,
 *     and cuts it into views itself
 * @param chunk windows that go through a block together in {@link Formulation#CPU_CHUNKED}; 0 leaves it to us
 */
public record GraphOptions(
        int width,
        int height,
        Formulation formulation,
        boolean half,
        boolean fast,
        boolean firstStage,
        boolean lightField,
        int chunk) {
    /** Longest side of a tile. */
    public static final int LONGEST = 4096;

    public GraphOptions {
        checkSide("width", width);
        checkSide("height", height);
        if (chunk < 0) {
            throw new IllegalArgumentException("'chunk' must be 0 or a number of windows, not " + chunk);
        }
    }

    private static void checkSide(String name, int side) {
        if (side < 8 || side > LONGEST) {
            throw new IllegalArgumentException(
                    "'" + name + "' of a tile must be 8 to " + LONGEST + " pixels, not " + side);
        }
    }

    /** Square tiles for the CPU, full precision, the whole network. */
    public static GraphOptions tile(int side) {
        return tile(side, side);
    }

    /** Tiles for the CPU, full precision, the whole network. */
    public static GraphOptions tile(int width, int height) {
        return new GraphOptions(width, height, Formulation.CPU_CHUNKED, false, false, false, false, 0);
    }

    public GraphOptions with(Formulation value) {
        return new GraphOptions(width, height, value, half, fast, firstStage, lightField, chunk);
    }

    public GraphOptions withHalf(boolean value) {
        return new GraphOptions(width, height, formulation, value, fast, firstStage, lightField, chunk);
    }

    public GraphOptions withFast(boolean value) {
        return new GraphOptions(width, height, formulation, half, value, firstStage, lightField, chunk);
    }

    public GraphOptions withFirstStage(boolean value) {
        return new GraphOptions(width, height, formulation, half, fast, value, lightField, chunk);
    }

    public GraphOptions withLightField(boolean value) {
        return new GraphOptions(width, height, formulation, half, fast, firstStage, value, chunk);
    }

    public GraphOptions withChunk(int value) {
        return new GraphOptions(width, height, formulation, half, fast, firstStage, lightField, value);
    }
}
