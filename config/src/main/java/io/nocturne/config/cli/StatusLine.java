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
    private final boolean onTerminal;
    private Timer ticker;
    private boolean dirty;

    /**
     * @param onTerminal false to say nothing but what stays
     */
    StatusLine(PrintWriter out, boolean onTerminal) {
        this.out = out;
        this.onTerminal = onTerminal;
    }

    /**
     * Shows these counters from now on.
     *
     * @param frames that the pass is going to have, -1 if it goes on until stopped
     * @param folder whose disk's free space is shown
     */
    synchronized void follow(String pass, long frames, Supplier<LiveCounters> live, Path folder) {
        stop();
        if (!onTerminal) {
            return;
        }
        ticker = new Timer("nocturne-status", true);
        ticker.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        show(text(pass, frames, live.get(), free(folder)));
                    }
                },
                500,
                500);
    }

    /** Shows how far some other work is, in place of counters. */
    synchronized void working(String what, double share) {
        if (ticker != null) {
            stop();
        }
        if (onTerminal) {
            draw(String.format(Locale.ROOT, "%s: %.0f %%", what, 100 * share));
        }
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
            draw(text);
        }
    }

    private void draw(String text) {
        out.printf("\r%-" + WIDTH + "s", text.length() > WIDTH ? text.substring(0, WIDTH) : text);
        out.flush();
        dirty = true;
    }

    private void clear() {
        if (dirty) {
            out.print("\r" + " ".repeat(WIDTH) + "\r");
            out.flush();
            dirty = false;
        }
    }

    /** The line; {@code free} is its end. */
    static String text(String pass, long frames, LiveCounters live, String free) {
        Accounting counts = live.accounting();
        long underWay = counts.acquired() - counts.restored() - counts.rawOnly() - counts.failed() - counts.passed();
        return String.format(
                Locale.ROOT,
                "%s: %s, %.1f/s; restored %.1f/s, lag %d; %s%slost %d%s",
                pass,
                progress(counts.camera(), frames, live.cameraPerSecond()),
                live.cameraPerSecond(),
                live.restoredPerSecond(),
                underWay,
                unlessZero("raw only ", counts.rawOnly()),
                unlessZero("failed ", counts.failed()),
                counts.lostBefore() + counts.rawNotStored(),
                free);
    }

    private static String unlessZero(String what, long frames) {
        return frames == 0 ? "" : what + frames + ", ";
    }

    /** How far it is, and how long the rest takes at the present rate. */
    private static String progress(long taken, long frames, double perSecond) {
        if (frames <= 0) {
            return taken + " frames";
        }
        long left = Math.max(0, frames - taken);
        String rest = "";
        if (left > 0 && perSecond > 0) {
            long seconds = Math.round(left / perSecond);
            rest = String.format(Locale.ROOT, ", %d:%02d left", seconds / 60, seconds % 60);
        }
        return taken + " of " + frames + " (" + 100 * Math.min(taken, frames) / frames + " %" + rest + ")";
    }

    private static String free(Path folder) {
        try {
            return "; " + ByteSize.about(DiskProbe.freeBytes(folder)) + " free";
        } catch (IOException e) {
            return ""; // a disk that doesn't tell
        }
    }
}
