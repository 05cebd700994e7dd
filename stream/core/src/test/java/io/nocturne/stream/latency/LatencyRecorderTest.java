package io.nocturne.stream.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyRecorderTest {
    @Test
    void intervalLogsAddUpToTheTotals(@TempDir Path folder) throws Exception {
        try (LatencyRecorder recorder = new LatencyRecorder(folder)) {
            LatencyRecorder.Stage first = recorder.stage("restore", 0);
            LatencyRecorder.Stage second = recorder.stage("restore", 1);
            for (int i = 1; i <= 1000; i++) {
                first.record(1, 1 + i * 1_000_000L);
                second.record(1, 1 + i * 2_000_000L);
                if (i % 100 == 0) {
                    recorder.roll();
                }
            }
            LatencyRecorder.Percentiles p = recorder.percentiles().get("restore");
            assertThat(p.count()).isEqualTo(2000);
            assertThat(p.p50()).isBetween(660_000L, 675_000L);
            assertThat(p.max()).isBetween(2_000_000L, 2_002_000L);
        }
        Histogram sum = new Histogram(3);
        try (HistogramLogReader reader =
                new HistogramLogReader(folder.resolve("restore.hlog").toFile())) {
            EncodableHistogram h;
            while ((h = reader.nextIntervalHistogram()) != null) {
                sum.add((Histogram) h);
            }
        }
        assertThat(sum.getTotalCount()).isEqualTo(2000);
    }

    @Test
    void stampsThatAreMissingAreNotRecorded() {
        LatencyRecorder recorder = new LatencyRecorder(null);
        recorder.stage("camera").record(0, 5_000_000);
        recorder.roll();
        assertThat(recorder.percentiles()).isEmpty();
    }

    @Test
    void valuesOutsideTheRangeAreClampedNotThrown(@TempDir Path folder) {
        LatencyRecorder recorder = new LatencyRecorder(folder);
        recorder.stage("camera").record(1, Long.MAX_VALUE);
        recorder.stage("camera").record(10, 1);
        recorder.close();
        assertThat(recorder.percentiles().get("camera").count()).isEqualTo(2);
        assertThat(Files.exists(folder.resolve("camera.hlog"))).isTrue();
    }

    @Test
    void theRecentWindowForgetsWhatIsOlderThanTenIntervals() {
        LatencyRecorder recorder = new LatencyRecorder(null);
        LatencyRecorder.Stage stage = recorder.stage("restore");
        for (int interval = 0; interval < 30; interval++) {
            for (int i = 0; i < 10; i++) {
                stage.record(1, 1 + (interval < 15 ? 50_000_000L : 2_000_000L));
            }
            recorder.roll();
        }
        recorder.roll(); // one without values
        LatencyRecorder.Recent recent = recorder.recent().get("restore");
        assertThat(recorder.percentiles().get("restore").max()).isGreaterThan(49_000);
        assertThat(recent.window().max()).isLessThan(2_100);
        assertThat(recent.window().count()).isBetween(50L, 100L);
        assertThat(recent.trace()).hasSize(31);
        assertThat(recent.trace().get(14).p50()).isGreaterThan(49_000);
        assertThat(recent.trace().get(15).p99()).isLessThan(2_100);
        assertThat(recent.trace().get(30).count()).isZero();
    }

    @Test
    void theCourseIsOneMinuteLongAndPartsOfAStageCountTogether() {
        LatencyRecorder recorder = new LatencyRecorder(null);
        for (int interval = 0; interval < 100; interval++) {
            recorder.stage("restore", 0).record(1, 1_000_001);
            recorder.stage("restore", 1).record(1, 3_000_001);
            recorder.roll();
        }
        LatencyRecorder.Recent recent = recorder.recent().get("restore");
        assertThat(recent.trace()).hasSize(60).allMatch(moment -> moment.count() == 2);
        assertThat(recent.window().max()).isBetween(3_000L, 3_020L);
    }
}
