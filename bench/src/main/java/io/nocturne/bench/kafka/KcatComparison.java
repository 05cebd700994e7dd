package io.nocturne.bench.kafka;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.Findings;
import io.nocturne.bench.PatternSums;
import io.nocturne.sinks.kafka.Ad00Frame;
import io.nocturne.sinks.kafka.FrameCodec;
import io.nocturne.sinks.kafka.MalformedFrameException;
import io.nocturne.stream.spi.FrameSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds what kcat reads from a topic against what our consumer read: as many records, the same ones in the same order, and
 * whole.
 */
final class KcatComparison implements Kcat.Taker, AutoCloseable {
    private static final String NO_PIXELS = "none";

    private final FrameSpec frame;
    private final PatternSums sums;
    private final TopicContents ours;
    private final List<RecordPlace> expected;
    private final Optional<Ad00Example> example;
    private final Map<List<Object>, RecordPlace> last = new HashMap<>();
    private long records;
    private long repeats;
    private long misplaced;
    private long damaged;
    private long decoded;
    private long decodedWrong;

    /** @param example a decoder that is not ours; closed with this */
    KcatComparison(FrameSpec frame, TopicContents ours, Optional<Ad00Example> example) {
        this.frame = frame;
        sums = new PatternSums(frame);
        this.ours = ours;
        this.example = example;
        expected = ours.places();
    }

    @Override
    public void take(KcatRecord record) throws IOException {
        boolean inPlace = record.offset() == records++ && record.key().equals(record.header("stream"));
        RecordPlace place = record.place();
        List<Object> sequence = List.of(place.run(), place.stream(), place.pass());
        RecordPlace before = last.get(sequence);
        if (before != null && !place.isAfter(before)) {
            repeats++;
        } else {
            last.put(sequence, place);
            int n = (int) (records - repeats) - 1;
            inPlace &= n < expected.size() && expected.get(n).equals(place);
        }
        misplaced += inPlace ? 0 : 1;
        damaged += isWhole(record, place.index()) ? 0 : 1;
        if (example.isPresent() && !record.header("schema").equals(NO_PIXELS)) {
            decoded++;
            String due = frame.height() + "x" + frame.width() + " " + sums.sha1(place.index());
            decodedWrong += example.get().decoded(record.payload()).equals(due) ? 0 : 1;
        }
    }

    private static boolean isWhole(KcatRecord record, long index) {
        if (record.header("schema").equals(NO_PIXELS)) {
            return !record.payload().hasRemaining();
        }
        try {
            Ad00Frame frame = FrameCodec.decode(record.payload());
            return PatternSource.mismatch(frame.pixels(), frame.spec().pixelType(), index) < 0;
        } catch (MalformedFrameException e) {
            return false;
        }
    }

    /** The bars, once kcat has read all. */
    void tell(Findings findings) {
        findings.bar(
                records == ours.records()
                        && repeats == ours.repeats()
                        && records - repeats == expected.size()
                        && misplaced == 0
                        && damaged == 0,
                "kcat reads " + records + " records at offsets 0 to " + (records - 1) + ", " + repeats
                        + " of them repeats; our consumer " + ours.records() + " and " + ours.repeats() + "; "
                        + misplaced
                        + " not where ours are, " + damaged + " not whole");
        if (example.isPresent()) {
            findings.bar(
                    decoded > 0 && decodedWrong == 0,
                    "the example in JavaScript decodes " + decoded + " of kcat's payloads, " + decodedWrong
                            + " to other pixels than were sent");
        }
    }

    @Override
    public void close() throws IOException {
        if (example.isPresent()) {
            example.get().close();
        }
    }
}
