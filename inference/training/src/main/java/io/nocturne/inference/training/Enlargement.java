package io.nocturne.inference.training;

import java.util.HashMap;
import java.util.Map;

/** Lets a network that doubles the size of its frames start from what one learned that keeps it. */
final class Enlargement {
    private Enlargement() {}

    /**
     * The same numbers, but those of the last layer, whose every output, a pixel of a block, is repeated for the finer
     * pixels in its place. What has the wanted size already stays as it is.
     *
     * @param given numbers of the network that starts, by name
     * @param wanted weights of the network to be
     * @param block side of the blocks of both, pixels
     * @param scale finer pixels per pixel along an axis
     */
    static Map<String, float[]> of(Map<String, float[]> given, Weights wanted, int block, int scale) {
        Map<String, float[]> fitted = new HashMap<>(given);
        for (Weights.Parameter parameter : wanted.parameters()) {
            float[] values = given.get(parameter.name());
            int length = parameter.values().length;
            if (values != null && values.length != length && values.length * scale * scale == length) {
                fitted.put(parameter.name(), repeated(values, block, scale));
            }
        }
        return fitted;
    }

    private static float[] repeated(float[] values, int block, int scale) {
        int each = values.length / (block * block);
        int fine = block * scale;
        float[] repeated = new float[fine * fine * each];
        for (int output = 0; output < fine * fine; output++) {
            int pixel = output / fine / scale * block + output % fine / scale;
            System.arraycopy(values, pixel * each, repeated, output * each, each);
        }
        return repeated;
    }
}
