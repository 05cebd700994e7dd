package io.nocturne.bench.kill;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.spi.FrameSpec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An open page of a live view: asks for every pixel of the newest frame, compares what comes with a {@link PatternSource}, and
 * says that it has painted it. Figures are final once {@link #close} has returned.
 */
final class Onlooker implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int INDEX = 16;
    private static final int TICKET = 12;
    private static final int PLANES = 64;
    private static final int PLANE_BYTES = 64;
    private static final int BIN = 4;
    private static final int PAYLOAD = 40;
    private static final int PAYLOAD_BYTES = 44;

    private final FrameSpec frame;
    private final CompletableFuture<WebSocket> socket;
    private ByteBuffer message = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private CompletableFuture<?> said = CompletableFuture.completedFuture(null);
    private int pictures;
    private int torn;

    /** Opens the page at the address that a view prints; does not wait for it. */
    Onlooker(URI page, FrameSpec frame) {
        this.frame = frame;
        socket = CLIENT.newWebSocketBuilder().buildAsync(URI.create("ws://" + page.getAuthority() + "/ws"), this);
    }

    @Override
    public void onOpen(WebSocket opened) {
        say(
                opened,
                String.format(
                        Locale.ROOT,
                        "{\"type\":\"window\",\"x\":0,\"y\":0,\"width\":%d,\"height\":%d,\"zoom\":1}",
                        frame.width(),
                        frame.height()));
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
        synchronized (this) {
            if (message.remaining() < part.remaining()) {
                message = ByteBuffer.allocate(2 * (message.position() + part.remaining()))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(message.flip());
            }
            message.put(part);
            if (last) {
                pictures++;
                torn += tornPlanes(message.flip(), frame);
                say(from, "{\"type\":\"painted\",\"ticket\":" + message.getInt(TICKET) + ",\"browserMillis\":1}");
                message.clear();
            }
        }
        from.request(1);
        return null;
    }

    /** Sends a message once the one before has left. */
    private synchronized void say(WebSocket to, String text) {
        said = said.thenCompose(before -> to.sendText(text, true));
    }

    /** Of the two planes of a picture, how many are there and not of the frame that the picture claims to show. */
    static int tornPlanes(ByteBuffer picture, FrameSpec frame) {
        int torn = 0;
        for (int plane = 0; plane < 2; plane++) {
            int at = PLANES + plane * PLANE_BYTES;
            torn += picture.get(at) == 0 || isPattern(picture, at, frame) ? 0 : 1;
        }
        return torn;
    }

    private static boolean isPattern(ByteBuffer picture, int plane, FrameSpec frame) {
        int bytes = picture.getInt(plane + PAYLOAD_BYTES);
        if (picture.getInt(plane + BIN) != 1 || bytes != frame.bytes()) {
            return false; // every pixel was asked for
        }
        ByteBuffer pixels =
                picture.slice(picture.getInt(plane + PAYLOAD), bytes).order(ByteOrder.nativeOrder());
        return PatternSource.mismatch(pixels, frame.pixelType(), picture.getLong(INDEX)) < 0;
    }

    /** Pictures that came whole, in messages that came to their end. */
    synchronized int pictures() {
        return pictures;
    }

    /** Planes of pictures that are not of the frame that they claim to be. */
    synchronized int torn() {
        return torn;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        // The other side was killed: the connection breaks, and that is what we are here for.
        from.abort();
    }

    @Override
    public void close() {
        boolean neverOpened = socket.cancel(true) || socket.isCompletedExceptionally();
        if (!neverOpened) {
            socket.join().abort();
        }
    }
}
