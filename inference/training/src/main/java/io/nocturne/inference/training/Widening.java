package io.nocturne.inference.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets a network start from what a narrower one learned: new channels see what there is through random kernels, and at
 * first nobody listens to them, so that both answer alike (after Chen, Goodfellow and Shlens, ICLR 2016, who copy
 * channels instead).
 */
final class Widening {
    /**
     * Channels in a row that grow together.
     *
     * @param given how many the narrower network has
     * @param wanted how many the wider one has, the given ones first
     */
    record Channels(int given, int wanted) {
        /** Each of them as several channels in a row. */
        Channels times(int each) {
            return new Channels(given * each, wanted * each);
        }
    }

    private final Map<String, float[]> given;
    private final Weights fresh;
    private final Map<String, float[]> numbers;

    /**
     * @param given numbers of the narrower network, by name
     * @param fresh random weights of the wider one
     */
    Widening(Map<String, float[]> given, Weights fresh) {
        this.given = given;
        this.fresh = fresh;
        numbers = new HashMap<>(given);
    }

    /**
     * Widens a convolution. One that isn't there, or not in the given size, stays as it is: the wider network will not have
     * it.
     *
     * @param inputs rows of channels that it reads, one behind the other
     */
    void convolution(String name, Channels outputs, Channels... inputs) {
        Weights.Layer wide = fresh.layer(name);
        int area = wide.side() * wide.side();
        int read = Arrays.stream(inputs).mapToInt(Channels::given).sum();
        int reads = Arrays.stream(inputs).mapToInt(Channels::wanted).sum();
        float[] from = given.get(name + ".weight");
        float[] fromBias = given.get(name + ".bias");
        if (from == null
                || fromBias == null
                || from.length != outputs.given() * read * area
                || fromBias.length != outputs.given()) {
            return;
        }
        float[] kernel = new float[outputs.wanted() * reads * area];
        float[] bias = new float[outputs.wanted()];
        System.arraycopy(fromBias, 0, bias, 0, outputs.given());
        int known = outputs.given() * reads * area;
        System.arraycopy(wide.kernel().values(), known, kernel, known, kernel.length - known);
        for (int output = 0; output < outputs.given(); output++) {
            int source = output * read * area;
            int target = output * reads * area;
            for (Channels row : inputs) {
                System.arraycopy(from, source, kernel, target, row.given() * area);
                source += row.given() * area;
                target += row.wanted() * area;
            }
        }
        numbers.put(name + ".weight", kernel);
        numbers.put(name + ".bias", bias);
    }

    /** All numbers, widened where that was asked for. */
    Map<String, float[]> numbers() {
        return numbers;
    }
}
