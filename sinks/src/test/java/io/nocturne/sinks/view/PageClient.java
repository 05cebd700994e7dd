package io.nocturne.sinks.view;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a page does, in Java: asks for a window, takes pictures, tells what it painted. */
final class PageClient implements WebSocket.Listener, AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final BlockingQueue<Picture> pictures = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private ByteBuffer binary = ByteBuffer.allocate(0);
    private WebSocket socket;

    /** One side of a picture as received; {@code first} is the value of its first pixel. */
    record Plane(int type, int bin, int x, int y, int columns, int rows, double first, double low, double high) {}

    /** A picture as received; a side is null where it was not sent. */
    record Picture(int attachment, int ticket, long index, boolean held, Plane raw, Plane restored) {}

    static PageClient open(URI page) {
        return open(page, "");
    }

    static PageClient open(URI page, String query) {
        PageClient client = new PageClient();
        client.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + page.getPort() + "/ws" + query), client)
                .join();
        return client;
    }

    PageClient window(double x, double y, double width, double height, double zoom) {
        return say("{\"type\":\"window\",\"x\":%s,\"y\":%s,\"width\":%s,\"height\":%s,\"zoom\":%s}"
                .formatted(x, y, width, height, zoom));
    }

    PageClient painted(Picture picture) {
        return say("{\"type\":\"painted\",\"ticket\":%d,\"browserMillis\":3.5}".formatted(picture.ticket()));
    }

    PageClient say(String message) {
        socket.sendText(message, true).join();
        return this;
    }

    boolean isOpen() {
        return !closed.isDone();
    }

    /** Sends a message unless the server has hung up meanwhile. */
    void trySay(String message) {
        socket.sendText(message, true).exceptionally(gone -> null).join();
    }

    Picture picture() throws InterruptedException {
        Picture picture = pictures.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (picture == null) {
            throw new AssertionError("No picture came within " + PATIENCE_SECONDS + " s");
        }
        return picture;
    }

    /** True if no picture comes for a while. */
    boolean quiet() throws InterruptedException {
        return pictures.poll(250, TimeUnit.MILLISECONDS) == null;
    }

    /** The next text message of that type. */
    String text(String type) throws InterruptedException {
        while (true) {
            String message = texts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("No " + type + " message came within " + PATIENCE_SECONDS + " s");
            }
            if (message.contains("\"type\":\"" + type + "\"")) {
                return message;
            }
        }
    }

    /** The code with which the server closes the connection. */
    int closeCode() {
        return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            texts.add(text.toString());
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
        binary = ByteBuffer.allocate(binary.remaining() + part.remaining())
                .put(binary)
                .put(part)
                .flip();
        if (last) {
            pictures.add(read(binary.order(ByteOrder.LITTLE_ENDIAN)));
            binary = ByteBuffer.allocate(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    private static Picture read(ByteBuffer message) {
        if (message.getInt(0) != 0x54434F4E || message.getShort(4) != 2) {
            throw new AssertionError("Not a picture of version 2");
        }
        return new Picture(
                message.getInt(8),
                message.getInt(12),
                message.getLong(16),
                (message.get(54) & 1) != 0,
                plane(message, 64),
                plane(message, 128));
    }

    private static Plane plane(ByteBuffer message, int at) {
        if (message.get(at) == 0) {
            return null;
        }
        int type = message.get(at + 1);
        int columns = message.getInt(at + 32);
        int rows = message.getInt(at + 36);
        int start = message.getInt(at + 40);
        int pixelBytes = 1 << type;
        if (message.getInt(at + 44) != columns * rows * pixelBytes) {
            throw new AssertionError("The payload's length does not match its columns and rows");
        }
        double first = value(message, type, start);
        for (int i = 1; i < columns * rows; i++) {
            if (value(message, type, start + i * pixelBytes) != first) {
                throw new AssertionError("A torn picture: pixel " + i + " is of another frame");
            }
        }
        return new Plane(
                type,
                message.getInt(at + 4),
                message.getInt(at + 16),
                message.getInt(at + 20),
                columns,
                rows,
                first,
                message.getDouble(at + 48),
                message.getDouble(at + 56));
    }

    private static double value(ByteBuffer message, int type, int at) {
        return switch (type) {
            case 0 -> message.get(at) & 0xFF;
            case 1 -> message.getShort(at) & 0xFFFF;
            default -> message.getFloat(at);
        };
    }

    @Override
    public void close() {
        socket.abort();
    }
}
