package io.nocturne.bench.kill;

import io.nocturne.bench.Main;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A recording in a process of its own, from its start to its kill. */
final class Victim implements AutoCloseable {
    /** It lives for seconds, which the second compiler would take from its sinks where cores are few. */
    private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";

    private final Path log;
    private final Process process;

    /** @param options of {@link KillVictim} */
    Victim(Path log, List<String> options) throws IOException {
        this.log = log;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                FIRST_COMPILER_ONLY,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                KillVictim.NAME));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** Waits until the witness has heard of a frame. */
    void awaitFirst(Witness witness) throws IOException, InterruptedException {
        if (!witness.awaitFirst(process)) {
            throw new IllegalStateException("The recording did not start: " + said());
        }
    }

    /** Address of its live view; once it records. */
    URI view() throws IOException {
        Optional<String> line =
                said().lines().filter(said -> said.startsWith(KillVictim.VIEW)).findFirst();
        return URI.create(line.orElseThrow(() -> new IllegalStateException("The recording has no view"))
                .substring(KillVictim.VIEW.length()));
    }

    /**
     * Kills it as {@code kill -9} does.
     *
     * @return the last moment before, in nanoseconds since 1970
     */
    long kill() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("The recording ended by itself: " + said());
        }
        Instant now = Instant.now();
        close();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    private String said() throws IOException {
        String text = Files.readString(log, StandardCharsets.UTF_8);
        return text.substring(Math.max(0, text.length() - 2000));
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
