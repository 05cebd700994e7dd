package io.nocturne.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What a benchmark says: lines as they come, and bars that were met or missed. One thread. */
public final class Findings {
    private final PrintWriter out;
    private final List<String> missed = new ArrayList<>();
    private int bars;

    public Findings(PrintWriter out) {
        this.out = out;
    }

    /** Prints a line at once, so that an interrupted benchmark leaves what it had. */
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /** A bar that must hold, with what was measured. */
    public void bar(boolean met, String text) {
        bars++;
        if (!met) {
            missed.add(text);
        }
        line((met ? "PASS  " : "FAIL  ") + text);
    }

    /** Prints columns, the first to the left and the others to the right; the first row is the heading. */
    public void table(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < widths.length; i++) {
                String pad = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? row.get(i) + pad : "  " + pad + row.get(i));
            }
            line(line.toString().stripTrailing());
        }
    }

    public boolean allMet() {
        return missed.isEmpty();
    }

    /** 0 if every bar was met, 1 if one was missed. */
    public int exitCode() {
        return allMet() ? 0 : 1;
    }

    /** One line over all bars so far. */
    public String summary() {
        return allMet()
                ? bars + " of " + bars + " bars met"
                : missed.size() + " of " + bars + " bars missed: " + missed;
    }
}
