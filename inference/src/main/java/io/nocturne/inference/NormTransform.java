package io.nocturne.inference;

/**
 * Applies a frame's normalisation values to rows of pixels and undoes them. A lane has its own; one thread at a time.
 *
 * <p>The variance-stabilising pair is the generalised Anscombe transform and the closed form of its exact unbiased
 * inverse (Makitalo and Foi, IEEE Trans. Image Process. 22(1), 2013).
 */
final class NormTransform {
    /** Below this the inverse is constant: the transform of zero photons. */
    static final float LEAST_STABILISED = (float) (2 * Math.sqrt(3.0 / 8));

    static final float INVERSE_1 = (float) (Math.sqrt(1.5) / 4);
    static final float INVERSE_2 = -11f / 8;
    static final float INVERSE_3 = (float) (Math.sqrt(1.5) * 5 / 8);
    static final float INVERSE_0 = -1f / 8;

    /** The brightest pixel of a light field becomes 2 / HEADROOM - 1. */
    private static final double HEADROOM = 1.1;

    private enum Kind {
        NONE,
        LINEAR,
        ANSCOMBE,
        LIGHT_FIELD
    }

    private final Normalization rule;
    private Kind kind = Kind.NONE;
    private float scale = 1;
    private float low;
    private float unit = 1;
    private float readVariance;

    NormTransform(Normalization rule) {
        this.rule = rule;
    }

    /** Takes the values of the frame to come, in the order of {@link Normalization.Rule#names()}. */
    void set(double[] norm) {
        switch (rule.rule()) {
            case NONE -> kind = Kind.NONE;
            case PERCENTILE, BLOCK_PERCENTILE -> {
                kind = Kind.LINEAR;
                low = (float) norm[0];
                double span = norm[1] - norm[0];
                unit = (float) ((span > 0 ? span : 1) / rule.range());
                scale = 1 / unit;
            }
            case MEAN_DEVIATION -> {
                kind = Kind.LINEAR;
                low = (float) norm[0];
                unit = (float) (norm[1] > 0 ? norm[1] : 1);
                scale = 1 / unit;
            }
            case ANSCOMBE -> {
                kind = Kind.ANSCOMBE;
                low = (float) norm[0];
                unit = (float) norm[1];
                scale = 1 / unit;
                double electrons = norm[2] / norm[1];
                readVariance = (float) (electrons * electrons);
            }
            case LIGHT_FIELD -> {
                kind = Kind.LIGHT_FIELD;
                unit = (float) (norm[0] > 0 ? HEADROOM * norm[0] / 2 : 1);
            }
        }
    }

    void forward(float[] row, int count) {
        switch (kind) {
            case NONE -> {}
            case LINEAR -> {
                for (int i = 0; i < count; i++) {
                    row[i] = (row[i] - low) * scale;
                }
            }
            case ANSCOMBE -> {
                float shift = 3f / 8 + readVariance;
                for (int i = 0; i < count; i++) {
                    row[i] = 2 * (float) Math.sqrt(Math.max(0f, (row[i] - low) * scale + shift));
                }
            }
            case LIGHT_FIELD -> {
                for (int i = 0; i < count; i++) {
                    row[i] = row[i] / unit - 1;
                }
            }
        }
    }

    void inverse(float[] row, int count) {
        switch (kind) {
            case NONE -> {}
            case LINEAR -> {
                for (int i = 0; i < count; i++) {
                    row[i] = row[i] * unit + low;
                }
            }
            case ANSCOMBE -> {
                for (int i = 0; i < count; i++) {
                    float d = Math.max(row[i], LEAST_STABILISED);
                    float r = 1 / d;
                    float photons = d * d / 4 + INVERSE_0 + r * (INVERSE_1 + r * (INVERSE_2 + r * INVERSE_3));
                    row[i] = (photons - readVariance) * unit + low;
                }
            }
            case LIGHT_FIELD -> {
                for (int i = 0; i < count; i++) {
                    row[i] = (Math.min(Math.max(row[i], -1f), 1f) + 1) * unit;
                }
            }
        }
    }
}
