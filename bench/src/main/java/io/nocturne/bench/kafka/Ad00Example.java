package io.nocturne.bench.kafka;

import io.nocturne.bench.NodeProgram;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The decoder of {@code sinks/examples/ad00.mjs}, in Node. Not safe for use from multiple threads. */
final class Ad00Example implements Closeable {
    private final Process process;
    private final DataOutputStream to;
    private final BufferedReader from;

    /**
     * Starts it.
     *
     * @param packages a folder with {@code node_modules} of {@code flatbuffers}
     * @param folder an empty one, for the program
     */
    Ad00Example(Path packages, Path folder) throws IOException {
        process = new NodeProgram(Ad00Example.class, List.of("decode.mjs", "ad00.mjs"), packages, folder)
                .with()
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        to = new DataOutputStream(process.getOutputStream());
        from = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Dimensions and SHA-1 of the pixels that it finds in a record's value, {@code 512x512 SHA-1}; or what is wrong. */
    String decoded(ByteBuffer value) throws IOException {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        to.writeInt(bytes.length);
        to.write(bytes);
        to.flush();
        String line = from.readLine();
        if (line == null) {
            throw new IOException("The example in JavaScript ended before its input did");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        from.close();
    }
}
