package io.nocturne.config.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.nocturne.config.host.HostFacts;
import io.nocturne.stream.latency.LatencyLog;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
    @TempDir
    Path folder;

    private static RunReport report(List<String> problems) {
        return new RunReport(
                RunReport.FORMAT,
                "a <b> & \"c\"",
                "1",
                "2026-11-01T00:00:00Z",
                "2026-11-01T00:01:00.5Z",
                problems.isEmpty(),
                problems,
                List.of(),
                HostFacts.read(),
                List.of("  plan <line>"),
                List.of(new RunReport.Model("cells", "gaussian", "sha256:00", "CPU")),
                List.of(new RunReport.Mark("cam0", 0, 12, "mark", "<drug>", "2026-11-01T00:00:20Z")),
                List.of());
    }

    private ReportPage.Enclosed enclosed() {
        JsonNode card = JsonNodeFactory.instance
                .objectNode()
                .put("name", "gaussian")
                .put("limits", "loses <detail>")
                .put("sha256", "00ff");
        return new ReportPage.Enclosed(List.of(), List.of(card), folder);
    }

    @Test
    void marksAndModelCardsAreShown() throws Exception {
        Path file = folder.resolve("report.html");
        ReportPage.write(file, report(List.of()), enclosed());
        assertThat(Files.readString(file)).contains("&lt;drug&gt;", "loses &lt;detail&gt;", "00ff");
    }

    @Test
    void latencyIsPlottedFromTheIntervalLogs() throws Exception {
        try (LatencyRecorder recorder = new LatencyRecorder(folder.resolve("cam0-0"))) {
            LatencyRecorder.Stage stage = recorder.stage("restore");
            for (int second = 0; second < 3; second++) {
                stage.record(1, 1 + 5_000_000L * (second + 1));
                recorder.roll();
            }
            assertThat(LatencyLog.read(folder.resolve("cam0-0")).get("restore"))
                    .extracting(LatencyLog.Interval::p50)
                    .satisfies(p50 -> assertThat(p50.get(2)).isBetween(14_900L, 15_100L));
            String plots = LatencyPlots.percentiles(recorder.percentiles())
                    + LatencyPlots.overTime(LatencyLog.read(folder.resolve("cam0-0")));
            assertThat(plots).contains("<circle", "<polyline", "restore").doesNotContain("NaN");
        }
    }

    @Test
    void theSummaryAddsUpEpochsAndWhatWasRestoredLater() {
        RunReport.Pass live = pass("live", 600, 3, 400, Map.of("end-to-end:view", at(80_000)));
        RunReport.Pass later = pass("completion", 597, 0, 190, Map.of());
        RunReport whole = new RunReport(
                RunReport.FORMAT,
                "run",
                "1",
                "2026-11-01T00:00:00Z",
                "2026-11-01T00:01:00.5Z",
                false,
                List.of(),
                List.of(),
                HostFacts.read(),
                List.of(),
                List.of(),
                List.of(),
                List.of(live, later));
        assertThat(Summary.of(whole))
                .isEqualTo("600 frames in 30.0 s, 3 lost; 400 restored at once, 190 when the run had ended, 7 never."
                        + " Half of them were seen on a screen within 80 ms of leaving the camera.");
    }

    private static LatencyRecorder.Percentiles at(long micros) {
        return new LatencyRecorder.Percentiles(10, micros, micros, micros, micros, micros);
    }

    private static RunReport.Pass pass(
            String kind, long camera, long lost, long restored, Map<String, LatencyRecorder.Percentiles> latency) {
        RunReport.Frames frames = new RunReport.Frames(
                camera,
                lost,
                camera - lost,
                true,
                camera - lost,
                0,
                restored,
                camera - lost - restored,
                0,
                0,
                0,
                List.of(),
                List.of(),
                List.of());
        return new RunReport.Pass(kind, "cam0", 0, "8x8", "8x8", "", 30, null, frames, latency, List.of());
    }

    @Test
    void textFromOutsideNeverBecomesMarkup() throws Exception {
        Path file = folder.resolve("report.html");
        ReportPage.write(file, report(List.of("disk '<script>' failed")), enclosed());
        assertThat(Files.readString(file))
                .contains("a &lt;b&gt; &amp; &quot;c&quot;", "disk &#39;&lt;script&gt;&#39; failed", "Not complete")
                .doesNotContain("<script>");
    }

    @Test
    void thePageNeedsNothingFromElsewhere() throws Exception {
        Path file = folder.resolve("report.html");
        ReportPage.write(file, report(List.of()), enclosed());
        assertThat(Files.readString(file)).contains("Complete.").doesNotContain("http", "src=\"", "<link");
    }

    @Test
    void aPictureShowsTheMiddleOfTheFrameInTheRangeOfGrey() throws Exception {
        FrameSpec spec = new FrameSpec(64, 32, PixelType.UINT16);
        ByteBuffer pixels = ByteBuffer.allocate(spec.bytes()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < spec.pixels(); i++) {
            pixels.putShort(2 * i, (short) (40_000 + i % 64));
        }
        FramePicture picture = new FramePicture(spec, pixels);
        String uri = picture.dataUri(new float[] {40_000, 40_063}, 0.5);
        byte[] png = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getWidth()).isEqualTo(32);
        assertThat(image.getHeight()).isEqualTo(16);
        assertThat(image.getRaster().getSample(0, 0, 0)).isEqualTo(Math.round(255 * 16 / 63f));
        assertThat(image.getRaster().getSample(31, 15, 0)).isEqualTo(Math.round(255 * 47 / 63f));
    }

    @Test
    void stagesComeInTheOrderInWhichAFrameMeetsThem() {
        Map<String, Integer> byStage = Map.of("end-to-end:kafka", 1, "restore", 2, "camera", 3, "other", 4);
        assertThat(Stages.inOrder(byStage).keySet()).containsExactly("camera", "restore", "other", "end-to-end:kafka");
    }
}
