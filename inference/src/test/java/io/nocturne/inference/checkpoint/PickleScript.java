package io.nocturne.inference.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles operation by operation, valid and otherwise, as no well-meaning program would. */
final class PickleScript {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Begins with the protocol's number. */
    static PickleScript protocol(int version) {
        return new PickleScript().op(Opcode.PROTO).raw(version);
    }

    PickleScript op(Opcode... opcodes) {
        for (Opcode opcode : opcodes) {
            out.write(opcode.code());
        }
        return this;
    }

    PickleScript raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    PickleScript bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    PickleScript line(String text) {
        return bytes((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    PickleScript int32(int value) {
        return bytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    PickleScript int64(long value) {
        return bytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    PickleScript text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return op(Opcode.BINUNICODE).int32(utf8.length).bytes(utf8);
    }

    PickleScript number(long value) {
        return op(Opcode.LONG1).raw(8).int64(value);
    }

    PickleScript global(String module, String name) {
        return op(Opcode.GLOBAL).line(module).line(name);
    }

    PickleScript numbers(long... values) {
        op(Opcode.MARK);
        for (long value : values) {
            number(value);
        }
        return op(Opcode.TUPLE);
    }

    PickleScript orderedDict() {
        return global("collections", "OrderedDict").op(Opcode.EMPTY_TUPLE, Opcode.REDUCE);
    }

    /** Begins a state dict: an OrderedDict and a mark, keys and values to follow. */
    static PickleScript stateDict() {
        return protocol(2).orderedDict().op(Opcode.MARK);
    }

    PickleScript storage(String type, String key, long count) {
        op(Opcode.MARK)
                .text("storage")
                .global("torch", type)
                .text(key)
                .text("cuda:3")
                .number(count);
        return op(Opcode.TUPLE, Opcode.BINPERSID);
    }

    PickleScript tensor(String type, String key, long stored, long offset, long[] sizes, long[] strides) {
        global("torch._utils", "_rebuild_tensor_v2").op(Opcode.MARK);
        storage(type, key, stored)
                .number(offset)
                .numbers(sizes)
                .numbers(strides)
                .op(Opcode.NEWFALSE);
        return orderedDict().op(Opcode.TUPLE, Opcode.REDUCE);
    }

    /** A float32 vector that fills the storage of that key. */
    PickleScript vector(String key, long count) {
        return tensor("FloatStorage", key, count, 0, new long[] {count}, new long[] {1});
    }

    /** Ends a state dict. */
    byte[] endDict() {
        return op(Opcode.SETITEMS, Opcode.STOP).toBytes();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
