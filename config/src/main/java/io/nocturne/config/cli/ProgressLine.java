package io.nocturne.config.cli;

import io.nocturne.inference.ModelTraining;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A progress bar that draws over itself on a terminal, and a line now and then elsewhere. One thread. */
final class ProgressLine implements ModelTraining.Progress {
    private static final int WIDTH = 30;
    private static final double QUIET_STEP = 0.05;

    private static final double LEAST_SHARE = 0.02;
    private static final double LEAST_SECONDS = 5;

    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final long start;
    private double told = -1;

    ProgressLine(PrintWriter out, boolean terminal) {
        this(out, terminal, System::nanoTime);
    }

    ProgressLine(PrintWriter out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        start = nanoTime.getAsLong();
    }

    @Override
    public void tell(double share, String message) {
        if (!terminal && told >= 0 && share < told + QUIET_STEP && share < 1) {
            return;
        }
        told = share;
        int full = (int) Math.round(share * WIDTH);
        String bar = "#".repeat(full) + ".".repeat(WIDTH - full);
        String line = String.format(Locale.ROOT, "[%s] %3.0f %%%s  %s", bar, 100 * share, left(share), message);
        if (terminal) {
            out.print("\r" + line + "\033[K");
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Time left at the pace so far, empty while that is a guess. */
    private String left(double share) {
        double seconds = (nanoTime.getAsLong() - start) * 1e-9;
        if (share < LEAST_SHARE || seconds < LEAST_SECONDS || share >= 1) {
            return "";
        }
        long remaining = Math.round(seconds * (1 - share) / share);
        return remaining < 100 ? ", " + remaining + " s left" : ", " + (remaining + 30) / 60 + " min left";
    }

    /** Leaves the line. */
    void end() {
        if (terminal) {
            out.println();
            out.flush();
        }
    }
}
