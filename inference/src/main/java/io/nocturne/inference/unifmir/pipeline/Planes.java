package io.nocturne.inference.unifmir.pipeline;

/** Images of one size in memory: a volume's slices, or what was made of one frame. Not safe for use from many threads. */
public final class Planes {
    private final int count;
    private final int height;
    private final int width;
    private final float[] pixels;

    /**
     * Takes an array over, without a copy.
     *
     * @param pixels row-major [count, height, width]
     */
    public Planes(int count, int height, int width, float[] pixels) {
        if (count < 1 || height < 1 || width < 1 || pixels.length != floats(count, height, width)) {
            throw new IllegalArgumentException(
                    pixels.length + " pixels aren't " + count + " planes of " + width + " x " + height);
        }
        this.count = count;
        this.height = height;
        this.width = width;
        this.pixels = pixels;
    }

    /** Empty planes. */
    public Planes(int count, int height, int width) {
        this(count, height, width, new float[floats(count, height, width)]);
    }

    /**
     * Elements of an array.
     *
     * @throws IllegalArgumentException if there are more than a Java array holds
     */
    static int floats(long count, long height, long width) {
        long floats = count * height * width;
        if (floats > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("A volume of " + count + " planes of " + width + " x " + height
                    + " pixels has " + floats + "; at most " + (Integer.MAX_VALUE - 8)
                    + " fit into memory here. Cut it into parts");
        }
        return (int) floats;
    }

    public int count() {
        return count;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** Row-major [count, height, width]; the planes' own array. */
    public float[] pixels() {
        return pixels;
    }

    int planePixels() {
        return height * width;
    }

    float at(int plane, int y, int x) {
        return pixels[(plane * height + y) * width + x];
    }

    /** A copy of some planes that follow each other. */
    Planes part(int first, int parts) {
        float[] copy = new float[parts * planePixels()];
        System.arraycopy(pixels, first * planePixels(), copy, 0, copy.length);
        return new Planes(parts, height, width, copy);
    }
}
