package io.nocturne.bench.quality;

import io.nocturne.acquisition.scene.SimulatedMovie;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.GaussianBlur;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.optics.Photons;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.util.Arrays;

/** Whether a model keeps to what is there: pure noise, brightness, smooth edges, still scenes. One thread. */
final class NoHallucination {
    private static final int SIDE = 256;
    private static final int TRAIL_FRAMES = 4;
    private static final FrameSpec FRAME = new FrameSpec(SIDE, SIDE, PixelType.UINT16);

    private final RestorationModel model;

    NoHallucination(RestorationModel model) {
        this.model = model;
    }

    /**
     * What is left of pure camera noise.
     *
     * @param deviation mean over seeds of output sd / input sd
     * @param worstDeviation its largest
     * @param worstPixel largest distance of an output pixel from the true mean, in input sd
     */
    record PureNoise(double deviation, double worstDeviation, double worstPixel) {}

    /** Frames of nothing but a little background, each seen alone. */
    PureNoise pureNoise(SensorSpec.Kind kind, int seeds) throws Exception {
        CameraModel camera = new CameraModel(SensorSpec.of(kind), SIDE, SIDE, 71);
        float[] photons = new float[SIDE * SIDE];
        Arrays.fill(photons, 1);
        double sum = 0;
        double worst = 0;
        double worstPixel = 0;
        for (int seed = 0; seed < seeds; seed++) {
            short[] counts = new short[photons.length];
            camera.expose(photons, new NoiseRandom(100 + seed), counts);
            StillFrame frame = PairSets.frame(counts);
            float[] restored = Method.model(model).restore(frame);
            double[] in = meanAndDeviation(frame.counts());
            double[] out = meanAndDeviation(restored);
            sum += out[1] / in[1] / seeds;
            worst = Math.max(worst, out[1] / in[1]);
            for (float value : restored) {
                worstPixel = Math.max(worstPixel, Math.abs(value - in[0]) / in[1]);
            }
        }
        return new PureNoise(sum, worst, worstPixel);
    }

    private static double[] meanAndDeviation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return new double[] {mean, Math.sqrt(Math.max(0, squares / values.length - mean * mean))};
    }

    /**
     * Brightness against the truth, above the camera's offset.
     *
     * @param field relative error of the whole field's mean
     * @param brightest relative error of the mean over the 5 % that are brightest in truth
     */
    record Photometry(double field, double brightest) {}

    /** Mean over frames of a simulated movie, without any fit. */
    Photometry photometry(double peakPhotons, int frames) throws Exception {
        double field = 0;
        double brightest = 0;
        for (int seed = 0; seed < frames; seed++) {
            SimulatedMovie movie = PairSets.movie(peakPhotons, SensorSpec.Kind.SCMOS, Structure.CELLS, 8_000 + seed);
            short[] counts = new short[SIDE * SIDE];
            movie.frame(0, counts);
            float[] light = new float[counts.length];
            movie.photons(0, light);
            // Brightness is judged pixel by pixel of this very sensor, the brightest are chosen by the light alone.
            float[] truth = new float[counts.length];
            movie.expectedCounts(0, truth);
            float[] restored = Method.model(model).restore(PairSets.frame(counts));
            double offset = movie.camera().sensor().photons().offset();
            float[] sorted = light.clone();
            Arrays.sort(sorted);
            float limit = sorted[(int) (0.95 * sorted.length)];
            field += relative(restored, truth, light, offset, Float.NEGATIVE_INFINITY) / frames;
            brightest += relative(restored, truth, light, offset, limit) / frames;
        }
        return new Photometry(field, brightest);
    }

    private static double relative(float[] restored, float[] truth, float[] light, double offset, float limit) {
        double found = 0;
        double wanted = 0;
        for (int i = 0; i < truth.length; i++) {
            if (light[i] >= limit) {
                found += restored[i] - offset;
                wanted += truth[i] - offset;
            }
        }
        return found / wanted - 1;
    }

    /**
     * Fine structure of restored smooth shapes divided by the truth's: energy of what a blur of 2 pixels takes away.
     * Discs and half-planes, blurred by a point spread of 1.5 pixels, at that many photons.
     */
    double beading(double peakPhotons) throws Exception {
        float[] light = shapes();
        SensorSpec sensor = SensorSpec.scmos();
        CameraModel camera = new CameraModel(sensor, SIDE, SIDE, 5);
        float[] photons = new float[light.length];
        for (int i = 0; i < light.length; i++) {
            photons[i] = (float) (peakPhotons * light[i] + 1);
        }
        short[] counts = new short[light.length];
        camera.expose(photons, new NoiseRandom(33), counts);
        float[] truth = new float[light.length];
        Photons line = sensor.photons();
        for (int i = 0; i < truth.length; i++) {
            truth[i] = (float) line.toCounts(photons[i]);
        }
        float[] restored = Method.model(model).restore(PairSets.frame(counts));
        return fineEnergy(restored) / fineEnergy(truth);
    }

    private static float[] shapes() {
        float[] light = new float[SIDE * SIDE];
        for (int i = 0; i < light.length; i++) {
            int x = i % SIDE;
            int y = i / SIDE;
            boolean disc = Math.hypot(x - 70, y - 70) < 45 || Math.hypot(x - 180, y - 60) < 22;
            boolean slope = y > 150 + 0.35 * (x - 128);
            light[i] = disc ? 1 : slope ? 0.6f : 0;
        }
        new GaussianBlur(1.5 * 1.5).apply(light, new GaussianBlur.Scratch(SIDE, SIDE));
        return light;
    }

    private static double fineEnergy(float[] image) {
        float[] smooth = image.clone();
        new GaussianBlur(4).apply(smooth, new GaussianBlur.Scratch(SIDE, SIDE));
        double sum = 0;
        for (int i = 0; i < image.length; i++) {
            sum += (image[i] - smooth[i]) * (double) (image[i] - smooth[i]);
        }
        return sum;
    }

    /** Flicker of a still scene: sd over frames of restored pixels divided by that of raw ones, over structure and all. */
    double flicker(double peakPhotons, int frames) throws Exception {
        CameraModel camera = new CameraModel(SensorSpec.scmos(), SIDE, SIDE, 5);
        float[] light = shapes();
        float[] photons = new float[light.length];
        for (int i = 0; i < light.length; i++) {
            photons[i] = (float) (peakPhotons * light[i] + 1);
        }
        double[][] raw = new double[2][light.length];
        double[][] out = new double[2][light.length];
        try (StillRestorer restorer = StillRestorer.open(model, FRAME, OnnxRestorer.Options.defaults())) {
            NoiseRandom random = new NoiseRandom(4);
            short[] counts = new short[light.length];
            for (int k = 0; k < frames; k++) {
                camera.expose(photons, random, counts);
                StillFrame frame = PairSets.frame(counts);
                add(raw, frame.counts());
                add(out, restorer.next(frame));
            }
        }
        return Math.sqrt(variance(out, frames) / variance(raw, frames));
    }

    /**
     * Trails behind moving vesicles: the part a in {@code result - truth = a (truth before - truth)}, by least squares, less
     * the same part of the frame after, since any blur has equal parts of both. 0 for none, 1 for results that show the
     * frame before.
     */
    double trail(double peakPhotons, int seeds) throws Exception {
        double[] before = new double[2];
        double[] after = new double[2];
        for (int seed = 0; seed < seeds; seed++) {
            SimulatedMovie movie = PairSets.movie(peakPhotons, SensorSpec.Kind.SCMOS, Structure.VESICLES, 8_500 + seed);
            float[][] truth = new float[TRAIL_FRAMES + 2][SIDE * SIDE];
            for (int t = 0; t < truth.length; t++) {
                movie.expectedCounts(t, truth[t]);
            }
            try (StillRestorer restorer = StillRestorer.open(model, FRAME, OnnxRestorer.Options.defaults())) {
                short[] counts = new short[SIDE * SIDE];
                for (int t = 0; t <= TRAIL_FRAMES; t++) {
                    movie.frame(t, counts);
                    float[] restored = restorer.next(PairSets.frame(counts));
                    if (t > 0) {
                        addPart(before, restored, truth[t], truth[t - 1]);
                        addPart(after, restored, truth[t], truth[t + 1]);
                    }
                }
            }
        }
        return before[0] / before[1] - after[0] / after[1];
    }

    private static void addPart(double[] sums, float[] restored, float[] truth, float[] other) {
        for (int i = 0; i < truth.length; i++) {
            double moved = other[i] - truth[i];
            sums[0] += moved * (restored[i] - truth[i]);
            sums[1] += moved * moved;
        }
    }

    private static void add(double[][] sums, float[] frame) {
        for (int i = 0; i < frame.length; i++) {
            sums[0][i] += frame[i];
            sums[1][i] += (double) frame[i] * frame[i];
        }
    }

    private static double variance(double[][] sums, int frames) {
        double total = 0;
        for (int i = 0; i < sums[0].length; i++) {
            total += (sums[1][i] - sums[0][i] * sums[0][i] / frames) / (frames - 1);
        }
        return total / sums[0].length;
    }
}
