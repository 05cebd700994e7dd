package io.nocturne.sinks.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;

/** The text message that tells a page what it is going to look at; sent on connection and at every attachment. */
final class StreamText {
    private StreamText() {}

    static String of(Attachment attachment, boolean mayControl) {
        StreamSpec stream = attachment.stream();
        ObjectNode text = JsonNodeFactory.instance.objectNode();
        text.put("type", "stream");
        text.put("version", WireFrame.VERSION);
        text.put("attachment", attachment.number());
        text.put("control", mayControl);
        text.put("name", stream.name());
        text.set("frame", geometry(stream.frame()));
        stream.channels().forEach(text.putArray("channels")::add);
        text.put("zSlices", stream.zSlices());
        text.put("positions", stream.positions());
        if (stream.pixelSizeUm() > 0) {
            text.put("pixelSizeUm", stream.pixelSizeUm());
        }
        text.put("significantBits", stream.significantBits());
        text.put("framePeriodNanos", stream.framePeriodNanos());
        attachment.restorer().ifPresent(restorer -> {
            ObjectNode model = text.putObject("restorer");
            model.put("name", restorer.name());
            model.put("identity", restorer.identity());
            model.set("product", geometry(restorer.product()));
        });
        if (mayControl && attachment.controls().isPresent()) {
            ArrayNode models = text.putObject("controls").putArray("models");
            attachment.controls().get().models().forEach(models::add);
        }
        ObjectNode causes = text.putObject("causes");
        for (Cause cause : Cause.values()) {
            causes.put(cause.name(), cause.description());
        }
        return text.toString();
    }

    private static ObjectNode geometry(FrameSpec spec) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("width", spec.width());
        node.put("height", spec.height());
        node.put("depth", spec.depth());
        node.put("pixelType", spec.pixelType().typeName());
        return node;
    }
}
