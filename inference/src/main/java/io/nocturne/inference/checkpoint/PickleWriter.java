package io.nocturne.inference.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes a state dict's pickle, protocol 2: one OrderedDict of tensors, each the whole of a storage. One use. */
final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        op(Opcode.PROTO);
        out.write(2);
        orderedDict();
        op(Opcode.MARK);
    }

    /** Adds a tensor whose elements are in the archive's entry of that key. */
    void tensor(Parameter parameter, String key) {
        StorageType type = StorageType.of(parameter.type());
        text(parameter.name());
        global("torch._utils", "_rebuild_tensor_v2");
        op(Opcode.MARK);
        op(Opcode.MARK);
        text("storage");
        global("torch", type.className());
        text(key);
        text("cpu");
        number(parameter.count());
        op(Opcode.TUPLE);
        op(Opcode.BINPERSID);
        number(0);
        numbers(parameter.shape());
        numbers(rowMajor(parameter.shape()));
        op(Opcode.NEWFALSE); // needs no gradient
        orderedDict(); // has no hooks
        op(Opcode.TUPLE);
        op(Opcode.REDUCE);
    }

    /** Ends the program. */
    byte[] finish() {
        op(Opcode.SETITEMS);
        op(Opcode.STOP);
        return out.toByteArray();
    }

    private static List<Long> rowMajor(List<Long> shape) {
        Long[] strides = new Long[shape.size()];
        long next = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = next;
            next *= Math.max(1, shape.get(i));
        }
        return List.of(strides);
    }

    private void orderedDict() {
        global("collections", "OrderedDict");
        op(Opcode.EMPTY_TUPLE);
        op(Opcode.REDUCE);
    }

    private void global(String module, String name) {
        op(Opcode.GLOBAL);
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        op(Opcode.BINUNICODE);
        out.writeBytes(little(4).putInt(utf8.length).array());
        out.writeBytes(utf8);
    }

    private void number(long value) {
        if (value == (int) value) {
            op(Opcode.BININT);
            out.writeBytes(little(4).putInt((int) value).array());
        } else {
            op(Opcode.LONG1);
            out.write(8);
            out.writeBytes(little(8).putLong(value).array());
        }
    }

    private void numbers(List<Long> values) {
        op(Opcode.MARK);
        values.forEach(this::number);
        op(Opcode.TUPLE);
    }

    private void op(Opcode opcode) {
        out.write(opcode.code());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
