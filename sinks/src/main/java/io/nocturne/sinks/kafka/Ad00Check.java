package io.nocturne.sinks.kafka;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Proves that every offset and length of an {@code ad00} record stays within its bytes, before an accessor follows one.
 * FlatBuffers for Java has no verifier: its accessors trust the record, and a corrupt one can send them anywhere.
 *
 * <p>The wire format is FlatBuffers' (internals page of its documentation): little-endian; a table begins with the signed
 * distance back to its vtable, which lists the fields' offsets from the table's start; strings and vectors begin with a
 * 32-bit length.
 */
final class Ad00Check {
    private static final int MAX_DIMENSIONS = 8;
    private static final int MAX_ATTRIBUTES = 4096;

    private static final int SOURCE_NAME = 4;
    private static final int ID = 6;
    private static final int TIMESTAMP = 8;
    private static final int DIMENSIONS = 10;
    private static final int DATA_TYPE = 12;
    private static final int DATA = 14;
    private static final int ATTRIBUTES = 16;

    private static final int ATTRIBUTE_NAME = 4;
    private static final int ATTRIBUTE_DESCRIPTION = 6;
    private static final int ATTRIBUTE_SOURCE = 8;
    private static final int ATTRIBUTE_TYPE = 10;
    private static final int ATTRIBUTE_DATA = 12;

    private final ByteBuffer bytes;
    private final int size;

    private Ad00Check(ByteBuffer record) {
        bytes = record.slice().order(ByteOrder.LITTLE_ENDIAN);
        size = bytes.limit();
    }

    /** Checks the record between the buffer's position and limit, which stay as they are. */
    static void check(ByteBuffer record) throws MalformedFrameException {
        new Ad00Check(record).root();
    }

    private void root() throws MalformedFrameException {
        if (size < 8 || bytes.get(4) != 'a' || bytes.get(5) != 'd' || bytes.get(6) != '0' || bytes.get(7) != '0') {
            throw new MalformedFrameException("Not an ad00 record: the identifier 'ad00' is missing from " + size
                    + " bytes; check the record's 'schema' header");
        }
        int table = table(0, "root");
        scalar(table, ID, 4, "id");
        scalar(table, TIMESTAMP, 8, "timestamp");
        scalar(table, DATA_TYPE, 1, "data_type");
        vector(table, SOURCE_NAME, 1, true, Integer.MAX_VALUE, "source_name");
        vector(table, DIMENSIONS, 8, true, MAX_DIMENSIONS, "dimensions");
        vector(table, DATA, 1, true, Integer.MAX_VALUE, "data");
        int attributes = vector(table, ATTRIBUTES, 4, false, MAX_ATTRIBUTES, "attributes");
        if (attributes != 0) {
            int count = bytes.getInt(attributes);
            for (int i = 0; i < count; i++) {
                attribute(table(attributes + 4 + 4 * i, "attribute"));
            }
        }
    }

    private void attribute(int table) throws MalformedFrameException {
        scalar(table, ATTRIBUTE_TYPE, 1, "attribute data_type");
        vector(table, ATTRIBUTE_NAME, 1, true, Integer.MAX_VALUE, "attribute name");
        vector(table, ATTRIBUTE_DESCRIPTION, 1, false, Integer.MAX_VALUE, "attribute description");
        vector(table, ATTRIBUTE_SOURCE, 1, false, Integer.MAX_VALUE, "attribute source");
        vector(table, ATTRIBUTE_DATA, 1, true, Integer.MAX_VALUE, "attribute data");
    }

    /** Position of the table that the offset at {@code at} leads to, its vtable checked. */
    private int table(int at, String what) throws MalformedFrameException {
        int table = follow(at, what);
        range(table, 4, what);
        long vtable = (long) table - bytes.getInt(table);
        range(vtable, 4, what);
        int vtableSize = Short.toUnsignedInt(bytes.getShort((int) vtable));
        int tableSize = Short.toUnsignedInt(bytes.getShort((int) vtable + 2));
        if (vtableSize < 4 || vtableSize % 2 != 0 || tableSize < 4) {
            throw malformed(what, vtable);
        }
        range(vtable, vtableSize, what);
        range(table, tableSize, what);
        return table;
    }

    /** Absolute position of a field, 0 if absent; checked to hold {@code width} bytes within its table. */
    private int scalar(int table, int field, int width, String what) throws MalformedFrameException {
        int vtable = table - bytes.getInt(table);
        if (field >= Short.toUnsignedInt(bytes.getShort(vtable))) {
            return 0;
        }
        int offset = Short.toUnsignedInt(bytes.getShort(vtable + field));
        if (offset == 0) {
            return 0;
        }
        if (offset < 4 || offset + width > Short.toUnsignedInt(bytes.getShort(vtable + 2))) {
            throw malformed(what, vtable + field);
        }
        return table + offset;
    }

    /** Position of a vector's length, 0 if it is absent and may be. */
    private int vector(int table, int field, int elementBytes, boolean required, int maxCount, String what)
            throws MalformedFrameException {
        int at = scalar(table, field, 4, what);
        if (at == 0) {
            if (required) {
                throw new MalformedFrameException("Malformed ad00 record: the required field " + what + " is missing");
            }
            return 0;
        }
        int vector = follow(at, what);
        range(vector, 4, what);
        int count = bytes.getInt(vector);
        if (count < 0 || count > maxCount) {
            throw malformed(what, vector);
        }
        range(vector + 4L, (long) count * elementBytes, what);
        return vector;
    }

    private int follow(int at, String what) throws MalformedFrameException {
        range(at, 4, what);
        long target = at + Integer.toUnsignedLong(bytes.getInt(at));
        range(target, 4, what);
        return (int) target;
    }

    private void range(long at, long length, String what) throws MalformedFrameException {
        if (at < 0 || length < 0 || at + length > size) {
            throw malformed(what, at);
        }
    }

    private MalformedFrameException malformed(String what, long at) {
        return new MalformedFrameException(
                "Malformed ad00 record: " + what + " at byte " + at + " leaves the record's " + size + " bytes");
    }
}
