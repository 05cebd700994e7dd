package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.util.ArrayList;
import java.util.List;

/** Our own attributes in a stack's metadata: what OME-Zarr has no word for. Unknown values are left out. */
final class StreamJson {
    private StreamJson() {}

    static ObjectNode write(Stack stack) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", stack.restored() ? "restored" : "raw");
        StreamSpec stream = stack.stream();
        ObjectNode of = json.putObject("stream");
        of.put("name", stream.name());
        of.set("frame", frame(stream.frame()));
        stream.channels().forEach(of.putArray("channels")::add);
        of.put("zSlices", stream.zSlices());
        of.put("positions", stream.positions());
        putKnown(of, "pixelSizeUm", stream.pixelSizeUm());
        putKnown(of, "zStepUm", stream.zStepUm());
        of.put("significantBits", stream.significantBits());
        of.put("framePeriodNanos", stream.framePeriodNanos());
        of.put("exposureNanos", stream.exposureNanos());
        if (stack.restored()) {
            json.set("product", frame(stack.pixels()));
            json.put("onePerStack", stack.perStack());
            putKnown(json, "productZStepUm", stack.productZStepUm());
        }
        return json;
    }

    static Stack read(JsonNode json) {
        JsonNode of = json.path("stream");
        List<String> channels = new ArrayList<>();
        of.path("channels").forEach(name -> channels.add(name.asText()));
        StreamSpec stream = new StreamSpec(
                of.path("name").asText(),
                frame(of.path("frame")),
                channels,
                of.path("zSlices").asInt(),
                of.path("positions").asInt(),
                of.path("pixelSizeUm").asDouble(Double.NaN),
                of.path("zStepUm").asDouble(Double.NaN),
                of.path("significantBits").asInt(),
                of.path("framePeriodNanos").asLong(),
                of.path("exposureNanos").asLong(),
                -1);
        return json.path("kind").asText().equals("restored")
                ? new Stack(
                        stream,
                        frame(json.path("product")),
                        true,
                        json.path("onePerStack").asBoolean(),
                        json.path("productZStepUm").asDouble(Double.NaN))
                : Stack.raw(stream);
    }

    private static ObjectNode frame(FrameSpec spec) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("width", spec.width());
        json.put("height", spec.height());
        json.put("depth", spec.depth());
        json.put("pixelType", spec.pixelType().typeName());
        return json;
    }

    private static FrameSpec frame(JsonNode json) {
        return new FrameSpec(
                json.path("width").asInt(),
                json.path("height").asInt(),
                json.path("depth").asInt(1),
                PixelType.ofName(json.path("pixelType").asText()));
    }

    static void putKnown(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        }
    }
}
