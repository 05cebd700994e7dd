package io.nocturne.bench.kafka;

import io.nocturne.bench.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A broker in a process of its own, which can be stopped or killed, and started again with the same port and the same log.
 * Not safe for use from multiple threads.
 */
final class BrokerProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;
    private final int advertisedPort;
    private int port;
    private Process process;

    /**
     * Starts it.
     *
     * @param folder where its log goes; a file of the same name and {@code .log} holds what it says
     * @param advertisedPort where clients are told to find it
     */
    BrokerProcess(Path folder, int advertisedPort) throws IOException {
        this.folder = folder;
        this.advertisedPort = advertisedPort;
        start();
    }

    /** Starts it again, after {@link #stop} or {@link #kill}; it serves when this returns. */
    void start() throws IOException {
        Path said = folder.resolveSibling(folder.getFileName() + ".log");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", // what it does is copying; the best compiler would take long
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        BrokerCommand.NAME,
                        folder.toString(),
                        Integer.toString(port),
                        Integer.toString(advertisedPort))
                .redirectError(ProcessBuilder.Redirect.appendTo(said.toFile()))
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null) {
            process.destroyForcibly();
            throw new IOException("The broker did not start: " + Files.readString(said, StandardCharsets.UTF_8));
        }
        port = Integer.parseInt(line);
    }

    /** Its own port on loopback, always the same. */
    int port() {
        return port;
    }

    /** Ends it cleanly. */
    void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            kill();
            throw new IOException("The broker did not end within " + PATIENCE_SECONDS + " s of being told to");
        }
    }

    /** Ends it as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill(); // its log goes with the folder
    }
}
