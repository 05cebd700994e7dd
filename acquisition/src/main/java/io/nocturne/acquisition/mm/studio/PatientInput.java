package io.nocturne.acquisition.mm.studio;

import io.nocturne.acquisition.mm.studio.StudioSource.SilentException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A socket's input with a time-out that never loses a byte: silence between two messages is told by
 * {@link SilentException}; within a message it is waited out, unless the run ends. One thread.
 */
final class PatientInput extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final BooleanSupplier givesUp;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;
    /** Some bytes of the present message are handed out. */
    private boolean within;

    PatientInput(InputStream in, BooleanSupplier givesUp) {
        this.in = in;
        this.givesUp = givesUp;
    }

    @Override
    public int read() throws IOException {
        if (from == to && !fill()) {
            return -1;
        }
        within = true;
        return buffer[from++] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (from == to && !fill()) {
            return -1;
        }
        int count = Math.min(length, to - from);
        System.arraycopy(buffer, from, bytes, offset, count);
        from += count;
        within = true;
        return count;
    }

    /** The next byte begins a message. */
    void messageBegins() {
        within = false;
    }

    private boolean fill() throws IOException {
        while (true) {
            try {
                int count = in.read(buffer, 0, buffer.length);
                if (count < 0) {
                    return false;
                }
                from = 0;
                to = count;
                return true;
            } catch (SocketTimeoutException e) {
                if (!within) {
                    throw new SilentException();
                }
                if (givesUp.getAsBoolean()) {
                    throw new IOException("the other side fell silent in the middle of a message", e);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
