package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an OME-Zarr image of another program holds, as far as its metadata tells. Source: OME-NGFF 0.4 and 0.5. */
final class ForeignZarr {
    private ForeignZarr() {}

    /**
     * Describes an image.
     *
     * @param axisOf the array's axes for t, c and z, -1 where it has none
     * @param ome group metadata, a missing node if there is none
     * @param multiscale its first multiscale
     */
    static Stack stack(Path root, ZarrArray array, int[] axisOf, int positions, JsonNode ome, JsonNode multiscale) {
        int axes = array.shape().size();
        long channelCount = axisOf[1] < 0 ? 1 : array.shape().get(axisOf[1]);
        int slices = axisOf[2] < 0 ? 1 : Math.toIntExact(array.shape().get(axisOf[2]));
        List<String> channels = new ArrayList<>();
        for (int c = 0; c < channelCount; c++) {
            String label =
                    ome.path("omero").path("channels").path(c).path("label").asText("");
            channels.add(label.isEmpty() ? String.valueOf(c) : label);
        }
        FrameSpec frame = new FrameSpec(
                Math.toIntExact(array.shape().get(axes - 1)),
                Math.toIntExact(array.shape().get(axes - 2)),
                array.type().pixelType());
        double seconds = TiffLayout.orZero(scale(multiscale, axisOf[0], "second", "millisecond"));
        return Stack.raw(new StreamSpec(
                StackFormats.streamName(root),
                frame,
                channels,
                slices,
                positions,
                scale(multiscale, axes - 1, "micrometer", "nanometer"),
                scale(multiscale, axisOf[2], "micrometer", "nanometer"),
                8 * frame.pixelType().bytes(),
                Math.round(1e9 * seconds / (channels.size() * slices * positions)),
                0,
                -1));
    }

    /** The scale along an axis if its unit is known, NaN otherwise. */
    private static double scale(JsonNode multiscale, int axis, String unit, String thousandth) {
        String found = multiscale.path("axes").path(axis).path("unit").asText("");
        if (axis < 0 || !(found.equals(unit) || found.equals(thousandth))) {
            return Double.NaN;
        }
        double value = found.equals(unit) ? 1 : 1e-3;
        JsonNode ofAll = multiscale.path("coordinateTransformations");
        JsonNode ofFinest = multiscale.path("datasets").path(0).path("coordinateTransformations");
        for (JsonNode list : List.of(ofAll, ofFinest)) {
            for (JsonNode transformation : list) {
                if (transformation.path("type").asText().equals("scale")) {
                    value *= transformation.path("scale").path(axis).asDouble(1);
                }
            }
        }
        return TiffLayout.positive(value);
    }
}
