package io.nocturne.bench.quality;

import io.nocturne.acquisition.SimulatedCamera;
import io.nocturne.acquisition.scene.Light;
import io.nocturne.acquisition.scene.SimulatedMovie;
import io.nocturne.acquisition.scene.Specimen;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.optics.Optics;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A simulated microscope unlike any that a recipe of the shipped models used, with its truth.
 *
 * <pre>
 *                    here                                    recipes
 *   sensor           12.5 counts per electron, offset 400,   0.8 to 5 counts per electron, offset 90 to 120,
 *                    3.2 electrons read noise                0.9 to 2.5 electrons read noise (sCMOS)
 *   point spread     sigma 3.0 pixels (NA 0.45, air)         sigma 0.7 to 2.2 pixels
 *   scene            the simulated camera's moving cells     drawings of another kind, and public images
 * </pre>
 *
 * @param photons at bright structures, per pixel and frame
 * @param frames of the recording: time points, or slices of one stack
 * @param stack true for a z-stack, of slices 0.5 um apart, instead of a movie
 * @param speed of everything that moves, 1 for living cells
 */
record UnknownMicroscope(double photons, int frames, boolean stack, double speed) {
    private static final int SIDE = 256;
    private static final double PIXEL_UM = 0.11;
    private static final double STEP_UM = 0.5;
    private static final Optics OBJECTIVE = new Optics(Optics.Modality.WIDEFIELD, 0.45, 1, 0.65, 0.6, 1);
    private static final SensorSpec SENSOR =
            new SensorSpec(SensorSpec.Kind.SCMOS, 0.8, 400, 0.6, 0.08, 0.01, 3.2, 0.25, 8, 1, 1, 0.02, 0, 5_000, 16);

    /** A field of cells under it. */
    SimulatedMovie field(long seed) {
        SimulatedCamera.Builder settings = SimulatedCamera.Settings.builder("unknown")
                .size(SIDE, SIDE)
                .seed(seed)
                .frames(frames)
                .pixelSizeUm(PIXEL_UM)
                .optics(OBJECTIVE)
                .sensor(SENSOR)
                .specimen(new Specimen(0, 13, 120, 60, speed))
                .channels(List.of(Structure.CELLS))
                .light(Light.DIM.withPeakPhotons(photons));
        return new SimulatedCamera((stack ? settings.zStack(frames, STEP_UM) : settings).build()).groundTruth();
    }

    /** Standard deviation of the point spread in focus, pixels. */
    static double spreadPixels() {
        return OBJECTIVE.pointSpread().lateralSigmaUm() / PIXEL_UM;
    }

    /** Writes what the camera recorded. */
    void record(SimulatedMovie field, Path file) throws IOException {
        try (OmeZarrWriter writer =
                OmeZarrWriter.create(file, Stack.raw(field.stream()), OmeZarrWriter.Options.DEFAULT)) {
            for (int i = 0; i < frames; i++) {
                writer.write(i, frame(field, i).pixels());
            }
        }
    }

    static StillFrame frame(SimulatedMovie field, long index) {
        short[] counts = new short[SIDE * SIDE];
        field.frame(index, counts);
        return PairSets.frame(counts);
    }

    /**
     * Mean scores of frames {@code from} to {@code to - 1}. Of a movie, the {@code before} frames before them set the running
     * values; slices of a stack stand alone, as they do in a run's first stack.
     */
    Score score(RestorationModel model, SimulatedMovie field, int from, int to, int before) throws Exception {
        List<Score> scores = new ArrayList<>();
        if (stack) {
            Method alone = Method.model(model);
            for (int i = from; i < to; i++) {
                scores.add(score(alone.restore(frame(field, i)), field, i));
            }
            return Score.mean(scores);
        }
        OnnxRestorer.Options options = OnnxRestorer.Options.defaults();
        try (StillRestorer restorer = StillRestorer.open(model, frame(field, 0).spec(), options)) {
            for (int i = Math.max(0, from - before); i < to; i++) {
                float[] restored = restorer.restore(frame(field, i));
                if (i >= from) {
                    scores.add(score(restored, field, i));
                }
            }
        }
        return Score.mean(scores);
    }

    private static Score score(float[] restored, SimulatedMovie field, int index) {
        float[] truth = new float[SIDE * SIDE];
        field.photons(index, truth);
        return Score.of(restored, truth, SIDE, SIDE);
    }
}
