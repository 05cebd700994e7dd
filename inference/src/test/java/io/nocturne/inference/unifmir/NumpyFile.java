package io.nocturne.inference.unifmir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A float32 or uint8 array in NumPy's file format, version 1, C order. */
final class NumpyFile {
    private static final Pattern SHAPE = Pattern.compile("'shape': \\(([0-9, ]*)\\)");

    private final long[] shape;
    private final float[] values;

    private NumpyFile(long[] shape, float[] values) {
        this.shape = shape;
        this.values = values;
    }

    long[] shape() {
        return shape;
    }

    float[] values() {
        return values;
    }

    static NumpyFile read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = bytes.getShort(8);
        String header = new String(bytes.array(), 10, headerLength, StandardCharsets.US_ASCII);
        Matcher matcher = SHAPE.matcher(header);
        if (!matcher.find() || header.contains("'fortran_order': True")) {
            throw new IOException(file + ": " + header);
        }
        long[] shape = Arrays.stream(matcher.group(1).split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        bytes.position(10 + headerLength);
        if (header.contains("'<f4'")) {
            bytes.asFloatBuffer().get(values);
        } else if (header.contains("'|u1'")) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Byte.toUnsignedInt(bytes.get());
            }
        } else {
            throw new IOException(file + ": " + header);
        }
        return new NumpyFile(shape, values);
    }
}
