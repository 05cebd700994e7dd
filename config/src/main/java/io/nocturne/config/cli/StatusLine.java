package io.nocturne.config.cli;

import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.ring.LiveCounters;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Supplier;

/** One line at the bottom of a terminal, twice a second; nothing where output goes to a file. Safe from any thread. */
final class StatusLine {
    private static final int WIDTH = 100;

    private final PrintWriter out;
    private final boolean onTerminal = Terminal.isInteractive();
    private Timer ticker;
    private boolean dirty;

    StatusLine(PrintWriter out) {
        this.out = out;
    }

    /** Shows these counters from now on. */
    synchronized void follow(String pass, Supplier<LiveCounters> live) {
        stop();
        if (!onTerminal) {
            return;
        }
        ticker = new Timer("nocturne-status", true);
        ticker.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        show(text(pass, live.get()));
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

    private static String text(String pass, LiveCounters live) {
        Accounting counts = live.accounting();
        long waiting = counts.acquired() - counts.restored() - counts.rawOnly() - counts.failed() - counts.passed();
        return String.format(
                Locale.ROOT,
                "%s  %d frames, %.1f/s, restored %.1f/s, %d under way, %d raw only, %d failed, %d lost",
                pass,
                counts.acquired(),
                live.cameraPerSecond(),
                live.restoredPerSecond(),
                waiting,
                counts.rawOnly(),
                counts.failed(),
                counts.lostBefore() + counts.rawNotStored());
    }
}
