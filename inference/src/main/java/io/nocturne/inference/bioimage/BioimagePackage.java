package io.nocturne.inference.bioimage;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.RestorationModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Models of other groups, as bioimage.io hands them on: opened like models of our own. */
public final class BioimagePackage {
    /** Largest model; it is held in memory. */
    static final int MAX_MODEL_BYTES = 1 << 30;

    private BioimagePackage() {}

    /** Whether a path looks like a package: a folder with {@code rdf.yaml}, a zip file, or an {@code rdf.yaml} itself. */
    public static boolean isPackage(Path path) {
        return PackageFiles.isPackage(path);
    }

    /**
     * Opens a package of format 0.4 or 0.5 with ONNX weights, one channel in, one image out.
     *
     * @param path a folder, a zip file, or the {@code rdf.yaml} in a folder
     * @return a model that takes counts and gives counts: the package's processing is done around its network, and undone
     *     behind it unless its own postprocessing rescales
     * @throws ModelException if it can't be read, isn't whole, or asks for what we can't do; names that
     */
    public static RestorationModel open(Path path) throws ModelException {
        PackageFiles files = PackageFiles.of(path);
        try {
            String name = files.description();
            String where = files.place() + ", " + name;
            byte[] yaml = files.read(name, 1 << 20).orElseThrow();
            PackageDescription description = PackageDescription.parse(new String(yaml, StandardCharsets.UTF_8), where);
            if (description.weights().matches("https?://.*")) {
                throw new ModelException(where + ": the weights are at " + description.weights()
                        + ". Download the whole package, or the file into this folder and name it in the description");
            }
            byte[] onnx = files.read(description.weights(), MAX_MODEL_BYTES)
                    .orElseThrow(() -> new ModelException(where + ": the weights " + description.weights()
                            + " aren't in the package; download it whole"));
            String sha256 = sha256(onnx);
            if (!description.sha256().isEmpty() && !description.sha256().equalsIgnoreCase(sha256)) {
                throw new ModelException(where + ": " + description.weights() + " has the sha256 " + sha256
                        + ", the description says " + description.sha256() + ". Download the package again");
            }
            GraphWrap.Wrapped wrapped = GraphWrap.wrap(onnx, description, files.place() + ", " + description.weights());
            return RestorationModel.of(wrapped.model().toByteArray(), card(description, wrapped.fixedBatch(), sha256));
        } catch (IOException e) {
            throw new ModelException(path + " can't be read: " + e.getMessage(), e);
        }
    }

    private static ModelCard card(PackageDescription of, boolean fixedBatch, String sha256) {
        Normalization normalization = normalization(of.preprocessing());
        boolean values = normalization.rule() != Normalization.Rule.NONE;
        return ModelCard.of(of.name(), "restoration", of.summary())
                .withScale(of.scale())
                .withTile(tile(of, fixedBatch))
                .withInput(new ModelCard.Input(
                        GraphWrap.IMAGE, ModelCard.Layout.NCHW, List.of(), values ? GraphWrap.NORM : ""))
                .withOutput(ModelCard.Output.image(GraphWrap.RESTORED))
                .withNormalization(normalization)
                .withProvenance(
                        new ModelCard.Training(
                                List.of(),
                                "bioimage.io package, version " + of.version() + ", weights sha256 " + sha256),
                        of.licence(),
                        of.authors(),
                        List.of(),
                        "Percentiles and means are those of a sample of the frame's pixels.");
    }

    /** What a tile gives next to a cut edge isn't used as far as a quarter of the overlap: the halo must fit in there. */
    private static ModelCard.Tile tile(PackageDescription of, boolean fixedBatch) {
        int batch = fixedBatch ? 1 : 0;
        int overlap = 4 * of.halo();
        boolean grid = of.step() > 0 && of.side() % of.step() == 0;
        if (grid) {
            return new ModelCard.Tile(0, overlap, of.step(), of.side(), batch);
        }
        int side = of.side();
        while (of.step() > 0 && side < 256) {
            side += of.step();
        }
        return new ModelCard.Tile(side, Math.min(overlap, side / 2), 1, 0, batch);
    }

    /** Statistics of one sample are those of each frame alone; those of a data set, of the frames so far. */
    private static Normalization normalization(List<Step> steps) {
        if (steps.isEmpty() || !(steps.get(0) instanceof Step.Statistics statistics)) {
            return Normalization.none();
        }
        int frames = statistics.perSample() ? 1 : Integer.MAX_VALUE;
        return statistics.percentiles()
                ? new Normalization(Normalization.Rule.PERCENTILE, statistics.low(), statistics.high(), 1, frames)
                : new Normalization(Normalization.Rule.MEAN_DEVIATION, 0, 0, 1, frames);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
