package io.nocturne.config.cli;

import io.nocturne.inference.ModelTraining;
import java.io.PrintWriter;
import java.util.Locale;

/** A progress bar that draws over itself on a terminal, and a line now and then elsewhere. One thread. */
final class ProgressLine implements ModelTraining.Progress {
    private static final int WIDTH = 30;
    private static final double QUIET_STEP = 0.05;

    private final PrintWriter out;
    private final boolean terminal;
    private double told = -1;

    ProgressLine(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void tell(double share, String message) {
        if (!terminal && told >= 0 && share < told + QUIET_STEP && share < 1) {
            return;
        }
        told = share;
        int full = (int) Math.round(share * WIDTH);
        String bar = "#".repeat(full) + ".".repeat(WIDTH - full);
        String line = String.format(Locale.ROOT, "[%s] %3.0f %%  %s", bar, 100 * share, message);
        if (terminal) {
            out.print("\r" + line + "\033[K");
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Leaves the line. */
    void end() {
        if (terminal) {
            out.println();
            out.flush();
        }
    }
}
