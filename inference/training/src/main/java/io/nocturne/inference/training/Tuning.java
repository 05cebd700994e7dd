package io.nocturne.inference.training;

import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.ModelTraining.Fold;
import io.nocturne.inference.ModelTraining.Outcome;
import io.nocturne.inference.ModelTraining.Progress;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/** Learning from a user's own pairs of dim and bright images. */
final class Tuning extends Further {
    private static final int KEEP_EVERY = 5;

    /** A pair with its file's name. */
    record Named(String name, StillFrame dim, StillFrame bright, RealPair pair) {}

    private final Pupil pupil;
    private final Path folder;
    private final List<RealPair> taught = new ArrayList<>();
    private final List<Named> kept = new ArrayList<>();

    /**
     * @param keepOut which of the pairs judge, by their place in the list
     */
    private Tuning(Pupil pupil, Path folder, List<Named> pairs, IntPredicate keepOut) throws IOException {
        this.pupil = pupil;
        this.folder = folder;
        int side = pupil.side();
        for (int i = 0; i < pairs.size(); i++) {
            if (keepOut.test(i)) {
                kept.add(pairs.get(i));
            } else if (pairs.get(i).pair().holds(side)) {
                taught.add(pairs.get(i).pair());
            }
        }
        if (taught.isEmpty()) {
            throw new IOException(
                    "No image to learn from in " + folder + " has at least " + side + " x " + side + " pixels");
        }
    }

    /** Every fifth pair is kept out, the last one if there are fewer. */
    static Tuning on(Path folder, Pupil pupil) throws IOException {
        List<Named> pairs = read(folder, pupil);
        int last = pairs.size() - 1;
        boolean few = pairs.size() < KEEP_EVERY;
        return new Tuning(pupil, folder, pairs, i -> few ? i == last : i % KEEP_EVERY == KEEP_EVERY - 1);
    }

    /**
     * Keeps each pair out once: as many trainings as there are folds, and if these helped on average, one on all pairs. A
     * fold's pairs follow each other in the order of their names, so that parts of one field mostly stay together.
     */
    static Outcome inFolds(Path folder, int folds, Pupil pupil, Path out, Effort effort, Progress progress)
            throws IOException {
        List<Named> pairs = read(folder, pupil);
        if (folds < 2 || folds > pairs.size()) {
            throw new IOException(folds + " folds don't fit " + pairs.size() + " pairs: choose 2 to " + pairs.size());
        }
        Effort each = effort;
        List<Fold> results = new ArrayList<>();
        double before = 0;
        double after = 0;
        for (int fold = 0; fold < folds; fold++) {
            int own = fold;
            Tuning tuning = new Tuning(pupil, folder, pairs, i -> i * folds / pairs.size() == own);
            String title = "fold " + (fold + 1) + " of " + folds + ": ";
            Progress mine = part(progress, own, folds + 1, title);
            mine.tell(0, "judges the model it starts from on what it keeps out");
            long start = System.nanoTime();
            double old = tuning.judge(pupil.judged(pupil.weights()));
            if (fold == 0) {
                double perPair = (System.nanoTime() - start) / 60e9 / tuning.judged();
                each = effort.within(learning(effort.minutes(), 2 * perPair * pairs.size()) / (folds + 1));
            }
            Weights learned = tuning.learn(pupil, each, mine);
            mine.tell(1, "judges the new model");
            Fold result =
                    new Fold(tuning.kept.stream().map(Named::name).toList(), old, tuning.judge(pupil.judged(learned)));
            progress.tell(
                    (fold + 1.0) / (folds + 1),
                    String.format(Locale.ROOT, "%s%+.2f dB on what it kept out", title, result.gain()));
            results.add(result);
            before += result.before() * tuning.judged() / pairs.size();
            after += result.after() * tuning.judged() / pairs.size();
        }
        Tuning all = new Tuning(pupil, folder, pairs, i -> false);
        Optional<RestorationModel> written = Optional.empty();
        if (after < before) {
            Weights learned = all.learn(pupil, each, part(progress, folds, folds + 1, "on all pairs: "));
            written = Optional.of(pupil.write(learned, out, all.source()));
        }
        return new Outcome(all.way(), before, after, pairs.size(), all.unit(), written, results);
    }

    private static Progress part(Progress whole, int part, int parts, String title) {
        return (share, message) -> whole.tell((part + share) / parts, title + message);
    }

    /** Reads pairs: {@code noisy/NAME} and {@code clean/NAME}, in the sizes that the network takes and gives. */
    private static List<Named> read(Path folder, Pupil pupil) throws IOException {
        int scale = pupil.scale();
        List<Path> noisy;
        try (Stream<Path> files = Files.list(folder.resolve("noisy"))) {
            noisy = files.filter(Files::isRegularFile).sorted().toList();
        }
        if (noisy.size() < 2) {
            throw new IOException(folder.resolve("noisy") + " holds " + noisy.size()
                    + " images; at least two are needed, one to learn from and one to judge by");
        }
        List<Named> pairs = new ArrayList<>();
        for (Path file : noisy) {
            Path clean = folder.resolve("clean").resolve(file.getFileName());
            if (!Files.isRegularFile(clean)) {
                throw new IOException("There is no " + clean + " to go with " + file);
            }
            StillFrame dim = ImageFiles.frames(file).get(0);
            StillFrame bright = ImageFiles.frames(clean).get(0);
            if (!RealPair.fits(dim.spec(), bright.spec(), scale)) {
                throw new IOException(String.format(
                        "%s has %s pixels and %s has %s, but for model %s the clean image must have %d x %d: %s",
                        file,
                        size(dim),
                        clean,
                        size(bright),
                        pupil.model().card().name(),
                        scale * dim.spec().width(),
                        scale * dim.spec().height(),
                        scale == 1 ? "as many as the noisy one" : scale + " times as many along each axis"));
            }
            pairs.add(new Named(String.valueOf(file.getFileName()), dim, bright, new RealPair(dim, bright, scale)));
        }
        return pairs;
    }

    private static String size(StillFrame frame) {
        return frame.spec().width() + " x " + frame.spec().height();
    }

    @Override
    Patch next(NoiseRandom random) {
        return pupil.patch(taught.get(random.nextInt(taught.size())), random);
    }

    @Override
    int judged() {
        return kept.size();
    }

    /** Each image alone, as pairs are of different fields. */
    @Override
    double judge(Eye eye) throws Exception {
        double sum = 0;
        for (Named pair : kept) {
            float[] restored = eye.restore(pair.dim(), ImageFiles.noise(List.of(pair.dim())));
            sum += error(restored, pair.bright().counts()) / kept.size();
        }
        return sum;
    }

    /** Logarithm of the error after the least-squares line: differences are those of PSNR, with the sign turned. */
    private static double error(float[] restored, float[] reference) {
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
    String way() {
        return "dim images predict bright ones";
    }

    @Override
    String source() {
        return "the pairs in " + folder.getFileName();
    }
}
