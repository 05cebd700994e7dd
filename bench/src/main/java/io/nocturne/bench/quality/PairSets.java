package io.nocturne.bench.quality;

import io.nocturne.acquisition.SimulatedCamera;
import io.nocturne.acquisition.scene.Light;
import io.nocturne.acquisition.scene.SimulatedMovie;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The sets that models are judged on: none of their fields of view is in any recipe. */
final class PairSets {
    private static final int SIDE = 256;

    private PairSets() {}

    /** Real pairs below a folder; sets whose files aren't there are left out. */
    static Map<String, List<Pair>> real(Path data, int every) throws IOException {
        Map<String, List<Pair>> sets = new LinkedHashMap<>();
        Path w2s = data.resolve("w2s_8bit_pairs");
        if (Files.isDirectory(w2s)) {
            sets.put("W2S", w2s(w2s, every));
        }
        Path hagen = data.resolve("gigadb_hagen_pairs");
        Path dim = hagen.resolve("actin-60x-noise1-lowsnr-sample.png");
        Path bright = hagen.resolve("actin-60x-noise1-highsnr-sample.png");
        if (Files.isRegularFile(dim) && Files.isRegularFile(bright)) {
            List<Pair> parts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                parts.add(Pair.read("actin-60x part " + (i + 1), dim, bright, 256 + 512 * i, 256 + 512 * i, 512));
            }
            sets.put("Hagen actin-60x", parts);
        }
        Path myxo = data.resolve("myxo_bacteria_pair");
        if (Files.isDirectory(myxo)) {
            sets.put("Myxo", List.of(myxo(myxo)));
        }
        return sets;
    }

    private static List<Pair> w2s(Path folder, int every) throws IOException {
        List<Path> inputs;
        try (Stream<Path> files = Files.list(folder)) {
            inputs = files.filter(f -> f.getFileName().toString().startsWith("input"))
                    .sorted()
                    .toList();
        }
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i += every) {
            String file = inputs.get(i).getFileName().toString();
            Path reference = inputs.get(i).resolveSibling(file.replace("input_avg1", "target_avg400"));
            pairs.add(Pair.read(file, inputs.get(i), reference, 0, 0, 0));
        }
        return pairs;
    }

    private static Pair myxo(Path folder) throws IOException {
        Path dim = null;
        Path bright = null;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith("Noisy")) {
                    dim = file;
                } else if (file.getFileName().toString().endsWith("target.png")) {
                    bright = file;
                }
            }
        }
        if (dim == null || bright == null) {
            throw new IOException(folder + " lacks the noisy or the target image");
        }
        return Pair.read("Myxo", dim, bright, 0, 0, 0);
    }

    /** Simulated cells under three cameras at one light level, scored where there is structure. */
    static List<Pair> simulated(double peakPhotons, int seeds) {
        List<Pair> pairs = new ArrayList<>();
        Structure[] structures = {Structure.MICROTUBULES, Structure.VESICLES, Structure.CELLS};
        int camera = 0;
        for (SensorSpec.Kind kind : SensorSpec.Kind.values()) {
            for (int seed = 0; seed < seeds; seed++) {
                Structure structure = structures[(seed + camera) % structures.length];
                pairs.add(simulated(peakPhotons, kind, structure, 9_000 + 10 * seed + camera));
            }
            camera++;
        }
        return pairs;
    }

    private static Pair simulated(double peakPhotons, SensorSpec.Kind kind, Structure structure, long seed) {
        SimulatedMovie movie = movie(peakPhotons, kind, structure, seed);
        short[] counts = new short[SIDE * SIDE];
        movie.frame(0, counts);
        StillFrame noisy = frame(counts);
        // The light itself: a sensor's fixed pattern is no part of what one wants to see.
        float[] photons = new float[counts.length];
        movie.photons(0, photons);
        float background = Float.MAX_VALUE;
        float peak = 0;
        for (float value : photons) {
            background = Math.min(background, value);
            peak = Math.max(peak, value);
        }
        boolean[] mask = new boolean[counts.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = photons[i] > background + 0.1 * (peak - background);
        }
        String name = kind + " " + structure.channelName() + " " + Math.round(peakPhotons) + " photons";
        return new Pair(name, noisy, photons, mask);
    }

    /** A movie of cells at that light level. */
    static SimulatedMovie movie(double peakPhotons, SensorSpec.Kind kind, Structure structure, long seed) {
        return new SimulatedCamera(SimulatedCamera.Settings.builder("quality")
                        .size(SIDE, SIDE)
                        .seed(seed)
                        .channels(List.of(structure))
                        .sensor(SensorSpec.of(kind))
                        .light(Light.DIM.withPeakPhotons(peakPhotons))
                        .build())
                .groundTruth();
    }

    static StillFrame frame(short[] counts) {
        int side = (int) Math.round(Math.sqrt(counts.length));
        StillFrame frame = new StillFrame(new FrameSpec(side, side, PixelType.UINT16));
        frame.pixels().asShortBuffer().put(counts);
        return frame;
    }
}
