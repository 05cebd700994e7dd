package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/**
 * Display limits of one picture: the 1st and the 99.8th percentile of a fixed grid of its pixels, held steady. Small
 * wanderings of the percentiles move nothing; a lasting change is followed within about a second, a jump of the scene
 * at once. So the picture neither flickers with the noise nor goes dark when the light does.
 *
 * <p>One thread. Nothing is allocated after construction.
 */
final class SteadyContrast {
    static final double LOW = 0.01;
    static final double HIGH = 0.998;
    private static final int SAMPLES = 16_384;
    /** Moving starts when a limit is off by this part of the range, and ends below the smaller one. */
    private static final double START = 0.06;

    private static final double STOP = 0.01;
    private static final double JUMP = 1.0;
    private static final double SECONDS = 0.6;

    private final float[] sample = new float[SAMPLES];
    private boolean known;
    private boolean moving;
    private long lastNanos;
    private double low;
    private double high = 1;

    double low() {
        return low;
    }

    double high() {
        return high;
    }

    /**
     * Takes one picture into account.
     *
     * @param plane the whole plane, native byte order; its position is neither read nor moved
     * @param nowNanos any monotonic clock
     */
    void observe(ByteBuffer plane, FrameSpec spec, int slice, long nowNanos) {
        int count = collect(plane, spec, slice);
        if (count == 0) {
            return;
        }
        Arrays.sort(sample, 0, count);
        double wantedLow = sample[(int) (LOW * (count - 1))];
        double wantedHigh = sample[(int) Math.ceil(HIGH * (count - 1))];
        double least = spec.pixelType() == PixelType.FLOAT32 ? Math.max(Math.abs(wantedLow) * 1e-5, 1e-9) : 1;
        wantedHigh = Math.max(wantedHigh, wantedLow + least);
        follow(wantedLow, wantedHigh, nowNanos);
    }

    private void follow(double wantedLow, double wantedHigh, long nowNanos) {
        double off = Math.max(Math.abs(wantedLow - low), Math.abs(wantedHigh - high));
        double range = Math.max(high - low, wantedHigh - wantedLow);
        boolean jump = !known || off > JUMP * Math.min(high - low, wantedHigh - wantedLow);
        if (jump) {
            low = wantedLow;
            high = wantedHigh;
            moving = false;
        } else {
            moving = off > (moving ? STOP : START) * range;
            if (moving) {
                double part = 1 - Math.exp(-(nowNanos - lastNanos) / (SECONDS * 1e9));
                low += part * (wantedLow - low);
                high += part * (wantedHigh - high);
            }
        }
        known = true;
        lastNanos = nowNanos;
    }

    private int collect(ByteBuffer plane, FrameSpec spec, int slice) {
        int pixels = spec.width() * spec.height();
        int first = slice * pixels;
        // An odd step that shares no factor with the width walks over all columns.
        int step = (pixels + SAMPLES - 1) / SAMPLES | 1;
        while (step > 1 && greatestCommonDivisor(step, spec.width()) > 1) {
            step += 2;
        }
        int count = 0;
        switch (spec.pixelType()) {
            case UINT8 -> {
                for (int i = 0; i < pixels && count < SAMPLES; i += step) {
                    sample[count++] = plane.get(first + i) & 0xFF;
                }
            }
            case UINT16 -> {
                ShortBuffer shorts =
                        plane.duplicate().clear().order(ByteOrder.nativeOrder()).asShortBuffer();
                for (int i = 0; i < pixels && count < SAMPLES; i += step) {
                    sample[count++] = shorts.get(first + i) & 0xFFFF;
                }
            }
            case FLOAT32 -> {
                FloatBuffer floats =
                        plane.duplicate().clear().order(ByteOrder.nativeOrder()).asFloatBuffer();
                for (int i = 0; i < pixels && count < SAMPLES; i += step) {
                    float value = floats.get(first + i);
                    if (Float.isFinite(value)) {
                        sample[count++] = value;
                    }
                }
            }
        }
        return count;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
