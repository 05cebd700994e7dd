package io.nocturne.config.report;

import io.nocturne.config.report.RunReport.CauseCount;
import io.nocturne.config.report.RunReport.Frames;
import io.nocturne.config.report.RunReport.Model;
import io.nocturne.config.report.RunReport.Pass;
import io.nocturne.config.report.RunReport.SinkFrames;
import io.nocturne.config.units.ByteSize;
import io.nocturne.stream.latency.LatencyRecorder.Percentiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code report.html}: the report as one page that needs nothing else, neither server nor network. */
public final class ReportPage {
    private static final String STYLE =
            """
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem;
                   color: #1c2330; background: #fff }
            h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
            table { border-collapse: collapse; margin: .5rem 0 }
            th, td { padding: .2rem .8rem; border-bottom: 1px solid #d8dde6; text-align: left }
            td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
            .ok { color: #11703c } .bad { color: #b3261e } .note { color: #5a6475 }
            figure { display: inline-block; margin: 0 1rem 1rem 0 }
            figure img { width: 256px; image-rendering: pixelated; background: #000; display: block }
            pre { background: #f4f6f9; padding: .8rem; overflow-x: auto }
            @media (prefers-color-scheme: dark) {
              body { color: #dde3ee; background: #12161d } th, td { border-color: #2c3442 }
              pre { background: #1a2029 } .ok { color: #5fd08f } .bad { color: #ff8a80 } .note { color: #97a2b5 } }
            """;

    private final StringBuilder html = new StringBuilder(1 << 16);

    private ReportPage() {}

    /**
     * Writes the page.
     *
     * @param pictures pairs of raw and restored frames to show, may be empty
     */
    public static void write(Path file, RunReport report, List<FramePair> pictures) throws IOException {
        Files.writeString(file, new ReportPage().page(report, pictures), StandardCharsets.UTF_8);
    }

    private String page(RunReport report, List<FramePair> pictures) throws IOException {
        html.append("<!doctype html><html lang=en><head><meta charset=utf-8><title>")
                .append(text(report.run()))
                .append("</title><meta name=viewport content='width=device-width'><style>")
                .append(STYLE)
                .append("</style></head><body>");
        head(report);
        for (Pass pass : report.passes()) {
            pass(pass);
        }
        pictures(pictures);
        background(report);
        return html.append("</body></html>\n").toString();
    }

    private void head(RunReport report) {
        html.append("<h1>").append(text(report.run())).append("</h1><p>");
        html.append(
                report.complete()
                        ? "<b class=ok>Complete.</b> Every frame is accounted for and nothing is lost."
                        : "<b class=bad>Not complete.</b>");
        html.append("</p>");
        list(report.problems(), "bad");
        list(report.advice(), "note");
        html.append("<p class=note>")
                .append(text(seconds(report.started()) + " to " + seconds(report.ended())))
                .append("</p>");
    }

    private void pass(Pass pass) {
        Frames f = pass.frames();
        html.append("<h2>")
                .append(text(pass.stream() + ", epoch " + pass.epoch() + " (" + pass.kind() + ")"))
                .append("</h2><p>")
                .append(text(pass.frame() + (pass.product() == null ? "" : " to " + pass.product()) + "; "
                        + String.format(Locale.ROOT, "%.1f s", pass.seconds()) + "; ended: " + pass.end()))
                .append("</p><h3>Frames</h3><table>");
        row("camera", f.camera(), "= acquired + lost before us");
        row("lost before us", f.lostBefore(), "frames of the camera that never reached us");
        row("acquired", f.acquired(), "= restored + raw only + failed + passed");
        if (f.rawRecorded()) {
            row("raw stored", f.rawStored(), "");
            row("raw not stored", f.rawNotStored(), "");
        }
        row("restored", f.restored(), f.clippedPixels() + " pixels clipped");
        row("raw only", f.rawOnly(), "");
        row("failed", f.failed(), "");
        if (f.passed() > 0) {
            row("passed", f.passed(), "restored before");
        }
        for (CauseCount cause : f.causes()) {
            row(cause.cause(), cause.frames(), cause.outcome() + ": " + cause.meaning());
        }
        html.append("</table>");
        list(f.mismatches(), "bad");
        sinks(f.sinks());
        latency(pass);
        list(pass.messages(), "note");
    }

    private void sinks(List<SinkFrames> sinks) {
        html.append("<h3>Sinks</h3><table><tr><th>sink<th class=n>offered<th class=n>delivered<th class=n>skipped"
                + "<th class=n>lost<th class=n>pending</tr>");
        for (SinkFrames s : sinks) {
            html.append("<tr><td>").append(text(s.sink()));
            for (long n : new long[] {s.offered(), s.delivered(), s.skipped(), s.lost(), s.pending()}) {
                html.append("<td class=n>").append(n);
            }
            html.append("</tr>");
        }
        html.append("</table>");
    }

    private void latency(Pass pass) {
        html.append("<h3>Latency (ms)</h3><table><tr><th>stage<th class=n>frames<th class=n>p50<th class=n>p90"
                + "<th class=n>p99<th class=n>p99.9<th class=n>max<th></tr>");
        pass.latency().forEach((stage, p) -> {
            html.append("<tr><td>").append(text(stage)).append("<td class=n>").append(p.count());
            for (long micros : micros(p)) {
                html.append("<td class=n>").append(String.format(Locale.ROOT, "%.2f", micros / 1000.0));
            }
            html.append("<td class=note>").append(text(Stages.meaning(stage))).append("</tr>");
        });
        html.append("</table>");
    }

    private static long[] micros(Percentiles p) {
        return new long[] {p.p50(), p.p90(), p.p99(), p.p999(), p.max()};
    }

    private void pictures(List<FramePair> pictures) throws IOException {
        if (pictures.isEmpty()) {
            return;
        }
        html.append("<h2>Frames, raw and restored</h2><p class=note>The middle of the frame, pixel for pixel; both in "
                + "the raw frame's range of grey.</p>");
        for (FramePair pair : pictures) {
            for (FramePair.Picture picture : pair.pictures()) {
                html.append("<figure><img alt='' src='")
                        .append(picture.dataUri())
                        .append("'><figcaption>")
                        .append(text(picture.caption()))
                        .append("</figcaption></figure>");
            }
            html.append("<br>");
        }
    }

    private void background(RunReport report) {
        html.append("<h2>Models</h2><table><tr><th>channel<th>model<th>identity<th>runs on</tr>");
        for (Model model : report.models()) {
            html.append("<tr><td>").append(text(model.channel()));
            html.append("<td>").append(text(model.name()));
            html.append("<td><code>").append(text(model.identity())).append("</code>");
            html.append("<td>").append(text(model.device())).append("</tr>");
        }
        html.append("</table><h2>Machine</h2><p>")
                .append(text("Nocturne " + report.version() + ", Java "
                        + report.host().java() + ", "
                        + report.host().os() + ", " + report.host().cores() + " cores, "
                        + ByteSize.about(report.host().memoryBytes()) + " memory"))
                .append("</p><h2>Plan</h2><pre>")
                .append(report.plan().stream().map(ReportPage::text).collect(Collectors.joining("\n")))
                .append("</pre>");
    }

    private void row(String name, long frames, String note) {
        html.append("<tr><td>")
                .append(text(name))
                .append("<td class=n>")
                .append(frames)
                .append("<td class=note>")
                .append(text(note))
                .append("</tr>");
    }

    private void list(List<String> sentences, String style) {
        if (!sentences.isEmpty()) {
            html.append("<ul class=").append(style).append(">");
            sentences.forEach(s -> html.append("<li>").append(text(s)).append("</li>"));
            html.append("</ul>");
        }
    }

    /** A time to the second. */
    private static String seconds(String iso) {
        return Instant.parse(iso).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String text(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
