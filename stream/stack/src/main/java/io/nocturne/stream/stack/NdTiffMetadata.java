package io.nocturne.stream.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What an NDTiff dataset says of itself and of each image, under Micro-Manager's names. An image's text has the same length
 * for all of a dataset and begins with the CRC-32C of its pixels, which is ours. Times aren't there: they are in the run's
 * ledger. One thread at a time.
 */
final class NdTiffMetadata {
    /** In the summary: what the stack holds, see {@link StreamJson}. */
    static final String OURS = "Nocturne";

    static final String CRC = "Nocturne-CRC32C";
    private static final String CRC_NAME = "{\"" + CRC + "\":\"";
    /** Where the digits of the checksum begin in an image's text. */
    static final int CRC_AT = CRC_NAME.length();

    static final int CRC_DIGITS = 8;

    private static final JsonMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Stack stack;
    private final List<String> ofChannel = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final int bytes;

    NdTiffMetadata(Stack stack) {
        this.stack = stack;
        StreamSpec stream = stack.stream();
        int most = 0;
        for (int c = 0; c < stream.channels().size(); c++) {
            ofChannel.add(ofChannel(c));
            fill(0, Integer.MAX_VALUE, c, stack.sizeZ(), stream.positions());
            most = Math.max(most, text.length());
        }
        this.bytes = most;
    }

    private String ofChannel(int channel) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        StreamSpec frames = stack.asStream();
        json.put("Channel", stack.stream().channels().get(channel));
        geometry(json);
        StreamJson.putKnown(json, "PixelSizeUm", stack.pixelWidthUm());
        if (frames.exposureNanos() > 0) {
            json.put("Exposure-ms", frames.exposureNanos() / 1e6);
        }
        return write(json).substring(1);
    }

    private void geometry(ObjectNode json) {
        json.put("Width", stack.pixels().width());
        json.put("Height", stack.pixels().height());
        json.put("PixelType", "GRAY" + 8 * stack.pixels().pixelType().bytes());
        json.put("BitDepth", stack.asStream().significantBits());
    }

    private static String write(JsonNode json) {
        try {
            return ASCII.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Metadata of our own can't be written as JSON", e);
        }
    }

    /** The summary, which stands at the head of every file. */
    String summary(String prefix) {
        StreamSpec stream = stack.stream();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("Prefix", prefix);
        json.put("Source", "Nocturne");
        // without it, NDTiffStorage looks for the overlap of tiles
        json.put("TiledImageStorage", false);
        ArrayNode names = json.putArray("ChNames");
        ArrayNode colours = json.putArray("ChColors");
        int channels = stream.channels().size();
        for (int c = 0; c < channels; c++) {
            String name = stream.channels().get(c);
            names.add(name);
            colours.add(Integer.parseInt(OmeMetadata.colour(name, c, channels), 16));
        }
        geometry(json);
        StreamJson.putKnown(json, "PixelSize_um", stack.pixelWidthUm());
        StreamJson.putKnown(json, "z-step_um", stack.zStepUm());
        if (stream.framePeriodNanos() > 0) {
            json.put("Interval_ms", stream.framePeriodNanos() * stream.framesPerTimePoint() / 1e6);
        }
        ArrayNode order = json.putArray("AxisOrder");
        if (stream.positions() > 1) {
            order.add("position");
        }
        order.add("time");
        if (stack.sizeZ() > 1) {
            order.add("z");
        }
        if (channels > 1) {
            order.add("channel");
        }
        json.set(OURS, StreamJson.write(stack));
        return write(json);
    }

    /** Bytes of the text of an image. */
    int bytes() {
        return bytes;
    }

    /** Puts the text of an image into a buffer. */
    void put(ByteBuffer out, long crc, long t, int c, int plane, int position) {
        fill(crc, t, c, plane, position);
        for (int i = 0; i < bytes; i++) {
            out.put((byte) (i < text.length() ? text.charAt(i) : ' '));
        }
    }

    private void fill(long crc, long t, int c, int plane, int position) {
        text.setLength(0);
        text.append(CRC_NAME);
        for (int bits = 4 * (CRC_DIGITS - 1); bits >= 0; bits -= 4) {
            text.append(Character.forDigit((int) (crc >>> bits) & 15, 16));
        }
        text.append("\",\"Axes\":");
        NdTiffIndex.axes(text, stack, t, c, plane, position);
        text.append(",\"FrameIndex\":").append(t);
        text.append(",\"SliceIndex\":").append(plane);
        text.append(",\"PositionIndex\":").append(position);
        text.append(",\"ChannelIndex\":").append(c).append(',').append(ofChannel.get(c));
    }
}
