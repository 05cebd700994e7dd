package io.nocturne.inference;

import com.google.protobuf.InvalidProtocolBufferException;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.OnnxFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model that can be run: an ONNX file, or its bytes, and the card that goes with it. Immutable. The card's sha256
 * always holds: it is checked when a model is read, and computed when one is made.
 */
public final class RestorationModel {
    /** Key under which a model file may carry its own card. */
    public static final String CARD_KEY = "nocturne.card";

    private final ModelCard card;
    private final Optional<Path> file;
    private final byte[] bytes;

    private RestorationModel(ModelCard card, Optional<Path> file, byte[] bytes) {
        this.card = card;
        this.file = file;
        this.bytes = bytes;
    }

    /** A model made in memory. */
    public static RestorationModel of(GraphBuilder graph, ModelCard card) {
        byte[] onnx = graph.toBytes();
        return new RestorationModel(card.withHashes(sha256(onnx), Map.of()), Optional.empty(), onnx);
    }

    /** A model made in memory, as bytes. */
    public static RestorationModel of(byte[] onnx, ModelCard card) {
        return new RestorationModel(card.withHashes(sha256(onnx), Map.of()), Optional.empty(), onnx.clone());
    }

    /**
     * A model whose bytes and card come from elsewhere, such as a class path resource.
     *
     * @param where name for messages
     * @throws ModelException if the bytes aren't those that the card tells of
     */
    static RestorationModel of(byte[] onnx, ModelCard card, String where) throws ModelException {
        check(where, card, sha256(onnx));
        return new RestorationModel(card, Optional.empty(), onnx);
    }

    /** Where the card of a model file stands: {@code NAME.card.json} beside {@code NAME.onnx}. */
    public static Path cardOf(Path onnx) {
        String name = onnx.getFileName().toString();
        String stem = name.endsWith(".onnx") ? name.substring(0, name.length() - 5) : name;
        return onnx.resolveSibling(stem + ".card.json");
    }

    /**
     * Reads a model file's card and checks that the file, and its data files, are those that the card tells of.
     *
     * @throws ModelException if the file is no ONNX model, has no card, or isn't the one its card describes
     */
    public static RestorationModel load(Path onnx) throws ModelException {
        if (!Files.isRegularFile(onnx)) {
            throw new ModelException("There is no model file " + onnx);
        }
        Path cardFile = cardOf(onnx);
        try {
            OnnxFile head = skim(onnx);
            String sha256 = sha256(onnx);
            ModelCard card;
            if (Files.isRegularFile(cardFile)) {
                card = ModelCard.parse(Files.readString(cardFile), cardFile.toString());
                check(onnx + " and its card " + cardFile, card, sha256);
            } else if (head.metadata().containsKey(CARD_KEY)) {
                card = ModelCard.parse(head.metadata().get(CARD_KEY), "inside " + onnx);
            } else {
                throw new ModelException(onnx + " has no card. Write " + cardFile + ", starting from:\n"
                        + draft(onnx, head).withHashes(sha256, Map.of()).toJson());
            }
            for (Map.Entry<String, String> data : card.files().entrySet()) {
                Path dataFile = onnx.resolveSibling(data.getKey());
                if (!Files.isRegularFile(dataFile) || !sha256(dataFile).equals(data.getValue())) {
                    throw new ModelException("Weights file " + dataFile + " is missing or not the one that " + cardFile
                            + " tells of (sha256 " + data.getValue() + ")");
                }
            }
            return new RestorationModel(card.withHashes(sha256, card.files()), Optional.of(onnx), null);
        } catch (IOException e) {
            throw new ModelException("Model " + onnx + " can't be read: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a model and its card, the card last and by renaming, so that a model with a card is a whole one.
     *
     * @param onnx file to write; its weights go to {@code FILE.data} beside it when they pass 2 GiB
     */
    public static RestorationModel write(Path onnx, GraphBuilder graph, ModelCard card) throws IOException {
        List<Path> written = graph.write(onnx);
        Map<String, String> data = new TreeMap<>();
        for (Path extra : written.subList(1, written.size())) {
            data.put(extra.getFileName().toString(), sha256(extra));
        }
        ModelCard complete = card.withHashes(sha256(onnx), data);
        Path cardFile = cardOf(onnx);
        Path part = cardFile.resolveSibling(cardFile.getFileName() + ".part");
        Files.writeString(part, complete.toJson());
        Files.move(part, cardFile, StandardCopyOption.REPLACE_EXISTING);
        return new RestorationModel(complete, Optional.of(onnx), null);
    }

    /** The same weights under another card, such as one with other tiles; hashes stay as they are. */
    public RestorationModel withCard(ModelCard other) {
        return new RestorationModel(other.withHashes(card.sha256(), card.files()), file, bytes);
    }

    public ModelCard card() {
        return card;
    }

    /** What proves which model it is: {@code sha256:} and 64 hex digits. */
    public String identity() {
        return "sha256:" + card.sha256();
    }

    /** The model file; empty for a model in memory. */
    public Optional<Path> file() {
        return file;
    }

    /** The ONNX bytes of a model in memory. */
    public byte[] bytes() {
        if (bytes == null) {
            throw new IllegalStateException("The model " + card.name() + " is a file: " + file);
        }
        return bytes.clone();
    }

    /** Inputs, outputs and metadata of the ONNX file. */
    public OnnxFile describe() throws ModelException {
        try {
            return file.isPresent() ? skim(file.get()) : OnnxFile.read(new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new ModelException("Model " + card.name() + " can't be read: " + e.getMessage(), e);
        }
    }

    private static OnnxFile skim(Path onnx) throws IOException, ModelException {
        try (InputStream in = Files.newInputStream(onnx)) {
            return OnnxFile.read(in);
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(onnx + " is not an ONNX model: " + e.getMessage(), e);
        }
    }

    /** A card with what the file itself tells. */
    private static ModelCard draft(Path onnx, OnnxFile head) {
        String stem = onnx.getFileName().toString().replaceFirst("\\.onnx$", "").replaceAll("[^A-Za-z0-9._-]", "-");
        ModelCard card = ModelCard.of(stem.matches("[A-Za-z0-9].*") ? stem : "model", "denoise", "What it does");
        String input = head.inputs().isEmpty() ? "image" : head.inputs().get(0).name();
        return card.withInput(ModelCard.Input.image(input))
                .withOutput(ModelCard.Output.image(head.outputs().get(0).name()))
                .withNormalization(Normalization.percentile(2, 99.8));
    }

    private static void check(String where, ModelCard card, String sha256) throws ModelException {
        if (!card.sha256().equals(sha256)) {
            throw new ModelException("Model " + where + " don't belong together: the file's sha256 is " + sha256
                    + ", the card says " + (card.sha256().isEmpty() ? "none" : card.sha256())
                    + ". If the file is right, put its sha256 into the card");
        }
    }

    private static String sha256(byte[] content) {
        return HexFormat.of().formatHex(digest().digest(content));
    }

    private static String sha256(Path path) throws IOException {
        MessageDigest digest = digest();
        byte[] chunk = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return card.name() + " " + identity().substring(0, 19);
    }
}
