package io.nocturne.config.cli;

import io.nocturne.config.host.DiskProbe;
import io.nocturne.config.units.ByteSize;
import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.ring.LiveCounters;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Supplier;

/** One line at the bottom of a terminal, twice a second; nothing where output goes to a file. Safe from any thread. */
final class StatusLine {
    private static final int WIDTH = 118;

    private final PrintWriter out;
    private final boolean onTerminal = Terminal.isInteractive();
    private Timer ticker;
    private boolean dirty;

    StatusLine(PrintWriter out) {
        this.out = out;
    }

    /**
     * Shows these counters from now on.
     *
     * @param folder whose disk's free space is shown
     */
    synchronized void follow(String pass, Supplier<LiveCounters> live, Path folder) {
        stop();
        if (!onTerminal) {
            return;
        }
        ticker = new Timer("nocturne-status", true);
        ticker.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        show(text(pass, live.get(), folder));
                    }
                },
                500,
                500);
    }

    /** Clears the line; nothing is shown after it. */
    synchronized void stop() {
        if (ticker != null) {
            ticker.cancel();
            ticker = null;
        }
        clear();
    }

    /** Prints a line that stays. */
    synchronized void say(String line) {
        clear();
        out.println(line);
        out.flush();
    }

    private synchronized void show(String text) {
        if (ticker != null) {
            out.printf("\r%-" + WIDTH + "s", text.length() > WIDTH ? text.substring(0, WIDTH) : text);
            out.flush();
            dirty = true;
        }
    }

    private void clear() {
        if (dirty) {
            out.print("\r" + " ".repeat(WIDTH) + "\r");
            out.flush();
            dirty = false;
        }
    }

    private static String text(String pass, LiveCounters live, Path folder) {
        Accounting counts = live.accounting();
        long underWay = counts.acquired() - counts.restored() - counts.rawOnly() - counts.failed() - counts.passed();
        return String.format(
                Locale.ROOT,
                "%s: %d frames, %.1f/s; restored %.1f/s, lag %d; raw only %d, failed %d, lost %d%s",
                pass,
                counts.acquired(),
                live.cameraPerSecond(),
                live.restoredPerSecond(),
                underWay,
                counts.rawOnly(),
                counts.failed(),
                counts.lostBefore() + counts.rawNotStored(),
                free(folder));
    }

    private static String free(Path folder) {
        try {
            return "; " + ByteSize.about(DiskProbe.freeBytes(folder)) + " free";
        } catch (IOException e) {
            return ""; // a disk that doesn't tell
        }
    }
}
