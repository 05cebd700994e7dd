package io.nocturne.sinks.kafka;

import com.google.flatbuffers.FlatBufferBuilder;
import io.nocturne.sinks.kafka.ad00.Attribute;
import io.nocturne.sinks.kafka.ad00.DType;
import io.nocturne.sinks.kafka.ad00.ad00_ADArray;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Frames as {@code ad00} records (ESS streaming data types, area detector array).
 *
 * <p>{@code dimensions} are in NumPy's order, {@code [height, width]} or {@code [depth, height, width]}; {@code data} is
 * little-endian, row-major, 8-byte aligned; {@code timestamp} is the capture in nanoseconds since 1970; {@code id} is the
 * low 31 bits of the frame's index, and the whole index is the attribute {@value #INDEX}.
 *
 * <p>All records of one geometry have the same layout, so an encoder builds it once and afterwards only copies pixels and
 * overwrites a handful of numbers in place. An encoder is not safe for use from multiple threads; {@link #decode} is.
 */
public final class FrameCodec {
    /** Schema identifier, also the value of the header {@code schema}. */
    public static final String SCHEMA = "ad00";

    /** Names of the attributes, each an int64. */
    public static final String INDEX = "index";

    public static final String EPOCH = "epoch";
    public static final String CHANNEL = "channel";
    public static final String Z = "z";
    public static final String POSITION = "position";
    public static final String TIME = "time";

    /** What a record adds to its pixels, at most. */
    public static final int OVERHEAD_BYTES = 1024;

    private static final String[] NUMBERS = {INDEX, EPOCH, CHANNEL, Z, POSITION, TIME};

    private final FrameSpec spec;
    private final byte[] layout;
    private final int pixelsAt;
    private final int[] numberAt = new int[NUMBERS.length];
    private final CRC32C crc = new CRC32C();
    private long lastCrc32c = -1;

    /**
     * An encoder.
     *
     * @param sourceName what the records call their origin: the stream's name
     * @param spec geometry of every frame
     */
    public FrameCodec(String sourceName, FrameSpec spec) {
        this.spec = spec;
        FlatBufferBuilder builder = new FlatBufferBuilder(spec.bytes() + OVERHEAD_BYTES);
        builder.forceDefaults(true);
        int[] attributes = new int[NUMBERS.length];
        for (int i = 0; i < NUMBERS.length; i++) {
            int data = Attribute.createDataVector(builder, new byte[Long.BYTES]);
            int name = builder.createString(NUMBERS[i]);
            Attribute.startAttribute(builder);
            Attribute.addData(builder, data);
            Attribute.addName(builder, name);
            Attribute.addDataType(builder, DType.int64);
            attributes[i] = Attribute.endAttribute(builder);
        }
        int attributesAt = ad00_ADArray.createAttributesVector(builder, attributes);
        builder.createUnintializedVector(1, spec.bytes(), Long.BYTES);
        int dataAt = builder.endVector();
        int dimensionsAt = ad00_ADArray.createDimensionsVector(builder, dimensionsOf(spec));
        int nameAt = builder.createString(sourceName);
        ad00_ADArray.finishad00_ADArrayBuffer(
                builder,
                ad00_ADArray.createad00_ADArray(
                        builder, nameAt, 0, 0, dimensionsAt, typeOf(spec.pixelType()), dataAt, attributesAt));
        layout = builder.sizedByteArray();
        ad00_ADArray root = ad00_ADArray.getRootAsad00_ADArray(ByteBuffer.wrap(layout));
        pixelsAt = root.dataAsByteBuffer().position();
        for (int i = 0; i < NUMBERS.length; i++) {
            numberAt[i] = root.attributes(i).dataAsByteBuffer().position();
        }
    }

    private static long[] dimensionsOf(FrameSpec spec) {
        return spec.depth() == 1
                ? new long[] {spec.height(), spec.width()}
                : new long[] {spec.depth(), spec.height(), spec.width()};
    }

    private static byte typeOf(PixelType type) {
        return switch (type) {
            case UINT8 -> DType.uint8;
            case UINT16 -> DType.uint16;
            case FLOAT32 -> DType.float32;
        };
    }

    /** Bytes of every record of this encoder. */
    public int recordBytes() {
        return layout.length;
    }

    /** A record to encode into, as often as wished; all its pixels are 0. */
    public byte[] newRecord() {
        return layout.clone();
    }

    /**
     * Encodes one frame. Allocates nothing of a frame's size.
     *
     * @param frame with pixels, of this encoder's geometry
     * @param captureEpochNanos when it was captured, nanoseconds since 1970
     * @param record from {@link #newRecord()}, overwritten
     */
    public void encode(FrameView frame, int epoch, long captureEpochNanos, byte[] record) {
        encode(frame, frame.pixels(), epoch, captureEpochNanos, record);
    }

    /** The same with other pixels than the frame's own, of this encoder's geometry and in native order. */
    void encode(FrameView frame, ByteBuffer pixels, int epoch, long captureEpochNanos, byte[] record) {
        if (record.length != layout.length) {
            throw new IllegalArgumentException("The record must come from newRecord(): " + layout.length
                    + " bytes expected, " + record.length + " given");
        }
        ByteBuffer out = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        ad00_ADArray root = ad00_ADArray.getRootAsad00_ADArray(out);
        root.mutateId((int) (frame.index() & Integer.MAX_VALUE));
        root.mutateTimestamp(captureEpochNanos);
        out.putLong(numberAt[0], frame.index());
        out.putLong(numberAt[1], epoch);
        out.putLong(numberAt[2], frame.channel());
        out.putLong(numberAt[3], frame.zSlice());
        out.putLong(numberAt[4], frame.position());
        out.putLong(numberAt[5], frame.timePoint());
        if (pixels.remaining() != spec.bytes()) {
            throw new IllegalArgumentException("Frame " + frame.index() + " has " + pixels.remaining()
                    + " bytes of pixels; " + spec + " has " + spec.bytes());
        }
        // Typed views put little-endian pixels on any machine; where that is native, they copy whole blocks.
        out.position(pixelsAt);
        switch (spec.pixelType()) {
            case UINT8 -> out.put(pixels);
            case UINT16 -> out.asShortBuffer().put(pixels.asShortBuffer());
            case FLOAT32 -> out.asIntBuffer().put(pixels.asIntBuffer());
        }
        crc.reset();
        crc.update(record, pixelsAt, spec.bytes());
        lastCrc32c = crc.getValue();
    }

    /** CRC-32C of the pixels last encoded, in the record's (little-endian) order; -1 before the first. */
    public long lastCrc32c() {
        return lastCrc32c;
    }

    /**
     * Looks at a record without copying its pixels.
     *
     * @param record between position and limit, which stay as they are; must not change while the result is in use
     * @throws MalformedFrameException if these bytes are not a whole, consistent {@code ad00} record of a 2-D or 3-D image
     *     with uint8, uint16 or float32 pixels
     */
    public static Ad00Frame decode(ByteBuffer record) throws MalformedFrameException {
        Ad00Check.check(record);
        return new Ad00Frame(ad00_ADArray.getRootAsad00_ADArray(record.slice().order(ByteOrder.LITTLE_ENDIAN)));
    }
}
