package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Group metadata of an OME-Zarr image. Source: OME-NGFF specifications 0.4 and 0.5. What is unknown gets no unit. */
final class OmeMetadata {
    static final List<String> AXES = List.of("t", "c", "z", "y", "x");
    private static final String[] COLOURS = {"00FF00", "FF00FF", "00FFFF", "FFFF00", "FF0000", "0000FF"};

    private final OmeZarrVersion version;

    OmeMetadata(OmeZarrVersion version) {
        this.version = version;
    }

    /**
     * A group that holds one image in array "0", and smaller copies, each half the one before in x and y, in arrays "1" and
     * so on.
     *
     * @param levels how many copies
     * @param light what viewers are to show
     */
    ObjectNode image(Stack stack, int levels, LightRange light) {
        ObjectNode ome = top();
        ome.putArray("multiscales").add(multiscale(stack, levels));
        ome.set("omero", omero(stack.stream(), light));
        return ome;
    }

    /** Writes such a group, or changes what it says; whoever reads sees the old or the new. */
    void describe(Path image, Stack stack, int levels, LightRange light, FileMover mover) throws IOException {
        version.writeGroup(image, image(stack, levels, light), Optional.of(StreamJson.write(stack)), mover);
    }

    /** What the group in that folder says. */
    static JsonNode read(Path image) throws IOException {
        JsonNode attributes = OmeZarrVersion.of(image).orElseThrow().attributes(image);
        return attributes.has("ome") ? attributes.path("ome") : attributes;
    }

    /** The top of several images, one per stage position. */
    ObjectNode collection() {
        return top().put("bioformats2raw.layout", 3);
    }

    /** The group that names the images of a collection. */
    ObjectNode series(int positions) {
        ObjectNode ome = top();
        ArrayNode names = ome.putArray("series");
        for (int position = 0; position < positions; position++) {
            names.add(String.valueOf(position));
        }
        return ome;
    }

    private ObjectNode top() {
        ObjectNode ome = JsonNodeFactory.instance.objectNode();
        version.stampTop(ome);
        return ome;
    }

    private ObjectNode part() {
        ObjectNode part = JsonNodeFactory.instance.objectNode();
        version.stampPart(part);
        return part;
    }

    private ObjectNode multiscale(Stack stack, int levels) {
        StreamSpec stream = stack.stream();
        double seconds = stream.framePeriodNanos() * stream.framesPerTimePoint() / 1e9;
        double[] scale = {
            seconds > 0 ? seconds : Double.NaN, Double.NaN, stack.zStepUm(), stack.pixelHeightUm(), stack.pixelWidthUm()
        };
        String[] types = {"time", "channel", "space", "space", "space"};
        ObjectNode json = part();
        json.put("name", stream.name());
        ArrayNode axes = json.putArray("axes");
        for (int axis = 0; axis < AXES.size(); axis++) {
            ObjectNode one = axes.addObject().put("name", AXES.get(axis)).put("type", types[axis]);
            boolean known = Double.isFinite(scale[axis]) && scale[axis] > 0;
            if (known) {
                one.put("unit", axis == 0 ? "second" : "micrometer");
            }
            scale[axis] = known ? scale[axis] : 1.0;
        }
        ArrayNode datasets = json.putArray("datasets");
        for (int level = 0; level <= levels; level++) {
            datasets.add(dataset(level, scale));
        }
        if (levels > 0) {
            json.put("type", "mean");
        }
        return json;
    }

    /** One level. Its first pixel stands for several, whose middle isn't that of the first of them. */
    private static ObjectNode dataset(int level, double... scale) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("path", String.valueOf(level));
        ArrayNode transformations = json.putArray("coordinateTransformations");
        ArrayNode factors = transformations.addObject().put("type", "scale").putArray("scale");
        int side = 1 << level;
        for (int axis = 0; axis < scale.length; axis++) {
            factors.add(axis < 3 ? scale[axis] : scale[axis] * side);
        }
        if (level > 0) {
            ArrayNode shift =
                    transformations.addObject().put("type", "translation").putArray("translation");
            for (int axis = 0; axis < scale.length; axis++) {
                shift.add(axis < 3 ? 0.0 : scale[axis] * (side - 1) / 2);
            }
        }
        return json;
    }

    private ObjectNode omero(StreamSpec stream, LightRange light) {
        ObjectNode json = part();
        ArrayNode channels = json.putArray("channels");
        for (int c = 0; c < stream.channels().size(); c++) {
            String label = stream.channels().get(c);
            channels.addObject()
                    .put("label", label)
                    .put("color", colour(label, c, stream.channels().size()))
                    .put("active", true)
                    .set("window", light.window(c));
        }
        return json;
    }

    /** A display colour, RRGGBB: by the dye's usual emission where the name tells it, else one apart from its neighbours. */
    static String colour(String channel, int number, int channels) {
        String name = channel.toLowerCase(Locale.ROOT);
        if (name.matches(".*(dapi|hoechst|bfp|405).*")) {
            return "0000FF";
        }
        if (name.matches(".*(gfp|fitc|488|calcein).*")) {
            return "00FF00";
        }
        if (name.matches(".*(rfp|tritc|cherry|cy3|555|561|568|594|tdtomato).*")) {
            return "FF0000";
        }
        if (name.matches(".*(cy5|640|647|far.?red|sir).*")) {
            return "FF00FF";
        }
        return channels == 1 ? "FFFFFF" : COLOURS[number % COLOURS.length];
    }
}
