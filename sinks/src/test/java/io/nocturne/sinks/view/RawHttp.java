package io.nocturne.sinks.view;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** Requests as an attacker writes them: every header by hand. */
final class RawHttp implements AutoCloseable {
    private final Socket socket;

    private RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
    }

    /** Status line and headers of the answer. */
    static String ask(int port, String requestLine, String... headers) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            return http.exchange(requestLine, headers);
        }
    }

    /** The answer to an attempt to open a WebSocket. */
    static String askUpgrade(int port, String path, String... headers) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            return http.exchange("GET " + path + " HTTP/1.1", upgradeHeaders(headers));
        }
    }

    /** Whether the server hangs up once it has answered. */
    static boolean endsWithAnswer(int port, String requestLine, String... headers) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            http.exchange(requestLine, headers);
            http.socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    /** An open WebSocket that never reads. */
    static RawHttp upgrade(int port) throws IOException {
        return upgrade(port, "/ws");
    }

    static RawHttp upgrade(int port, String path) throws IOException {
        RawHttp http = new RawHttp(port);
        String answer = http.exchange("GET " + path + " HTTP/1.1", upgradeHeaders("Host: 127.0.0.1"));
        if (!answer.startsWith("HTTP/1.1 101")) {
            throw new AssertionError(answer);
        }
        return http;
    }

    /** A connection on which nothing is ever said. */
    static RawHttp connect(int port) throws IOException {
        return new RawHttp(port);
    }

    private static String[] upgradeHeaders(String... more) {
        String[] headers = new String[more.length + 4];
        headers[0] = "Upgrade: websocket";
        headers[1] = "Connection: Upgrade";
        headers[2] = "Sec-WebSocket-Version: 13";
        headers[3] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        System.arraycopy(more, 0, headers, 4, more.length);
        return headers;
    }

    /** Sends a short text frame, masked with zeros. */
    void say(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x81);
        if (bytes.length < 126) {
            frame.write(0x80 | bytes.length);
        } else {
            frame.write(0x80 | 126);
            frame.write(bytes.length >> 8);
            frame.write(bytes.length);
        }
        frame.write(new byte[4], 0, 4);
        frame.write(bytes, 0, bytes.length);
        socket.getOutputStream().write(frame.toByteArray());
    }

    /** Reads on until the server closes the WebSocket; the code that it gives. */
    int closeCode() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
            int opcode = in.readUnsignedByte() & 0x0F;
            int length = in.readUnsignedByte() & 0x7F;
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
            byte[] payload = in.readNBytes(length);
            if (opcode == 8) {
                return ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
            }
        }
    }

    /** Whether the server has hung up on a connection on which nothing was said. */
    boolean hungUp() throws IOException {
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true; // reset
        }
    }

    private String exchange(String requestLine, String... headers) throws IOException {
        String request = requestLine + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
