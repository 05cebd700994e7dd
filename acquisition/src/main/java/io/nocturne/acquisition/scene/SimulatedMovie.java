package io.nocturne.acquisition.scene;

import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.optics.Optics;
import io.nocturne.stream.optics.PointSpread;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A physical movie of living cells in dim light. Every frame is a function of the seed and the frame's index alone, so
 * frames can be asked for in any order, and what the noise hides can be asked for too.
 *
 * <p>Not safe for use from multiple threads; build another one for another thread, from the same settings. Asking for a
 * frame allocates nothing.
 */
public final class SimulatedMovie {
    private static final int LEVELS = 6;
    private static final double PEAK_QUANTILE = 0.999;
    /** Height in focus in the middle slice, micrometres above the cover slip. */
    private static final double FOCUS_UM = 0.4;

    private final StreamSpec stream;
    private final List<Structure> structures;
    private final Light light;
    private final CameraModel camera;
    private final long seed;
    private final double speed;
    private final List<List<Cell>> cellsByPosition;
    private final FocalPlane[] focusBySlice;
    private final double[] scaleByChannel;
    private final float[] illumination;
    private final Canvas canvas;
    private final Pose pose = new Pose();
    private final double[] xyz = new double[3];
    private final float[] photons;
    private final NoiseRandom random;

    /**
     * Sets the scene: grows the cells and finds the brightness that the photon budget asks for. Takes a few tenths of a
     * second.
     *
     * @param stream geometry and timing of the frames, with pixel size and one channel name per structure
     * @param structures what each channel shows
     */
    public SimulatedMovie(
            StreamSpec stream,
            List<Structure> structures,
            Specimen specimen,
            Optics optics,
            Light light,
            SensorSpec sensor,
            long seed) {
        this.stream = Objects.requireNonNull(stream, "stream");
        this.structures = List.copyOf(structures);
        this.light = Objects.requireNonNull(light, "light");
        this.seed = seed;
        this.speed = specimen.speed();
        int width = stream.frame().width();
        int height = stream.frame().height();
        double pixel = stream.pixelSizeUm();
        if (!(pixel > 0)) {
            throw new IllegalArgumentException("A simulated movie needs a pixel size above 0, not " + pixel);
        }
        if (this.structures.size() != stream.channels().size()) {
            throw new IllegalArgumentException(
                    "One structure per channel: " + this.structures + " for " + stream.channels());
        }
        camera = new CameraModel(sensor, width, height, seed);
        random = new NoiseRandom(seed);
        photons = new float[width * height];
        PointSpread spread = optics.pointSpread();
        canvas = new Canvas(width, height, FocalPlane.imageVariance(spread, pixel, 0), LEVELS);
        focusBySlice = new FocalPlane[stream.zSlices()];
        for (int z = 0; z < focusBySlice.length; z++) {
            double step = Double.isNaN(stream.zStepUm()) ? 0 : stream.zStepUm();
            double focus = FOCUS_UM + (z - (focusBySlice.length - 1) / 2.0) * step;
            focusBySlice[z] = new FocalPlane(spread, pixel, focus, canvas);
        }
        cellsByPosition = new ArrayList<>();
        for (int p = 0; p < stream.positions(); p++) {
            cellsByPosition.add(grow(specimen, SmoothNoise.key(seed, 7_000 + p)));
        }
        illumination = illumination(width, height, light.falloff());
        scaleByChannel = new double[this.structures.size()];
        for (int channel = 0; channel < scaleByChannel.length; channel++) {
            scaleByChannel[channel] = light.peakPhotons() / peak(this.structures.get(channel));
        }
    }

    private List<Cell> grow(Specimen specimen, long key) {
        double pixel = stream.pixelSizeUm();
        double fieldX = stream.frame().width() * pixel;
        double fieldY = stream.frame().height() * pixel;
        double radius = specimen.cellRadiusUm();
        int count = specimen.cells() > 0
                ? specimen.cells()
                : (int) Math.max(1, Math.round(0.9 * fieldX * fieldY / (Math.PI * radius * radius) + 0.5));
        List<double[]> homes = new ArrayList<>();
        for (int cell = 0; cell < count; cell++) {
            homes.add(farthest(homes, SmoothNoise.key(key, cell), fieldX, fieldY, radius));
        }
        List<Cell> cells = new ArrayList<>();
        for (int cell = 0; cell < count; cell++) {
            double[] home = homes.get(cell);
            cells.add(new Cell(specimen, SmoothNoise.key(key, 1_000 + cell), home[0], home[1], pixel));
        }
        return List.copyOf(cells);
    }

    /**
     * The best of a few candidates: cells keep their distance from each other and from the field's edge (Mitchell,
     * SIGGRAPH 1991).
     */
    private static double[] farthest(List<double[]> homes, long key, double fieldX, double fieldY, double radius) {
        double[] best = null;
        double bestDistance = -1;
        for (int candidate = 0; candidate < 60; candidate++) {
            double x = fieldX * SmoothNoise.uniform(SmoothNoise.key(key, 2L * candidate), -0.02, 1.02);
            double y = fieldY * SmoothNoise.uniform(SmoothNoise.key(key, 2L * candidate + 1), -0.02, 1.02);
            double inside = Math.min(Math.min(x, fieldX - x), Math.min(y, fieldY - y));
            double distance = inside + 0.7 * radius;
            for (double[] home : homes) {
                distance = Math.min(distance, Math.hypot(x - home[0], y - home[1]));
            }
            if (distance > bestDistance) {
                bestDistance = distance;
                best = new double[] {x, y};
            }
        }
        return best;
    }

    private static float[] illumination(int width, int height, double falloff) {
        float[] map = new float[width * height];
        double corner = (width * (double) width + height * (double) height) / 4;
        double decay = -Math.log(1 - falloff) / corner;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double dx = x - (width - 1) / 2.0;
                double dy = y - (height - 1) / 2.0;
                map[y * width + x] = (float) Math.exp(-decay * (dx * dx + dy * dy));
            }
        }
        return map;
    }

    private double peak(Structure structure) {
        paint(structure, 0, focusBySlice[(focusBySlice.length - 1) / 2], 0, photons);
        float[] sorted = photons.clone();
        Arrays.sort(sorted);
        double value = sorted[(int) (PEAK_QUANTILE * (sorted.length - 1))];
        return value > 0 ? value : 1;
    }

    /** Light per pixel in arbitrary units, without background and bleaching. */
    private void paint(Structure structure, int position, FocalPlane focus, double seconds, float[] out) {
        canvas.clear();
        for (Cell cell : cellsByPosition.get(position)) {
            cell.paint(canvas, pose, focus, structure, seconds, xyz);
        }
        canvas.develop(out);
        for (int p = 0; p < out.length; p++) {
            out[p] *= illumination[p];
        }
    }

    public StreamSpec stream() {
        return stream;
    }

    /** The detector, with its maps. */
    public CameraModel camera() {
        return camera;
    }

    /**
     * What a perfect detector would see: expected photons per pixel at the sensor, background included, without noise.
     *
     * @param out row-major, one float per pixel
     */
    public void photons(long index, float[] out) {
        if (index < 0 || out.length != photons.length) {
            throw new IllegalArgumentException(
                    "Frame index from 0 and " + photons.length + " pixels, not " + index + " and " + out.length);
        }
        int channel = stream.channelOf(index);
        int slice = stream.zSliceOf(index);
        paint(structures.get(channel), stream.positionOf(index), focusBySlice[slice], secondsAt(index) * speed, out);
        // Each frame of a channel and position bleaches that channel there, in focus or not.
        double exposures = stream.timePointOf(index) * stream.zSlices() + slice;
        double left = light.remaining(exposures * stream.exposureNanos() * 1e-9);
        float scale = (float) (scaleByChannel[channel] * left);
        float background = (float) light.backgroundPhotons();
        for (int p = 0; p < out.length; p++) {
            out[p] = scale * out[p] + background * illumination[p];
        }
    }

    /**
     * Counts that the frame would have on average, over all noise: what a perfect restoration in camera counts would
     * yield.
     */
    public void expectedCounts(long index, float[] out) {
        photons(index, photons);
        camera.expectedCounts(photons, out);
    }

    /** The frame as the camera writes it: noisy counts, unsigned 16-bit. */
    public void frame(long index, short[] counts) {
        photons(index, photons);
        random.seed(seed, index);
        camera.expose(photons, random, counts);
    }

    private double secondsAt(long index) {
        long period = stream.framePeriodNanos() > 0 ? stream.framePeriodNanos() : stream.exposureNanos();
        return index * (period * 1e-9);
    }
}
