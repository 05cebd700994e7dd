package io.nocturne.bench.poll;

import io.nocturne.stream.stack.OmeZarrReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Our own reader as a process of its own; says what it sees as {@code poll.mjs} does, until it is ended. */
@Command(name = PollReader.NAME, hidden = true, description = "Started by poll: reads a stack again and again.")
public final class PollReader implements Callable<Integer> {
    static final String NAME = "poll-reader";

    @Spec
    CommandSpec spec;

    @Parameters(index = "0")
    Path stack;

    @Parameters(index = "1")
    long pauseMillis;

    private PrintWriter out;
    private MessageDigest sha1;
    private ByteBuffer pixels = ByteBuffer.allocate(0);

    @Override
    public Integer call() throws InterruptedException, NoSuchAlgorithmException {
        out = spec.commandLine().getOut();
        sha1 = MessageDigest.getInstance("SHA-1");
        while (!Files.exists(stack.resolve("0").resolve("zarr.json"))) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        long known = 0;
        while (!out.checkError()) { // until nobody listens
            try (OmeZarrReader reader = OmeZarrReader.open(stack)) {
                long length = reader.frames();
                for (long index = known; index < length; index++) {
                    read(reader, index);
                }
                if (length > 0) {
                    read(reader, ThreadLocalRandom.current().nextLong(length));
                }
                known = Math.max(known, length);
                out.println("poll " + length);
            } catch (IOException e) {
                out.println("error " + e);
            }
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
        }
        return 0;
    }

    private void read(OmeZarrReader reader, long index) throws IOException {
        int bytes = reader.stream().frame().bytes();
        if (pixels.capacity() != bytes) {
            pixels = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
        }
        boolean there = reader.read(index, pixels.clear());
        long seen = System.currentTimeMillis();
        sha1.update(pixels.array());
        out.println(
                "frame " + index + " " + seen + " " + (there ? HexFormat.of().formatHex(sha1.digest()) : "missing"));
    }
}
