package io.nocturne.config.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.ring.LiveCounters;
import io.nocturne.stream.spi.Cause;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    private static LiveCounters counters(long acquired, double rate, Map<Cause, Long> causes) {
        Accounting counts = new Accounting(acquired, acquired, acquired - 3, 0, 0, causes, List.of());
        return new LiveCounters(counts, rate, rate, 0, 0, Map.of(), false);
    }

    @Test
    void aRunWithAnEndTellsHowFarItIsAndHowLongTheRestTakes() {
        assertThat(StatusLine.text("cam0 (live)", 600, counters(240, 20, Map.of()), "; 9 GiB free"))
                .isEqualTo(
                        "cam0 (live): 240 of 600 (40 %, 0:18 left), 20.0/s; restored 20.0/s, lag 3; lost 0; 9 GiB free");
        assertThat(StatusLine.text("cam0 (live)", 600, counters(600, 20, Map.of()), ""))
                .contains("600 of 600 (100 %)");
        assertThat(StatusLine.text("cam0 (live)", 600, counters(10, 0, Map.of()), ""))
                .contains("10 of 600 (1 %)");
    }

    @Test
    void aRunWithoutAnEndCounts() {
        assertThat(StatusLine.text("cam0 (live)", -1, counters(240, 20, Map.of()), ""))
                .startsWith("cam0 (live): 240 frames, 20.0/s");
    }

    @Test
    void lostFramesCountAsTakenAndAreSaid() {
        Map<Cause, Long> causes = Map.of(Cause.RING_FULL, 60L, Cause.NO_FREE_WORKER, 2L);
        assertThat(StatusLine.text("cam0 (live)", 600, counters(240, 20, causes), ""))
                .contains("300 of 600 (50 %")
                .contains("raw only 2, lost 60");
    }

    @Test
    void withoutATerminalOnlyWhatStaysIsPrinted() throws Exception {
        StringWriter out = new StringWriter();
        StatusLine line = new StatusLine(new PrintWriter(out), false);
        line.follow("cam0 (live)", 600, () -> counters(240, 20, Map.of()), Path.of("."));
        Thread.sleep(600);
        line.say("a line that stays");
        line.stop();
        assertThat(out.toString().strip()).isEqualTo("a line that stays");
    }

    @Test
    void onATerminalTheLineIsDrawnAndCleared() throws Exception {
        StringWriter out = new StringWriter();
        StatusLine line = new StatusLine(new PrintWriter(out), true);
        line.follow("cam0 (live)", 600, () -> counters(240, 20, Map.of()), Path.of("."));
        for (int i = 0; i < 200 && out.toString().isEmpty(); i++) {
            Thread.sleep(50);
        }
        line.stop();
        assertThat(out.toString()).contains("240 of 600 (40 %").endsWith("\r");
    }
}
