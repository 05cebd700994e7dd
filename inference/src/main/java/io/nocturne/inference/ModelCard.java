package io.nocturne.inference;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.WindowSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What one must know to run a model and to trust it: the JSON file {@code NAME.card.json} beside {@code NAME.onnx}.
 * Tensors of the model are float32; batches of tiles are its first dimension.
 *
 * @param name letters, digits, dots, dashes; how users ask for the model
 * @param version of the model, free text
 * @param task {@code denoise}, {@code super-resolution}, {@code projection} ...
 * @param summary one line for lists
 * @param scale product pixels per frame pixel along x and y, 1 if left out
 * @param window frames that one product needs
 * @param pipeline how the model makes a product of a window; {@code isotropic} if left out for that task, else {@code
 *     frames}
 * @param tile how frames are cut
 * @param input what the model reads
 * @param output what it gives
 * @param normalization what is done to pixels before, and undone after
 * @param training where it comes from
 * @param licence of the weights
 * @param authors who made it
 * @param quality measured figures
 * @param limits where it is valid, and where it is known to fail
 * @param photons least and most photons per pixel at bright structures that it is meant for; empty if not said
 * @param sha256 of the .onnx file, 64 hex digits; filled in when a model is written
 * @param files sha256 of each data file that holds weights beside the .onnx file
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({
    "name",
    "version",
    "task",
    "summary",
    "scale",
    "window",
    "pipeline",
    "tile",
    "input",
    "output",
    "normalization",
    "training",
    "licence",
    "authors",
    "quality",
    "limits",
    "photons",
    "sha256",
    "files"
})
public record ModelCard(
        String name,
        String version,
        String task,
        String summary,
        int scale,
        Window window,
        Pipeline pipeline,
        Tile tile,
        Input input,
        Output output,
        Normalization normalization,
        Training training,
        String licence,
        List<String> authors,
        List<Quality> quality,
        String limits,
        List<Double> photons,
        String sha256,
        Map<String, String> files) {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    public ModelCard {
        if (name == null || !name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw new IllegalArgumentException(
                    "'name' must be 1 to 64 letters, digits, dots, dashes or underscores, not " + name);
        }
        version = orElse(version, "1");
        task = orElse(task, "denoise");
        summary = orElse(summary, "");
        scale = scale == 0 ? 1 : scale;
        if (scale < 1 || scale > 8) {
            throw new IllegalArgumentException("'scale' must be 1 to 8, not " + scale);
        }
        pipeline = pipeline == null && task.equals("isotropic") ? Pipeline.ISOTROPIC : pipeline;
        pipeline = pipeline == null ? Pipeline.FRAMES : pipeline;
        window = window == null ? pipeline.usualWindow() : window;
        tile = tile == null ? Tile.whole(8) : tile;
        input = input == null ? Input.image("image") : input;
        output = output == null ? Output.image("restored") : output;
        normalization = normalization == null ? Normalization.none() : normalization;
        licence = orElse(licence, "");
        authors = authors == null ? List.of() : List.copyOf(authors);
        quality = quality == null ? List.of() : List.copyOf(quality);
        limits = orElse(limits, "");
        photons = photons == null ? List.of() : List.copyOf(photons);
        if (!photons.isEmpty() && !(photons.size() == 2 && photons.get(0) >= 0 && photons.get(0) < photons.get(1))) {
            throw new IllegalArgumentException("'photons' must be two numbers, least and most, not " + photons);
        }
        sha256 = orElse(sha256, "");
        files = files == null ? Map.of() : Map.copyOf(files);
        pipeline.check(scale, window, output);
    }

    /** A card with the defaults: one frame in, one out, whole frames, no normalisation. */
    public static ModelCard of(String name, String task, String summary) {
        return new ModelCard(
                name, null, task, summary, 1, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null);
    }

    public ModelCard withScale(int value) {
        return copy(value, window, pipeline, tile, input, output, normalization, sha256, files);
    }

    public ModelCard withWindow(WindowSpec value) {
        Window of = new Window(value.axis(), value.before(), value.after());
        return copy(scale, of, pipeline, tile, input, output, normalization, sha256, files);
    }

    /** With another way to make products; the window follows it. */
    public ModelCard withPipeline(Pipeline value) {
        return copy(scale, value.usualWindow(), value, tile, input, output, normalization, sha256, files);
    }

    public ModelCard withTile(Tile value) {
        return copy(scale, window, pipeline, value, input, output, normalization, sha256, files);
    }

    public ModelCard withInput(Input value) {
        return copy(scale, window, pipeline, tile, value, output, normalization, sha256, files);
    }

    public ModelCard withOutput(Output value) {
        return copy(scale, window, pipeline, tile, input, value, normalization, sha256, files);
    }

    public ModelCard withNormalization(Normalization value) {
        return copy(scale, window, pipeline, tile, input, output, value, sha256, files);
    }

    public ModelCard withHashes(String onnxSha256, Map<String, String> dataFiles) {
        return copy(scale, window, pipeline, tile, input, output, normalization, onnxSha256, dataFiles);
    }

    /** What people should know: provenance and limits. */
    public ModelCard withProvenance(
            Training trainedOn, String weightsLicence, List<String> by, List<Quality> measured, String knownLimits) {
        return new ModelCard(
                name,
                version,
                task,
                summary,
                scale,
                window,
                pipeline,
                tile,
                input,
                output,
                normalization,
                trainedOn,
                weightsLicence,
                by,
                measured,
                knownLimits,
                photons,
                sha256,
                files);
    }

    /** With the light it is meant for, in photons per pixel at bright structures. */
    public ModelCard withPhotons(double least, double most) {
        return new ModelCard(
                name,
                version,
                task,
                summary,
                scale,
                window,
                pipeline,
                tile,
                input,
                output,
                normalization,
                training,
                licence,
                authors,
                quality,
                limits,
                List.of(least, most),
                sha256,
                files);
    }

    private ModelCard copy(
            int newScale,
            Window newWindow,
            Pipeline newPipeline,
            Tile newTile,
            Input newInput,
            Output newOutput,
            Normalization newNormalization,
            String newSha256,
            Map<String, String> newFiles) {
        return new ModelCard(
                name,
                version,
                task,
                summary,
                newScale,
                newWindow,
                newPipeline,
                newTile,
                newInput,
                newOutput,
                newNormalization,
                training,
                licence,
                authors,
                quality,
                limits,
                photons,
                newSha256,
                newFiles);
    }

    /**
     * Reads a card.
     *
     * @param where file name for messages
     * @throws ModelException if it is no JSON, has an unknown key or a value out of range; names the key, or line and column
     */
    public static ModelCard parse(String json, String where) throws ModelException {
        try {
            return Objects.requireNonNull(MAPPER.readValue(json, ModelCard.class), "the card is null");
        } catch (UnrecognizedPropertyException e) {
            throw new ModelException(
                    "Model card " + where + " has an unknown key '" + e.getPropertyName() + "'; known there are "
                            + new TreeSet<>(e.getKnownPropertyIds()),
                    e);
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : ", line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new ModelException("Model card " + where + place + ": " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new ModelException("Model card " + where + ": " + e.getMessage(), e);
        }
    }

    /** The card as JSON, the same bytes for the same card. */
    public String toJson() {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        try {
            return MAPPER.writer(printer).writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A model card can always be written", e);
        }
    }

    private static String orElse(String value, String fallback) {
        return value == null ? fallback : value;
    }

    /** How a model makes a product of a window of frames. */
    public enum Pipeline {
        /** The window's frames are the model's input, its output the product. */
        @JsonProperty("frames")
        FRAMES,
        /**
         * The model, a 2-D one, restores both orthogonal views of a stack, image by image; the product is a volume whose
         * planes are as far apart as its pixels, the geometric mean of the two.
         */
        @JsonProperty("isotropic")
        ISOTROPIC;

        private Window usualWindow() {
            return new Window(this == ISOTROPIC ? WindowSpec.Axis.STACK : WindowSpec.Axis.NONE, 0, 0);
        }

        private void check(int scale, Window window, Output output) {
            if (this == ISOTROPIC && (scale != 1 || output.depth() != 1 || window.axis() != WindowSpec.Axis.STACK)) {
                throw new IllegalArgumentException(
                        "'pipeline' isotropic needs scale 1, output depth 1 and window axis STACK");
            }
        }
    }

    /** Window of frames; see {@link WindowSpec}. With STACK, all z-slices of a stack make one product. */
    public record Window(WindowSpec.Axis axis, int before, int after) {
        public Window {
            axis = axis == null ? WindowSpec.Axis.NONE : axis;
        }

        public WindowSpec spec() {
            return new WindowSpec(axis, before, after);
        }
    }

    /**
     * How frames are cut into tiles.
     *
     * @param size side of a tile; 0 if the model takes whole frames of any size
     * @param overlap pixels that neighbouring tiles share at least
     * @param multiple grid of tile origins, and what whole frames' sides are padded to; 1 if left out
     * @param minimum least side of a whole frame
     * @param batch tiles in one run of a model with a fixed first dimension; 0 if the dimension is free
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Tile(int size, int overlap, int multiple, int minimum, int batch) {
        public Tile {
            multiple = multiple == 0 ? 1 : multiple;
            if (size < 0 || overlap < 0 || multiple < 1 || minimum < 0 || batch < 0) {
                throw new IllegalArgumentException("'tile' has a negative number");
            }
            if (size > 0 && (size % multiple != 0 || overlap > size / 2)) {
                throw new IllegalArgumentException("'tile': size " + size + " must be a multiple of " + multiple
                        + ", and overlap " + overlap + " at most half of it");
            }
        }

        public static Tile whole(int multiple) {
            return new Tile(0, 0, multiple, 0, 0);
        }
    }

    /** Order of a model's input dimensions; n counts tiles. */
    public enum Layout {
        /** Frames of the window are channels: [n, frames, y, x]. */
        NCHW,
        /** Frames of the window are depth of one channel: [n, 1, frames, y, x]. */
        NCDHW
    }

    /**
     * What the model reads.
     *
     * @param tensor name of its pixel input
     * @param layout order of dimensions
     * @param pixelTypes camera types it is meant for; all if left out
     * @param normTensor name of an input that takes the frame's normalisation values as [k]; with it the pixels are
     *     given as they are and the model does the rest, both ways
     * @param cell side in pixels of what belongs together, such as 11 for the pixels behind one microlens: frames' sides
     *     must be multiples of it, and whole cells are mirrored at the edges; 1 if left out
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Input(String tensor, Layout layout, List<String> pixelTypes, String normTensor, int cell) {
        public Input {
            tensor = orElse(tensor, "image");
            layout = layout == null ? Layout.NCHW : layout;
            pixelTypes = pixelTypes == null ? List.of() : List.copyOf(pixelTypes);
            pixelTypes.forEach(PixelType::ofName);
            normTensor = orElse(normTensor, "");
            cell = cell == 0 ? 1 : cell;
            if (cell < 1) {
                throw new IllegalArgumentException("'input': cell must be at least 1, not " + cell);
            }
        }

        public Input(String tensor, Layout layout, List<String> pixelTypes, String normTensor) {
            this(tensor, layout, pixelTypes, normTensor, 1);
        }

        public static Input image(String tensor) {
            return new Input(tensor, Layout.NCHW, List.of(), "");
        }
    }

    /**
     * What the model gives.
     *
     * @param tensor name of its output, [n, depth, y * scale, x * scale]
     * @param depth z-slices of one product, 1 if left out
     * @param zStepUm distance of these slices in micrometres; 0 if unknown, or if it follows from the frames
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Output(String tensor, int depth, double zStepUm) {
        public Output {
            tensor = orElse(tensor, "restored");
            depth = depth == 0 ? 1 : depth;
            if (depth < 1 || !(zStepUm >= 0 && zStepUm < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "'output': depth must be at least 1 and zStepUm at least 0, not " + depth + " and " + zStepUm);
            }
        }

        public Output(String tensor, int depth) {
            this(tensor, depth, 0);
        }

        public static Output image(String tensor) {
            return new Output(tensor, 1);
        }
    }

    /**
     * Where the weights come from.
     *
     * @param data data sets, each with its licence
     * @param recipe what repeats the training
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Training(List<String> data, String recipe) {
        public Training {
            data = data == null ? List.of() : List.copyOf(data);
            recipe = orElse(recipe, "");
        }
    }

    /** One measured figure: {@code psnr} 33.4 dB on a named set, and how it was measured. */
    public record Quality(String set, String metric, double value, String unit, String method) {}
}
