package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The range of values in which each channel's pixels lie, for viewers: of some thousand pixels of the first frame, the second,
 * the fourth and so on, all but the darkest hundredth and the brightest thousandth. It only widens. Until a frame was looked
 * at it is all that the camera can give.
 *
 * <p>{@link #look} belongs to one thread; all else to another, or to any one at a time. Nothing waits.
 */
final class LightRange {
    private static final int SAMPLE = 4096;
    private static final double DARKEST = 0.01;
    private static final double BRIGHTEST = 0.999;

    private final PixelType type;
    private final double mostOfCamera;
    private final Channel[] channels;

    private static final class Channel {
        final float[] sample = new float[SAMPLE];
        /** Of the looking thread. */
        long frames;

        int count;
        /** Hands the sample over: set by the looking thread, taken back by the other. */
        volatile boolean full;

        double start = Double.NaN;
        double end = Double.NaN;

        boolean isKnown() {
            return start < end;
        }
    }

    private LightRange(Stack stack) {
        this.type = stack.pixels().pixelType();
        this.mostOfCamera = Math.scalb(1.0, stack.asStream().significantBits()) - 1;
        this.channels = new Channel[stack.stream().channels().size()];
        Arrays.setAll(channels, c -> new Channel());
    }

    /** Of a stack that has no frame yet. */
    static LightRange unknown(Stack stack) {
        return new LightRange(stack);
    }

    /**
     * Of a stack as its metadata say.
     *
     * @param ome the OME metadata of one of its images
     */
    static LightRange read(JsonNode ome, Stack stack) {
        LightRange light = new LightRange(stack);
        for (int c = 0; c < light.channels.length; c++) {
            JsonNode window = ome.path("omero").path("channels").path(c).path("window");
            double start = window.path("start").asDouble(Double.NaN);
            double end = window.path("end").asDouble(Double.NaN);
            if (start != 0 || end != light.fullEnd()) {
                light.channels[c].start = start;
                light.channels[c].end = end;
            }
        }
        return light;
    }

    /** Looks at a frame or product, at few of them and at few of its pixels; the buffer isn't moved. */
    void look(int channel, ByteBuffer pixels) {
        Channel seen = channels[channel];
        long number = ++seen.frames;
        if ((number & (number - 1)) != 0 || seen.full) {
            return;
        }
        int bytes = type.bytes();
        int last = pixels.limit() - bytes;
        int step = Math.max(1, pixels.remaining() / bytes / SAMPLE) | 1;
        int count = 0;
        for (int at = pixels.position(); at <= last && count < SAMPLE; at += step * bytes) {
            float value =
                    switch (type) {
                        case UINT8 -> Byte.toUnsignedInt(pixels.get(at));
                        case UINT16 -> Short.toUnsignedInt(pixels.getShort(at));
                        case FLOAT32 -> pixels.getFloat(at);
                    };
            if (Float.isFinite(value)) {
                seen.sample[count++] = value;
            }
        }
        seen.count = count;
        seen.full = count > 0;
    }

    /** Takes in what was looked at; true if a range is wider than before. */
    boolean update() {
        boolean changed = false;
        for (Channel seen : channels) {
            if (seen.full) {
                Arrays.sort(seen.sample, 0, seen.count);
                double start = seen.sample[(int) (DARKEST * seen.count)];
                double end = seen.sample[(int) (BRIGHTEST * seen.count)];
                seen.full = false;
                if (end <= start) {
                    end = start + 1;
                }
                changed |= !(start >= seen.start && end <= seen.end);
                seen.start = seen.isKnown() ? Math.min(start, seen.start) : start;
                seen.end = seen.isKnown() ? Math.max(end, seen.end) : end;
            }
        }
        return changed;
    }

    private double fullEnd() {
        return type == PixelType.FLOAT32 ? 1 : mostOfCamera;
    }

    /** The {@code window} of a channel as OME-NGFF has it. Floats have no least and most: theirs are what was seen. */
    ObjectNode window(int channel) {
        Channel seen = channels[channel];
        double start = seen.isKnown() ? seen.start : 0;
        double end = seen.isKnown() ? seen.end : fullEnd();
        boolean whole = type != PixelType.FLOAT32;
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "min", whole ? 0 : start);
        put(json, "max", whole ? type.maxValue() : end);
        put(json, "start", start);
        put(json, "end", whole ? Math.min(end, type.maxValue()) : end);
        return json;
    }

    private void put(ObjectNode json, String name, double value) {
        if (type == PixelType.FLOAT32) {
            json.put(name, value);
        } else {
            json.put(name, (long) value);
        }
    }
}
