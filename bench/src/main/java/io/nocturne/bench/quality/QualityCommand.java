package io.nocturne.bench.quality;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import io.nocturne.stream.optics.SensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tables and a picture sheet of what models make of real and simulated noise. */
@Command(
        name = "quality",
        description = "PSNR, SSIM and NRMSE of models against the best Gaussian, and what they invent.")
public final class QualityCommand extends BenchCommand {
    private static final double LEAST_SIGMA = 0.5;
    private static final double MOST_SIGMA = 4;
    private static final double SIGMA_STEP = 0.25;
    private static final List<Double> LIGHT_LEVELS = List.of(5.0, 10.0, 30.0, 100.0);

    private static final List<Double> DRIFT_LEVELS = List.of(3.0, 10.0, 30.0, 100.0);
    private static final List<Double> DRIFTS = List.of(0.0, 0.25, 0.5, 1.0, 2.0, 5.0);
    private static final List<Double> SPECTRUM_LEVELS = List.of(10.0, 50.0);

    @Option(
            names = "--data",
            defaultValue = "../shared/data",
            description = "Folder with the real pairs; sets that aren't there are left out (${DEFAULT-VALUE}).")
    Path data;

    @Option(
            names = "--models",
            split = ",",
            defaultValue = "adaptive,denoise-fast,denoise,denoise-temporal,sr2x-fast",
            description = "Models by name or path (${DEFAULT-VALUE}).")
    List<String> models;

    @Option(
            names = "--folder",
            split = ",",
            description = "Folders where models are looked for, before the shipped ones.")
    List<Path> folders = List.of();

    @Option(names = "--out", description = "Folder for quality.md and sheet.png; must not exist.")
    Path out;

    @Option(names = "--every", defaultValue = "1", description = "Use every n-th pair of the large sets.")
    int every;

    @Option(
            names = "--seeds",
            defaultValue = "100",
            description = "Frames of pure noise per camera (${DEFAULT-VALUE}).")
    int seeds;

    private final List<String> report = new ArrayList<>();
    private final List<Sheet.Row> rows = new ArrayList<>();

    @Override
    public void run(Findings findings) throws Exception {
        ModelCatalog catalog = ModelCatalog.open(folders);
        List<RestorationModel> chosen = new ArrayList<>();
        List<RestorationModel> larger = new ArrayList<>();
        for (String model : models) {
            RestorationModel found = find(catalog, model);
            (found.card().scale() == 2 ? larger : chosen).add(found);
        }
        if (out != null) {
            Files.createDirectory(out);
        }
        Map<String, List<Pair>> real = PairSets.real(data, every);
        if (real.isEmpty()) {
            findings.line("No real pairs below " + data + ": simulated ones only.");
        }
        for (Map.Entry<String, List<Pair>> set : real.entrySet()) {
            judge(findings, set.getKey(), set.getValue(), chosen, true);
        }
        for (double photons : LIGHT_LEVELS) {
            String name = String.format(Locale.ROOT, "Simulated, %.0f photons, in structure", photons);
            judge(findings, name, PairSets.simulated(photons, Math.max(1, 4 / every)), chosen, false);
        }
        for (double photons : SPECTRUM_LEVELS) {
            spectra(findings, photons, chosen);
        }
        for (RestorationModel model : chosen) {
            if (model.card().window().before() > 0) {
                drifting(findings, model, catalog.find(ModelCatalog.DEFAULT));
            }
        }
        for (RestorationModel model : chosen) {
            invented(findings, model);
        }
        for (RestorationModel model : larger) {
            for (double photons : List.of(10.0, 30.0, 100.0)) {
                String title = String.format(Locale.ROOT, "Twice the size, simulated cells, %.0f photons", photons);
                RestorationModel denoiser = catalog.find(ModelCatalog.DEFAULT);
                table(findings, title, Enlarging.scores(model, denoiser, photons, 4), "bicubic");
            }
        }
        if (out != null) {
            Files.write(out.resolve("quality.md"), report);
            Sheet.write(out.resolve("sheet.png"), rows);
        }
    }

    private RestorationModel find(ModelCatalog catalog, String name) {
        try {
            return catalog.find(name);
        } catch (ModelException e) {
            throw badOption(e.getMessage());
        }
    }

    private void judge(
            Findings findings, String set, List<Pair> pairs, List<RestorationModel> chosen, boolean realPairs)
            throws Exception {
        Method gaussian = bestGaussian(pairs);
        List<Method> methods = new ArrayList<>(List.of(Method.unprocessed(), gaussian, Method.wavelets()));
        chosen.forEach(model -> methods.add(Method.model(model)));
        Map<String, Score> scores = new LinkedHashMap<>();
        Sheet.Row row = new Sheet.Row(set, pairs.get(pairs.size() / 2));
        for (Method method : methods) {
            List<Score> each = new ArrayList<>();
            for (Pair pair : pairs) {
                float[] result = method.restore(pair.noisy());
                each.add(pair.score(result));
                if (pair == row.pair()) {
                    row.add(method.name(), result);
                }
            }
            scores.put(method.name(), Score.mean(each));
        }
        rows.add(row);
        table(findings, set + " (" + pairs.size() + " images)", scores, gaussian.name());
        for (RestorationModel model : chosen) {
            String name = model.card().name();
            double gain = scores.get(name).psnr() - scores.get(gaussian.name()).psnr();
            double bar = !realPairs ? 2 : name.equals("denoise") ? 1 : 0.5;
            if (name.startsWith("denoise")) {
                String text = String.format(
                        Locale.ROOT, "%s on %s: %+.2f dB over the best Gaussian, at least %+.1f", name, set, gain, bar);
                findings.bar(gain >= bar, text);
            }
        }
    }

    private static Method bestGaussian(List<Pair> pairs) throws Exception {
        Method best = null;
        double most = Double.NEGATIVE_INFINITY;
        for (double sigma = LEAST_SIGMA; sigma <= MOST_SIGMA; sigma += SIGMA_STEP) {
            Method method = Method.gaussian(sigma);
            double psnr = 0;
            for (Pair pair : pairs) {
                psnr += pair.score(method.restore(pair.noisy())).psnr();
            }
            if (psnr > most) {
                most = psnr;
                best = method;
            }
        }
        return best;
    }

    private void table(Findings findings, String title, Map<String, Score> scores, String rival) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("method", "PSNR dB", "over " + rival, "SSIM", "NRMSE"));
        scores.forEach((name, score) -> lines.add(List.of(
                name,
                number("%.2f", score.psnr()),
                number("%+.2f", score.psnr() - scores.get(rival).psnr()),
                number("%.4f", score.ssim()),
                number("%.4f", score.nrmse()))));
        print(findings, title, lines);
    }

    private void print(Findings findings, String title, List<List<String>> lines) {
        findings.line("");
        findings.line(title);
        findings.table(lines);
        report.add("");
        report.add("## " + title);
        report.add("");
        for (int i = 0; i < lines.size(); i++) {
            report.add("| " + String.join(" | ", lines.get(i)) + " |");
            if (i == 0) {
                report.add("|" + "---|".repeat(lines.get(0).size()));
            }
        }
    }

    /** What is left, and what of it is true, by spatial frequency. */
    private void spectra(Findings findings, double photons, List<RestorationModel> chosen) throws Exception {
        List<Pair> pairs = PairSets.simulated(photons, Math.max(1, 4 / every));
        List<Method> methods = new ArrayList<>(List.of(Method.unprocessed(), bestGaussian(pairs)));
        chosen.forEach(model -> methods.add(Method.model(model)));
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("method"));
        Spectrum.BANDS.forEach(end -> head.add("to " + end));
        lines.add(head);
        for (Method method : methods) {
            Spectrum spectrum = new Spectrum(pairs.get(0).width());
            for (Pair pair : pairs) {
                spectrum.add(method.restore(pair.noisy()), pair.reference());
            }
            List<String> line = new ArrayList<>(List.of(method.name()));
            for (int band = 0; band < Spectrum.BANDS.size(); band++) {
                line.add(
                        number("%.2f", spectrum.power(band)) + " (" + number("%.2f", spectrum.correlation(band)) + ")");
            }
            lines.add(line);
        }
        String title = number("%.0f", photons)
                + " photons, simulated: power as part of the truth's (correlation with it), by cycles per pixel";
        print(findings, title, lines);
    }

    /** What earlier frames are worth, still and moving. */
    private void drifting(Findings findings, RestorationModel model, RestorationModel single) throws Exception {
        Drift drift = new Drift();
        for (SensorSpec.Kind kind : SensorSpec.Kind.values()) {
            List<List<String>> lines = new ArrayList<>();
            List<String> head = new ArrayList<>(List.of("peak photons"));
            DRIFTS.forEach(pixels -> head.add(number("%.2f", pixels)));
            lines.add(head);
            for (double photons : DRIFT_LEVELS) {
                List<String> line = new ArrayList<>(List.of(number("%.0f", photons)));
                for (double pixels : DRIFTS) {
                    Drift.Gain gain = drift.gain(model, single, kind, photons, pixels);
                    line.add(number("%+.2f", gain.mean()) + " (" + number("%+.2f", gain.worst()) + ")");
                    if (pixels == 0 && photons >= 10) {
                        findings.bar(
                                gain.mean() >= 0.8,
                                String.format(
                                        Locale.ROOT,
                                        "%s, still, %s, %.0f photons: %+.2f dB over %s, at least +0.8",
                                        model.card().name(),
                                        kind,
                                        photons,
                                        gain.mean(),
                                        single.card().name()));
                    } else if (pixels <= 2) {
                        findings.bar(
                                gain.mean() >= -0.1,
                                String.format(
                                        Locale.ROOT,
                                        "%s, %.2f pixels a frame, %s, %.0f photons: %+.2f dB, at least -0.1",
                                        model.card().name(),
                                        pixels,
                                        kind,
                                        photons,
                                        gain.mean()));
                    }
                }
                lines.add(line);
            }
            print(
                    findings,
                    model.card().name() + " over " + single.card().name()
                            + " in dB, mean (worst) of three movies under " + kind
                            + " noise, by drift in pixels a frame",
                    lines);
        }
    }

    private void invented(Findings findings, RestorationModel model) throws Exception {
        String name = model.card().name();
        NoHallucination check = new NoHallucination(model);
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("what", "measured", "bar"));
        boolean judged = name.startsWith("denoise");
        for (SensorSpec.Kind kind : SensorSpec.Kind.values()) {
            NoHallucination.PureNoise noise = check.pureNoise(kind, seeds);
            lines.add(List.of(
                    "pure noise, " + kind + ": output sd / input sd, mean and worst of " + seeds,
                    number("%.3f", noise.deviation()) + ", " + number("%.3f", noise.worstDeviation()),
                    "0.2"));
            lines.add(List.of(
                    "pure noise, " + kind + ": largest deviation / input sd",
                    number("%.2f", noise.worstPixel()),
                    "1.0"));
            bar(
                    findings,
                    judged,
                    noise.worstDeviation() <= 0.2 && noise.worstPixel() <= 1,
                    name + ", " + kind + " noise");
        }
        for (double photons : new double[] {3, 10, 50}) {
            NoHallucination.Photometry light = check.photometry(photons, 8);
            String at = number("%.0f", photons) + " photons";
            double limit = photons >= 50 ? 0.01 : 0.03;
            lines.add(List.of("field mean at " + at, number("%+.2f %%", 100 * light.field()), "0.3 %"));
            lines.add(List.of(
                    "brightest 5 % at " + at,
                    number("%+.2f %%", 100 * light.brightest()),
                    photons < 10 ? "" : number("%.0f %%", 100 * limit)));
            bar(findings, judged, Math.abs(light.field()) <= 0.003, name + ", field mean at " + at);
            bar(
                    findings,
                    judged && photons >= 10,
                    Math.abs(light.brightest()) <= limit,
                    name + ", brightest 5 % at " + at);
        }
        for (double photons : new double[] {10, 50}) {
            double ratio = check.beading(photons);
            String at = number("%.0f", photons) + " photons";
            lines.add(List.of("fine energy of smooth shapes / truth at " + at, number("%.2f", ratio), "1.5"));
            bar(findings, judged, ratio <= 1.5, name + ", smooth shapes at " + at);
        }
        lines.add(List.of("flicker of a still scene / raw, 30 photons", number("%.3f", check.flicker(30, 24)), ""));
        lines.add(List.of(
                "moving vesicles, 30 photons: how far results lag, in frames",
                number("%+.3f", check.trail(30, 6)),
                ""));
        print(findings, name + ": what it invents", lines);
    }

    private static void bar(Findings findings, boolean judged, boolean met, String text) {
        if (judged) {
            findings.bar(met, text);
        }
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
