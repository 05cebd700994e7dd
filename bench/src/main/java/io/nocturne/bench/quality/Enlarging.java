package io.nocturne.bench.quality;

import io.nocturne.acquisition.SimulatedCamera;
import io.nocturne.acquisition.scene.Light;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.inference.Baselines;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models that double the size, on simulated light: the fine image's photons are binned 2 x 2, exposed, restored and
 * compared with the fine image. Rivals are bicubic interpolation, alone and after a denoiser.
 */
final class Enlarging {
    private static final int FINE = 512;
    private static final int COARSE = FINE / 2;

    private Enlarging() {}

    /** Mean scores by method at that many photons per coarse pixel. */
    static Map<String, Score> scores(RestorationModel model, RestorationModel denoiser, double photons, int seeds)
            throws Exception {
        Map<String, List<Score>> all = new LinkedHashMap<>();
        Method bicubic = Method.model(Baselines.upscale2x());
        for (int seed = 0; seed < seeds; seed++) {
            float[] fine = light(photons, 7_000 + seed);
            StillFrame coarse = expose(fine, seed);
            add(all, "bicubic", bicubic.restore(coarse), fine);
            float[] clean = Method.model(denoiser).restore(coarse);
            add(all, denoiser.card().name() + ", bicubic", bicubic.restore(floats(clean)), fine);
            try (StillRestorer restorer = StillRestorer.open(model, coarse.spec(), OnnxRestorer.Options.defaults())) {
                add(all, model.card().name(), restorer.restore(coarse), fine);
            }
        }
        Map<String, Score> means = new LinkedHashMap<>();
        all.forEach((name, scores) -> means.put(name, Score.mean(scores)));
        return means;
    }

    private static void add(Map<String, List<Score>> all, String name, float[] result, float[] fine) {
        all.computeIfAbsent(name, n -> new ArrayList<>()).add(Score.of(result, fine, FINE, FINE));
    }

    private static float[] light(double photons, long seed) {
        float[] fine = new float[FINE * FINE];
        new SimulatedCamera(SimulatedCamera.Settings.builder("fine")
                        .size(FINE, FINE)
                        .pixelSizeUm(0.06)
                        .seed(seed)
                        .channels(List.of(Structure.CELLS))
                        .light(Light.DIM.withPeakPhotons(photons))
                        .build())
                .groundTruth()
                .photons(0, fine);
        return fine;
    }

    private static StillFrame expose(float[] fine, long seed) {
        float[] binned = new float[COARSE * COARSE];
        for (int i = 0; i < fine.length; i++) {
            int row = i / FINE / 2;
            binned[row * COARSE + i % FINE / 2] += fine[i] / 4;
        }
        short[] counts = new short[binned.length];
        new CameraModel(SensorSpec.scmos(), COARSE, COARSE, 31).expose(binned, new NoiseRandom(seed), counts);
        return PairSets.frame(counts);
    }

    private static StillFrame floats(float[] counts) {
        StillFrame frame = new StillFrame(new FrameSpec(COARSE, COARSE, PixelType.FLOAT32));
        for (int i = 0; i < counts.length; i++) {
            frame.set(i, counts[i]);
        }
        return frame;
    }
}
