package io.nocturne.bench.kafka;

import static io.nocturne.bench.kafka.Records.byKcat;
import static io.nocturne.bench.kafka.Records.restored;
import static io.nocturne.bench.kafka.Records.value;
import static io.nocturne.bench.kafka.Records.without;
import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.bench.Findings;
import io.nocturne.sinks.kafka.FrameRecord.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KcatComparisonTest {
    private static final byte[] NOTHING = {};

    private final TopicContents ours = new TopicContents();
    private final StringWriter out = new StringWriter();

    /** Whether the bar is met when our consumer saw START and frames 0 and 1, with one repeat, and kcat this. */
    private boolean agrees(KcatRecord... seen) throws Exception {
        ours.add(List.of(without(Kind.START, -1, 0), restored(0), restored(1)), 1, 0);
        Findings findings = new Findings(new PrintWriter(out));
        try (KcatComparison comparison = new KcatComparison(Records.FRAME, ours, Optional.empty())) {
            for (KcatRecord record : seen) {
                comparison.take(record);
            }
            comparison.tell(findings);
        }
        return findings.allMet();
    }

    private static KcatRecord frame(long offset, long index) {
        return byKcat(offset, index, "RESTORED", value(index));
    }

    private static KcatRecord start() {
        return byKcat(0, -1, "START", NOTHING);
    }

    @Test
    void theSameRecordsWithTheirRepeatsAgree() throws Exception {
        assertThat(agrees(start(), frame(1, 0), frame(2, 0), frame(3, 1))).isTrue();
        assertThat(out.toString()).contains("4 records at offsets 0 to 3, 1 of them repeats");
    }

    @Test
    void aRecordTooFewOrTooManyDoesNot() throws Exception {
        assertThat(agrees(start(), frame(1, 0), frame(2, 0))).isFalse();
    }

    @Test
    void aRepeatThatOursDidNotSeeDoesNot() throws Exception {
        assertThat(agrees(start(), frame(1, 0), frame(2, 0), frame(3, 0), frame(4, 1)))
                .isFalse();
    }

    @Test
    void anOffsetLeftOutDoesNot() throws Exception {
        assertThat(agrees(start(), frame(1, 0), frame(2, 0), frame(4, 1))).isFalse();
        assertThat(out.toString()).contains("1 not where ours are");
    }

    @Test
    void anotherOrderDoesNot() throws Exception {
        assertThat(agrees(start(), frame(1, 1), frame(2, 0), frame(3, 0))).isFalse();
    }

    @Test
    void pixelsOfAnotherFrameDoNot() throws Exception {
        assertThat(agrees(start(), frame(1, 0), frame(2, 0), byKcat(3, 1, "RESTORED", value(2))))
                .isFalse();
        assertThat(out.toString()).contains("1 not whole");
    }

    @Test
    void aPayloadThatIsCutShortDoesNot() throws Exception {
        byte[] whole = value(1);
        byte[] cut = Arrays.copyOf(whole, whole.length - 100);

        assertThat(agrees(start(), frame(1, 0), frame(2, 0), byKcat(3, 1, "RESTORED", cut)))
                .isFalse();
        assertThat(out.toString()).contains("1 not whole");
    }
}
