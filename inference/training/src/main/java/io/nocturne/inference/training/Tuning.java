package io.nocturne.inference.training;

import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Learning from a user's own pairs of dim and bright images. */
final class Tuning extends Further {
    private static final int SIDE = 96;
    private static final int KEEP_EVERY = 5;

    private final List<RealPair> pairs = new ArrayList<>();
    private final List<StillFrame> dimKept = new ArrayList<>();
    private final List<float[]> brightKept = new ArrayList<>();
    private final String source;

    private Tuning(String source) {
        this.source = source;
    }

    /** Reads pairs: {@code noisy/NAME} and {@code clean/NAME}. */
    static Tuning on(Path folder, Effort effort) throws IOException {
        List<Path> noisy;
        try (Stream<Path> files = Files.list(folder.resolve("noisy"))) {
            noisy = files.filter(Files::isRegularFile).sorted().toList();
        }
        if (noisy.size() < 2) {
            throw new IOException(folder.resolve("noisy") + " holds " + noisy.size()
                    + " images; at least two are needed, one to learn from and one to judge by");
        }
        Tuning tuning = new Tuning("the pairs in " + folder.getFileName());
        for (int i = 0; i < noisy.size(); i++) {
            Path clean = folder.resolve("clean").resolve(noisy.get(i).getFileName());
            if (!Files.isRegularFile(clean)) {
                throw new IOException("There is no " + clean + " to go with " + noisy.get(i));
            }
            StillFrame dim = ImageFiles.frames(noisy.get(i)).get(0);
            StillFrame bright = ImageFiles.frames(clean).get(0);
            RealPair pair = new RealPair(dim, bright);
            boolean last = i == noisy.size() - 1 && tuning.dimKept.isEmpty();
            boolean kept = i % KEEP_EVERY == KEEP_EVERY - 1 || last;
            boolean alike =
                    tuning.dimKept.isEmpty() || tuning.dimKept.get(0).spec().equals(dim.spec());
            if (kept && alike) {
                tuning.dimKept.add(dim);
                tuning.brightKept.add(bright.counts());
            } else if (pair.holds(SIDE)) {
                tuning.pairs.add(pair);
            }
        }
        if (tuning.pairs.isEmpty()) {
            throw new IOException("No image in " + folder + " has at least " + SIDE + " x " + SIDE + " pixels");
        }
        return tuning;
    }

    @Override
    Patch next(NoiseRandom random) {
        return pairs.get(random.nextInt(pairs.size())).patch(SIDE, random);
    }

    @Override
    List<StillFrame> keptOut() {
        return dimKept;
    }

    /** Logarithm of the error after the least-squares line: differences are those of PSNR, with the sign turned. */
    @Override
    double error(int i, float[] restored) {
        float[] reference = brightKept.get(i);
        double[] line = RealPair.line(restored, reference);
        double sum = 0;
        for (int p = 0; p < reference.length; p++) {
            double d = line[0] * restored[p] + line[1] - reference[p];
            sum += d * d;
        }
        return 10 * Math.log10(sum / reference.length);
    }

    @Override
    String unit() {
        return "dB of mean squared error against the clean image";
    }

    @Override
    String source() {
        return source;
    }
}
