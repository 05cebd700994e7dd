package io.nocturne.config.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.config.host.HostFacts;
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
                List.of());
    }

    @Test
    void textFromOutsideNeverBecomesMarkup() throws Exception {
        Path file = folder.resolve("report.html");
        ReportPage.write(file, report(List.of("disk '<script>' failed")), List.of());
        assertThat(Files.readString(file))
                .contains("a &lt;b&gt; &amp; &quot;c&quot;", "disk &#39;&lt;script&gt;&#39; failed", "Not complete")
                .doesNotContain("<script>");
    }

    @Test
    void thePageNeedsNothingFromElsewhere() throws Exception {
        Path file = folder.resolve("report.html");
        ReportPage.write(file, report(List.of()), List.of());
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
