package io.nocturne.config;

import io.nocturne.config.report.RunReport;
import io.nocturne.stream.ledger.LedgerPage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What people say about a run while it goes on, as {@code event} lines of its ledger. Safe from any thread. */
final class Marks {
    /** Member of an event line that says what happened. */
    static final String WHAT = "what";

    static final String MARK = "mark";
    static final String MODEL = "model";
    static final String STOP = "stop";

    private final LedgerPage page;
    private final List<RunReport.Mark> made = new ArrayList<>();

    Marks(LedgerPage page) {
        this.page = page;
    }

    /** A person's note about a frame, -1 for none. */
    synchronized void mark(String stream, int epoch, long index, String note) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(WHAT, MARK);
        if (index >= 0) {
            members.put("i", index);
        }
        members.put("note", note);
        members.put("wall", System.currentTimeMillis());
        page.note("event", stream, epoch, members);
        made.add(new RunReport.Mark(
                stream, epoch, index, MARK, note, Instant.now().toString()));
    }

    /** Another model restores from this epoch on; {@code ref} is how the configuration would name it. */
    synchronized void model(String stream, int epoch, String ref, String identity) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(WHAT, MODEL);
        members.put("ref", ref);
        members.put("identity", identity);
        page.note("event", stream, epoch, members);
        made.add(new RunReport.Mark(stream, epoch, 0, MODEL, ref, Instant.now().toString()));
    }

    /** A person has ended the run. */
    synchronized void stop(String stream, int epoch) throws IOException {
        page.note("event", stream, epoch, Map.of(WHAT, STOP, "wall", System.currentTimeMillis()));
        made.add(new RunReport.Mark(stream, epoch, -1, STOP, "", Instant.now().toString()));
    }

    /** All of them so far, in order. */
    synchronized List<RunReport.Mark> made() {
        return List.copyOf(made);
    }
}
