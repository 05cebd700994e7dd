package io.nocturne.stream.stack;

import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects findings; of each kind and place the first are kept in full and the rest as a number. */
final class Findings {
    private static final int KEPT = 50;

    private final List<Finding> kept = new ArrayList<>();
    private final Map<String, Integer> more = new HashMap<>();
    private boolean ok = true;

    void add(Severity severity, Kind kind, String place, String frame, String sentence, boolean repaired) {
        ok &= severity != Severity.ERROR || repaired;
        int number = more.merge(kind + " " + place, 1, Integer::sum);
        if (number <= KEPT) {
            String where = frame.isEmpty() ? place : place + " " + frame;
            kept.add(new Finding(severity, kind, where, sentence, repaired));
        }
    }

    boolean ok() {
        return ok;
    }

    List<Finding> all() {
        List<Finding> all = new ArrayList<>(kept);
        more.forEach((place, number) -> {
            if (number > KEPT) {
                int space = place.indexOf(' ');
                all.add(new Finding(
                        Severity.NOTE,
                        Kind.valueOf(place.substring(0, space)),
                        place.substring(space + 1),
                        (number - KEPT) + " more of this kind are not listed.",
                        false));
            }
        });
        return List.copyOf(all);
    }
}
