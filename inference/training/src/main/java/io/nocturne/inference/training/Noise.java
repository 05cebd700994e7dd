package io.nocturne.inference.training;

import io.nocturne.inference.NoiseModel;
import io.nocturne.inference.StillFrame;
import java.util.List;

/** A camera's noise line as a run would find it, and counts in its terms. */
record Noise(NoiseModel line) {
    private static final int MOST_FRAMES = 32;

    /** From frames that follow each other at one place: differences tell. */
    static Noise ofMovie(List<StillFrame> frames) {
        double[] norm = ImageFiles.noise(frames);
        return new Noise(new NoiseModel(norm[0], norm[1], norm[2]));
    }

    /** From frames of which each stands alone: the mean of what each one tells. */
    static Noise ofStills(List<StillFrame> frames) {
        int step = (frames.size() + MOST_FRAMES - 1) / MOST_FRAMES;
        double[] sums = new double[3];
        int count = 0;
        for (int i = 0; i < frames.size(); i += step) {
            double[] norm = ImageFiles.noise(List.of(frames.get(i)));
            sums[0] += norm[0];
            sums[1] += norm[1];
            sums[2] += norm[2] * norm[2];
            count++;
        }
        return new Noise(new NoiseModel(sums[0] / count, sums[1] / count, Math.sqrt(sums[2] / count)));
    }

    /** Variance of a dark pixel, in photons squared. */
    double readVariance() {
        double read = line.readNoise() / line.gain();
        return read * read;
    }

    double photons(double counts) {
        return (counts - line.offset()) / line.gain();
    }

    /** Generalised Anscombe transform: noise has a standard deviation of 1 in it. */
    double stable(double counts) {
        return 2 * Math.sqrt(Math.max(0, photons(counts) + 3.0 / 8 + readVariance()));
    }

    /** As a model's normalisation values. */
    double[] values() {
        return new double[] {line.offset(), line.gain(), line.readNoise()};
    }
}
