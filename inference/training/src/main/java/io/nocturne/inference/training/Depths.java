package io.nocturne.inference.training;

import io.nocturne.stream.optics.GaussianBlur;
import java.util.Arrays;

/**
 * Light at several distances from the plane in focus, and the image of it all. A layer at distance d, in units of the
 * depth of field, is blurred sqrt(1 + d d) times as widely as what is in focus.
 */
final class Depths {
    private static final double[] DISTANCES = {0, 1, 2, 4, 8};

    private final int side;
    private final float[][] layers;
    private final GaussianBlur.Scratch scratch;

    /** Square layers of that side in pixels. */
    Depths(int side) {
        this.side = side;
        layers = new float[DISTANCES.length][side * side];
        scratch = new GaussianBlur.Scratch(side, side);
    }

    void clear() {
        for (float[] layer : layers) {
            Arrays.fill(layer, 0);
        }
    }

    /** The layer nearest to that distance, to be drawn on. */
    float[] layer(double distance) {
        int nearest = 0;
        for (int i = 1; i < DISTANCES.length; i++) {
            if (Math.abs(DISTANCES[i] - Math.abs(distance)) < Math.abs(DISTANCES[nearest] - Math.abs(distance))) {
                nearest = i;
            }
        }
        return layers[nearest];
    }

    /** A point of light, shared between the pixels around it and the layers before and behind it. */
    void add(double x, double y, double distance, double light) {
        double far = Math.min(Math.abs(distance), DISTANCES[DISTANCES.length - 1]);
        int i = 0;
        while (i < DISTANCES.length - 2 && far > DISTANCES[i + 1]) {
            i++;
        }
        double behind = (far - DISTANCES[i]) / (DISTANCES[i + 1] - DISTANCES[i]);
        if (behind < 1) {
            point(layers[i], x, y, light * (1 - behind));
        }
        if (behind > 0) {
            point(layers[i + 1], x, y, light * behind);
        }
    }

    private void point(float[] layer, double x, double y, double light) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        if (left < 0 || top < 0 || left >= side - 1 || top >= side - 1) {
            return;
        }
        double fx = x - left;
        double fy = y - top;
        int p = top * side + left;
        layer[p] += (float) (light * (1 - fx) * (1 - fy));
        layer[p + 1] += (float) (light * fx * (1 - fy));
        layer[p + side] += (float) (light * (1 - fx) * fy);
        layer[p + side + 1] += (float) (light * fx * fy);
    }

    /** All light as if it were in focus and the objective perfect. */
    float[] sharp() {
        float[] sum = layers[0].clone();
        for (int i = 1; i < layers.length; i++) {
            addTo(sum, layers[i]);
        }
        return sum;
    }

    /**
     * The image, for an objective that blurs what is in focus by {@code sigma} pixels. Uses the layers up.
     */
    float[] image(double sigma) {
        for (int i = 0; i < layers.length; i++) {
            if (i == 0 || !dark(layers[i])) {
                double wider = 1 + DISTANCES[i] * DISTANCES[i];
                new GaussianBlur(sigma * sigma * wider).apply(layers[i], scratch);
            }
        }
        return sharp();
    }

    private static boolean dark(float[] layer) {
        for (float value : layer) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static void addTo(float[] sum, float[] layer) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += layer[i];
        }
    }
}
