package io.nocturne.acquisition.mm.plugin;

import io.nocturne.acquisition.mm.wire.Rendezvous;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds the companion, or starts it again the way it was started last. Any thread but the one that paints windows: it
 * waits.
 */
final class Companion {
    private static final long START_MILLIS = 30_000;
    private static final long LOOK_MILLIS = 250;

    /** Tries to connect; throws if there is nobody. */
    interface Connect {
        StudioLink to(Rendezvous rendezvous) throws IOException;
    }

    /** Starts a process; a seam for tests. */
    interface Start {
        void command(List<String> command) throws IOException;
    }

    private final Path file;
    private final Start start;

    Companion(Path file, Start start) {
        this.file = file;
        this.start = start;
    }

    /** Finds the companion by this user's file. */
    static Companion ofThisUser() {
        return new Companion(Rendezvous.file(), command -> {
            File log = File.createTempFile("nocturne-companion", ".log");
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log)
                    .start();
        });
    }

    /**
     * Connects to the companion, starting it if it doesn't run.
     *
     * @throws IOException if it can't be reached; the message says what to do
     */
    StudioLink reach(Connect connect) throws IOException, InterruptedException {
        Rendezvous last = Rendezvous.read(file);
        try {
            return connect.to(last);
        } catch (IOException e) {
            if (last.command.isEmpty()) {
                throw new IOException("No companion answers: start one with 'nocturne run' and source.studio", e);
            }
        }
        start.command(last.command);
        long end = System.nanoTime() + START_MILLIS * 1_000_000;
        while (true) {
            Thread.sleep(LOOK_MILLIS);
            Rendezvous now = Rendezvous.read(file);
            try {
                if (now.port != last.port || !now.token.equals(last.token)) {
                    return connect.to(now);
                }
            } catch (IOException e) {
                last = now; // written, and not yet answering: look again
            }
            if (System.nanoTime() > end) {
                throw new IOException(
                        "The companion was started (" + String.join(" ", last.command) + ") and did not answer within "
                                + START_MILLIS / 1000 + " s; its output is in the temporary folder");
            }
        }
    }
}
