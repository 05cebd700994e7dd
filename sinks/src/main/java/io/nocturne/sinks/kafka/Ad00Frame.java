package io.nocturne.sinks.kafka;

import io.nocturne.sinks.kafka.ad00.Attribute;
import io.nocturne.sinks.kafka.ad00.DType;
import io.nocturne.sinks.kafka.ad00.ad00_ADArray;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** An {@code ad00} record, looked at in place. As thread-safe as the bytes it lies on; made by {@link FrameCodec#decode}. */
public final class Ad00Frame {
    private final ad00_ADArray array;
    private final FrameSpec spec;

    /** @param array of a record that passed {@link Ad00Check} */
    Ad00Frame(ad00_ADArray array) throws MalformedFrameException {
        this.array = array;
        spec = specOf(array);
        if (array.dataLength() != spec.bytes()) {
            throw new MalformedFrameException("Malformed ad00 record: " + spec + " needs " + spec.bytes()
                    + " bytes of data, " + array.dataLength() + " found");
        }
    }

    private static FrameSpec specOf(ad00_ADArray array) throws MalformedFrameException {
        PixelType type =
                switch (array.dataType()) {
                    case DType.uint8 -> PixelType.UINT8;
                    case DType.uint16 -> PixelType.UINT16;
                    case DType.float32 -> PixelType.FLOAT32;
                    default ->
                        throw new MalformedFrameException("ad00 record of data type " + array.dataType()
                                + ": only uint8, uint16 and float32 images are read");
                };
        int rank = array.dimensionsLength();
        if (rank != 2 && rank != 3) {
            throw new MalformedFrameException("ad00 record of " + rank + " dimensions: only 2 or 3 are an image");
        }
        int[] size = new int[rank];
        long pixels = 1;
        for (int i = 0; i < rank; i++) {
            long length = array.dimensions(i);
            // Each factor and each partial product is bounded, so that nothing overflows.
            if (length < 1 || length > array.dataLength() || pixels * length > array.dataLength()) {
                throw new MalformedFrameException("Malformed ad00 record: dimension " + i + " is " + length + " for "
                        + array.dataLength() + " bytes of data");
            }
            size[i] = (int) length;
            pixels *= length;
        }
        try {
            return new FrameSpec(size[rank - 1], size[rank - 2], rank == 3 ? size[0] : 1, type);
        } catch (IllegalArgumentException e) {
            throw new MalformedFrameException("Malformed ad00 record: " + e.getMessage());
        }
    }

    public FrameSpec spec() {
        return spec;
    }

    /** The stream's name. */
    public String sourceName() {
        return text(array.sourceNameAsByteBuffer());
    }

    /** When it was captured, nanoseconds since 1970. */
    public long captureEpochNanos() {
        return array.timestamp();
    }

    /** The schema's 32-bit id: the low 31 bits of the frame's index. */
    public int id() {
        return array.id();
    }

    /** The pixels: {@code spec().bytes()} long, little-endian, read-only; a new view of the record's own bytes. */
    public ByteBuffer pixels() {
        return array.dataAsByteBuffer().slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An int64 attribute, such as {@link FrameCodec#INDEX}; empty if the record has none of that name and type. */
    public OptionalLong number(String name) {
        for (int i = 0; i < array.attributesLength(); i++) {
            Attribute attribute = array.attributes(i);
            if (attribute.dataType() == DType.int64
                    && attribute.dataLength() == Long.BYTES
                    && text(attribute.nameAsByteBuffer()).equals(name)) {
                ByteBuffer data = attribute.dataAsByteBuffer();
                return OptionalLong.of(data.order(ByteOrder.LITTLE_ENDIAN).getLong(data.position()));
            }
        }
        return OptionalLong.empty();
    }

    private static String text(ByteBuffer utf8) {
        return StandardCharsets.UTF_8.decode(utf8).toString();
    }
}
