package io.nocturne.inference;

import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.StreamSpec;
import java.util.List;
import java.util.Optional;

/**
 * Normalisation values of each frame, from this frame and those before it, per channel and position. Intake thread only.
 *
 * <p>Each frame gives its own values from a fixed subsample; running values move towards them by {@code 1 / n} for the
 * n-th frame, and by {@code 1 / frames} from the {@link Normalization#frames}-th on: the mean of what was seen so far,
 * then an exponential average. So the first frame is normalised by itself, and nothing depends on frames to come. Frames
 * with equal pixels in equal order give equal values, bit for bit: doubles, no threads, no clock.
 *
 * <p>For {@link Normalization.Rule#ANSCOMBE} the noise is measured on differences of successive frames of one place
 * (channel, position and z-slice), and within the frame where there is none before.
 */
public final class Normalizer {
    private static final int MOST_BLOCKS = 1024;
    private static final int LEAST_BLOCKS = 64;

    /** Bytes for remembering the frame before, over all channels, positions and z-slices. */
    private static final long MEMORY = 16L << 20;

    /** Rounding to whole counts is noise of that variance. */
    private static final double ROUNDING_VARIANCE = 1.0 / 12;

    /** Running values of one channel and position. */
    private static final class Running {
        private final double[] values = new double[3];
        private long frames;

        /** Moves one value towards what the newest frame says. */
        void move(int i, double measured, int timeConstant) {
            values[i] += (measured - values[i]) / Math.min(frames, timeConstant);
        }
    }

    private final Normalization rule;
    private final StreamSpec stream;
    private final Optional<NoiseModel> camera;
    private final FrameSample sample;
    private final NoiseFit fit;
    private final float[] scratch;
    private final PixelRows rows;
    private final float[] row;
    private final Running[] running;
    private final float[][] earlier;
    private final boolean[] seen;

    /**
     * @param camera the camera's noise where it is known; then nothing is estimated for
     *     {@link Normalization.Rule#ANSCOMBE}
     */
    public Normalizer(Normalization rule, StreamSpec stream, Optional<NoiseModel> camera) {
        this.rule = rule;
        this.stream = stream;
        this.camera = camera;
        int places =
                Math.multiplyExact(Math.multiplyExact(stream.channels().size(), stream.positions()), stream.zSlices());
        boolean differences = estimatesNoise();
        long affordable = MEMORY / ((long) places * FrameSample.PICKS * Float.BYTES);
        int blocks = differences ? (int) Math.max(LEAST_BLOCKS, Math.min(MOST_BLOCKS, affordable)) : MOST_BLOCKS;
        boolean reads = rule.rule() != Normalization.Rule.NONE
                && rule.rule() != Normalization.Rule.LIGHT_FIELD
                && !usesCamera();
        sample = reads ? new FrameSample(stream.frame(), blocks) : null;
        fit = differences ? new NoiseFit(sample.blocks()) : null;
        scratch = new float[reads ? sample.blocks() * FrameSample.PICKS : 0];
        boolean peaks = rule.rule() == Normalization.Rule.LIGHT_FIELD;
        rows = peaks ? new PixelRows(stream.frame()) : null;
        row = new float[peaks ? stream.frame().width() : 0];
        running = new Running[stream.channels().size() * stream.positions()];
        for (int i = 0; i < running.length; i++) {
            running[i] = new Running();
        }
        earlier = new float[differences ? places : 0][differences ? sample.picks().length : 0];
        seen = new boolean[earlier.length];
    }

    public List<String> names() {
        return rule.rule().names();
    }

    private boolean usesCamera() {
        return rule.rule() == Normalization.Rule.ANSCOMBE && camera.isPresent();
    }

    private boolean estimatesNoise() {
        return rule.rule() == Normalization.Rule.ANSCOMBE && camera.isEmpty();
    }

    /** Takes the next frame in capture order and tells its values; {@code norm} holds as many as there are names. */
    public void observe(FrameView frame, double[] norm) {
        if (rule.rule() == Normalization.Rule.NONE) {
            return;
        }
        if (usesCamera()) {
            norm[0] = camera.get().offset();
            norm[1] = camera.get().gain();
            norm[2] = camera.get().readNoise();
            return;
        }
        if (rule.rule() == Normalization.Rule.LIGHT_FIELD) {
            norm[0] = brightest(frame);
            return;
        }
        sample.read(frame.pixels());
        Running state = running[frame.position() * stream.channels().size() + frame.channel()];
        state.frames++;
        switch (rule.rule()) {
            case PERCENTILE -> {
                state.move(0, pixelPercentile(rule.low()), rule.frames());
                state.move(1, pixelPercentile(rule.high()), rule.frames());
            }
            case BLOCK_PERCENTILE -> {
                state.move(0, blockPercentile(rule.low()), rule.frames());
                state.move(1, pixelPercentile(rule.high()), rule.frames());
            }
            case MEAN_DEVIATION -> observeSpread(state);
            default -> observeNoise(frame, state);
        }
        if (rule.rule() == Normalization.Rule.ANSCOMBE) {
            noiseValues(state, norm);
        } else {
            norm[0] = state.values[0];
            norm[1] = state.values[1];
        }
    }

    /** Running values: mean, standard deviation. */
    private void observeSpread(Running state) {
        float[] picks = sample.picks();
        double sum = 0;
        for (float pick : picks) {
            sum += pick;
        }
        double mean = sum / picks.length;
        double squares = 0;
        for (float pick : picks) {
            squares += (pick - mean) * (pick - mean);
        }
        state.move(0, mean, rule.frames());
        state.move(1, Math.sqrt(squares / picks.length), rule.frames());
    }

    /** Running values: background, gain, intercept of the noise line. */
    private void observeNoise(FrameView frame, Running state) {
        int place = (frame.position() * stream.zSlices() + frame.zSlice())
                        * stream.channels().size()
                + frame.channel();
        if (seen[place]) {
            fit.fit(sample.means(), sample.differenceVariances(earlier[place]), NoiseFit.DIFFERENCE_MEDIAN);
        } else {
            fit.fit(sample.means(), sample.mixedVariances(), 1);
        }
        System.arraycopy(sample.picks(), 0, earlier[place], 0, earlier[place].length);
        seen[place] = true;
        state.move(0, blockPercentile(1), rule.frames());
        state.move(1, fit.gain(), rule.frames());
        state.move(2, fit.intercept(), rule.frames());
    }

    /** Makes the line usable: some noise everywhere, some gain. */
    private void noiseValues(Running state, double[] norm) {
        double offset = state.values[0];
        boolean whole = stream.frame().pixelType().maxValue() < Double.POSITIVE_INFINITY;
        double least = whole ? ROUNDING_VARIANCE : Math.max(1e-12 * offset * offset, 1e-30);
        double readVariance = Math.max(least, state.values[1] * offset + state.values[2]);
        norm[0] = offset;
        norm[1] = Math.max(state.values[1], 1e-3 * Math.sqrt(readVariance));
        norm[2] = Math.sqrt(readVariance);
    }

    /** Every pixel counts: a light field's brightest spots are too few for a sample. */
    private double brightest(FrameView frame) {
        rows.over(frame.pixels());
        float most = 0;
        for (int y = 0; y < stream.frame().height(); y++) {
            rows.read(y, row);
            for (float pixel : row) {
                most = Math.max(most, pixel);
            }
        }
        return most;
    }

    private double pixelPercentile(double percent) {
        int count = sample.picks().length;
        System.arraycopy(sample.picks(), 0, scratch, 0, count);
        return Quantiles.quantile(scratch, 0, count, percent / 100);
    }

    private double blockPercentile(double percent) {
        int count = sample.blocks();
        System.arraycopy(sample.means(), 0, scratch, 0, count);
        return Quantiles.quantile(scratch, 0, count, percent / 100);
    }
}
