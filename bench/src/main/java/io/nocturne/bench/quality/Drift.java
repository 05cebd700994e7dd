package io.nocturne.bench.quality;

import io.nocturne.acquisition.SimulatedCamera;
import io.nocturne.acquisition.scene.Light;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.util.List;

/**
 * Movies of simulated structure that drifts by so many pixels a frame, under fresh noise: whether a model that looks at
 * earlier frames wins by them where nothing moves, and loses nothing where it does. The scene is moved by cubic
 * convolution (Keys, IEEE Trans. Acoust. Speech Signal Process. 29, 1981), in another direction for each structure.
 */
final class Drift {
    private static final int SIDE = 256;
    private static final int MARGIN = 32;
    private static final int SCENE = SIDE + 2 * MARGIN;
    private static final int FRAMES = 6;
    private static final int MIDDLE = 3;
    private static final double BACKGROUND_PHOTONS = 1;
    private static final double TURN = 1.1;
    private static final List<Structure> STRUCTURES =
            List.of(Structure.MICROTUBULES, Structure.VESICLES, Structure.CELLS);

    private final List<float[]> scenes = STRUCTURES.stream().map(Drift::scene).toList();

    /** Light of a scene, 0 to about 1. */
    private static float[] scene(Structure structure) {
        float[] light = new float[SCENE * SCENE];
        new SimulatedCamera(SimulatedCamera.Settings.builder("drift")
                        .size(SCENE, SCENE)
                        .seed(8_700)
                        .channels(List.of(structure))
                        .light(new Light(1, 0, 1e9, 0))
                        .build())
                .groundTruth()
                .photons(0, light);
        return light;
    }

    /**
     * PSNR of a model less that of another on the last frame of each movie.
     *
     * @param mean over the movies, dB
     * @param worst of them, dB
     */
    record Gain(double mean, double worst) {}

    Gain gain(RestorationModel model, RestorationModel other, SensorSpec.Kind kind, double photons, double pixels)
            throws Exception {
        double sum = 0;
        double worst = Double.POSITIVE_INFINITY;
        for (int i = 0; i < scenes.size(); i++) {
            Pair[] movie = movie(i, kind, photons, pixels);
            double gain = last(model, movie) - last(other, movie);
            sum += gain / scenes.size();
            worst = Math.min(worst, gain);
        }
        return new Gain(sum, worst);
    }

    private Pair[] movie(int scene, SensorSpec.Kind kind, double peak, double pixels) {
        CameraModel camera = new CameraModel(SensorSpec.of(kind), SIDE, SIDE, 61);
        NoiseRandom random = new NoiseRandom(900 + scene);
        Pair[] movie = new Pair[FRAMES];
        for (int t = 0; t < FRAMES; t++) {
            double moved = pixels * (t - MIDDLE);
            float[] light = shifted(scenes.get(scene), moved * Math.cos(TURN * scene), moved * Math.sin(TURN * scene));
            float most = 0;
            for (float value : light) {
                most = Math.max(most, value);
            }
            float[] truth = new float[light.length];
            boolean[] mask = new boolean[light.length];
            for (int p = 0; p < truth.length; p++) {
                truth[p] = (float) (peak * light[p] + BACKGROUND_PHOTONS);
                mask[p] = light[p] > 0.1 * most;
            }
            short[] counts = new short[truth.length];
            camera.expose(truth, random, counts);
            movie[t] = new Pair("drift", PairSets.frame(counts), truth, mask);
        }
        return movie;
    }

    private static double last(RestorationModel model, Pair[] movie) throws Exception {
        FrameSpec frame = new FrameSpec(SIDE, SIDE, PixelType.UINT16);
        try (StillRestorer restorer = StillRestorer.open(model, frame, OnnxRestorer.Options.defaults())) {
            float[] restored = null;
            for (Pair pair : movie) {
                StillFrame noisy = pair.noisy();
                restored = restorer.next(noisy);
            }
            return movie[movie.length - 1].score(restored).psnr();
        }
    }

    /** The middle of a scene, moved right and down. */
    static float[] shifted(float[] scene, double right, double down) {
        float[] out = new float[SIDE * SIDE];
        int columns = (int) Math.floor(-right);
        int rows = (int) Math.floor(-down);
        double[] across = cubic(-right - columns);
        double[] along = cubic(-down - rows);
        for (int i = 0; i < out.length; i++) {
            int x = MARGIN + i % SIDE + columns;
            int y = MARGIN + i / SIDE + rows;
            double sum = 0;
            for (int k = 0; k < 16; k++) {
                sum += along[k / 4] * across[k % 4] * scene[(y + k / 4 - 1) * SCENE + x + k % 4 - 1];
            }
            out[i] = (float) Math.max(0, sum);
        }
        return out;
    }

    /** Weights of the four samples around a point so far behind the second. */
    private static double[] cubic(double t) {
        double t2 = t * t;
        double t3 = t2 * t;
        return new double[] {
            -0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1, -1.5 * t3 + 2 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2
        };
    }
}
