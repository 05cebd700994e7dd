package io.nocturne.bench.kill;

import io.nocturne.stream.spi.RunClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.LongConsumer;

/** The recording process's line to a {@link Witness}: a message per frame, sent at once. Any thread. */
final class WitnessLine implements LongConsumer, AutoCloseable {
    private final SocketChannel channel;
    private final RunClock clock;
    private final ByteBuffer message = ByteBuffer.allocateDirect(2 * Long.BYTES);

    WitnessLine(int port, RunClock clock) throws IOException {
        this.clock = clock;
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @Override
    public synchronized void accept(long index) {
        message.clear();
        message.putLong(index).putLong(clock.epochNanos(clock.nanoTime())).flip();
        try {
            while (message.hasRemaining()) {
                channel.write(message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The witness is gone", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
