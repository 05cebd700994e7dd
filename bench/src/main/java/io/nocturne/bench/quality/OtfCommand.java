package io.nocturne.bench.quality;

import io.nocturne.acquisition.SimulatedCamera;
import io.nocturne.acquisition.scene.Light;
import io.nocturne.acquisition.scene.SimulatedMovie;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.OtfMask;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.LowPass;
import io.nocturne.stream.optics.Optics;
import io.nocturne.stream.optics.SensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the mask of the objective's support brings, and whether it ever hurts. */
@Command(name = "otf", description = "PSNR of a model with and without restore.otf, on simulated microscopes.")
public final class OtfCommand extends BenchCommand {
    private static final int SIDE = 256;
    private static final double MOST_LOSS_DB = 0.05;
    private static final double OIL_FROM = 0.95;

    /** An objective and what a pixel is under it. */
    private record Microscope(double numericalAperture, double wavelengthUm, double pixelUm) {
        Optics optics() {
            double index = numericalAperture < OIL_FROM ? 1 : 1.515;
            return new Optics(Optics.Modality.WIDEFIELD, numericalAperture, index, wavelengthUm, 0.488, 1);
        }

        double limit() {
            return LowPass.limit(numericalAperture, wavelengthUm, pixelUm);
        }
    }

    private static final List<Microscope> MICROSCOPES = List.of(
            new Microscope(1.3, 0.52, 0.08),
            new Microscope(1.3, 0.52, 0.05),
            new Microscope(0.75, 0.6, 0.1),
            new Microscope(0.45, 0.65, 0.2),
            new Microscope(0.45, 0.65, 0.11));

    @Option(names = "--model", defaultValue = ModelCatalog.DEFAULT, description = "Model (${DEFAULT-VALUE}).")
    String name;

    @Option(names = "--seeds", defaultValue = "2", description = "Frames per camera and light (${DEFAULT-VALUE}).")
    int seeds;

    @Override
    public void run(Findings findings) throws Exception {
        RestorationModel model = ModelCatalog.open(List.of()).find(name);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(name, "support, cycles per pixel", "5", "10", "30", "100 photons"));
        double worst = Double.POSITIVE_INFINITY;
        double best = Double.NEGATIVE_INFINITY;
        for (Microscope microscope : MICROSCOPES) {
            List<String> row = new ArrayList<>();
            row.add(String.format(
                    Locale.ROOT, "NA %.2f, pixels %.2f um", microscope.numericalAperture(), microscope.pixelUm()));
            row.add(String.format(Locale.ROOT, "%.3f", microscope.limit()));
            for (double photons : new double[] {5, 10, 30, 100}) {
                double gain = gain(model, microscope, photons);
                worst = Math.min(worst, gain);
                best = Math.max(best, gain);
                row.add(String.format(Locale.ROOT, "%+.3f dB", gain));
            }
            rows.add(row);
        }
        findings.table(rows);
        String text = String.format(
                Locale.ROOT, "mask of the objective: %+.3f to %+.3f dB, at least %+.2f", worst, best, -MOST_LOSS_DB);
        findings.bar(worst >= -MOST_LOSS_DB, text);
    }

    /** Mean difference of PSNR over cameras and structures. */
    private double gain(RestorationModel model, Microscope microscope, double photons) throws Exception {
        RestorationModel masked = new OtfMask(microscope.numericalAperture(), microscope.wavelengthUm())
                .behind(model, microscope.pixelUm());
        Structure[] structures = {Structure.CELLS, Structure.VESICLES, Structure.MICROTUBULES};
        double sum = 0;
        int count = 0;
        for (SensorSpec.Kind kind : SensorSpec.Kind.values()) {
            for (int seed = 0; seed < seeds; seed++) {
                SimulatedMovie movie = new SimulatedCamera(SimulatedCamera.Settings.builder("otf")
                                .size(SIDE, SIDE)
                                .seed(700 + count)
                                .pixelSizeUm(microscope.pixelUm())
                                .optics(microscope.optics())
                                .sensor(SensorSpec.of(kind))
                                .channels(List.of(structures[count % structures.length]))
                                .light(Light.DIM.withPeakPhotons(photons))
                                .build())
                        .groundTruth();
                float[] truth = new float[SIDE * SIDE];
                movie.photons(0, truth);
                short[] counts = new short[SIDE * SIDE];
                movie.frame(0, counts);
                StillFrame frame = PairSets.frame(counts);
                sum += psnr(masked, frame, truth) - psnr(model, frame, truth);
                count++;
            }
        }
        return sum / count;
    }

    private static double psnr(RestorationModel model, StillFrame frame, float[] truth) throws Exception {
        return Score.of(Method.model(model).restore(frame), truth, SIDE, SIDE).psnr();
    }
}
