package io.nocturne.config.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.config.report.RunReport.CauseCount;
import io.nocturne.config.report.RunReport.Frames;
import io.nocturne.config.report.RunReport.Model;
import io.nocturne.config.report.RunReport.Pass;
import io.nocturne.config.report.RunReport.SinkFrames;
import io.nocturne.config.units.ByteSize;
import io.nocturne.stream.latency.LatencyLog;
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
            :root { color-scheme: light dark; --ink: #1c2330; --dim: #5a6475; --line: #d8dde6; --soft: #f4f6f9;
                    --ground: #fff; --ok: #11703c; --bad: #b3261e; --bar: #8fb0cc; --wide: #dde6ee; --dot: #1d5c8f }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #d5dce6; --dim: #93a0b0; --line: #2a323d; --soft: #171d25; --ground: #0f1319;
                      --ok: #6fcf97; --bad: #ff8a80; --bar: #4b6b85; --wide: #26343f; --dot: #9cc4e4 } }
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1.2rem;
                   color: var(--ink); background: var(--ground); font-variant-numeric: tabular-nums }
            h1 { font-size: 1.5rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin: 2.4rem 0 .4rem;
                   border-top: 1px solid var(--line); padding-top: 1.2rem } h3 { font-size: 1rem; margin: 1.3rem 0 .3rem }
            table { border-collapse: collapse; margin: .5rem 0; max-width: 100% }
            th, td { padding: .22rem .9rem .22rem 0; border-bottom: 1px solid var(--line); text-align: left;
                     vertical-align: top } th { font-weight: 500; color: var(--dim) }
            td.n, th.n { text-align: right } td.of { padding-left: 1.1rem; color: var(--dim) } .card th { white-space: nowrap } .card td { overflow-wrap: anywhere }
            .ok { color: var(--ok) } .bad { color: var(--bad) } .note { color: var(--dim) }
            .verdict { border-left: 4px solid; padding: .5rem .9rem; background: var(--soft); border-radius: 0 6px 6px 0 }
            .pictures { display: grid; grid-template-columns: repeat(2, 1fr); gap: .8rem }
            @media (min-width: 50rem) { .pictures { grid-template-columns: repeat(6, 1fr) } figcaption { font-size: .8em } }
            @media (max-width: 50rem) { table { display: block; overflow-x: auto } .card td { min-width: 14rem } }
            figure { margin: 0 } figcaption { color: var(--dim); font-size: .9em }
            figure img { width: 100%; image-rendering: pixelated; background: #000; display: block; border-radius: 4px }
            pre { background: var(--soft); padding: .8rem; overflow-x: auto; border-radius: 6px; font-size: 13px }
            .wideTable { overflow-x: auto } details summary { cursor: pointer; color: var(--dim) }
            svg { width: 100%; height: auto; display: block; margin: .6rem 0; font: 12px system-ui, sans-serif }
            svg text { fill: var(--dim) } svg .stage { fill: var(--ink) } .grid { stroke: var(--line) }
            .wide { fill: var(--wide) } .narrow { fill: var(--bar) } .dot { fill: var(--dot) }
            polyline { fill: none; stroke-width: 1.8 } polyline.thin { stroke-width: .9; opacity: .65 }
            .s0 { stroke: #3f7fb5 } .s1 { stroke: #8a8f98 } .s2 { stroke: #3f9e6b } .s3 { stroke: #b9772a }
            .s4 { stroke: #a8559b } .s5 { stroke: #c4514a }
            .key span { margin-right: 1.2rem; white-space: nowrap } .key .note { white-space: normal } .key i { display: inline-block; width: 14px;
                   height: 3px; margin-right: 6px; vertical-align: 4px }
            .k0 { background: #3f7fb5 } .k1 { background: #8a8f98 } .k2 { background: #3f9e6b }
            .k3 { background: #b9772a } .k4 { background: #a8559b } .k5 { background: #c4514a }
            """;

    /**
     * What the page shows besides the report itself.
     *
     * @param pictures pairs of raw and restored frames, may be empty
     * @param cards of the run's models
     * @param latencyDir folder of the run's interval logs, one folder per pass in it
     */
    public record Enclosed(List<FramePair> pictures, List<JsonNode> cards, Path latencyDir) {}

    private final StringBuilder html = new StringBuilder(1 << 16);

    private ReportPage() {}

    /**
     * Writes the page.
     */
    public static void write(Path file, RunReport report, Enclosed enclosed) throws IOException {
        Files.writeString(file, new ReportPage().page(report, enclosed), StandardCharsets.UTF_8);
    }

    private String page(RunReport report, Enclosed enclosed) throws IOException {
        html.append("<!doctype html><html lang=en><head><meta charset=utf-8><title>")
                .append(Html.text(report.run()))
                .append("</title><meta name=viewport content='width=device-width'><style>")
                .append(STYLE)
                .append("</style></head><body>");
        head(report);
        pictures(enclosed.pictures());
        marks(report);
        for (Pass pass : report.passes()) {
            pass(pass, enclosed.latencyDir());
        }
        background(report, enclosed.cards());
        return html.append("</body></html>\n").toString();
    }

    private void head(RunReport report) {
        html.append("<h1>").append(Html.text(report.run())).append("</h1><p class=note>");
        html.append(Html.text(seconds(report.started()) + " to " + seconds(report.ended()) + " UTC"))
                .append("</p>");
        html.append(
                report.complete()
                        ? "<p class='verdict ok'><b>Complete.</b> Every frame is accounted for and nothing is lost.</p>"
                        : "<p class='verdict bad'><b>Not complete.</b> What is missing, and what to do:</p>");
        list(report.problems(), "bad");
        html.append("<p>").append(Html.text(Summary.of(report))).append("</p>");
        list(report.advice(), "note");
    }

    private void marks(RunReport report) {
        if (report.marks().isEmpty()) {
            return;
        }
        html.append("<h2>What people did</h2><table><tr><th>time<th>epoch<th class=n>frame<th>what<th>note</tr>");
        for (RunReport.Mark mark : report.marks()) {
            html.append("<tr><td>").append(Html.text(seconds(mark.at())));
            html.append("<td>").append(mark.epoch());
            html.append("<td class=n>").append(mark.index() < 0 ? "" : Long.toString(mark.index()));
            html.append("<td>").append(Html.text(mark.what()));
            html.append("<td>").append(Html.text(mark.note())).append("</tr>");
        }
        html.append("</table>");
    }

    private void pass(Pass pass, Path latencyDir) throws IOException {
        Frames f = pass.frames();
        html.append("<h2>")
                .append(Html.text(pass.stream() + ", epoch " + pass.epoch() + " (" + pass.kind() + ")"))
                .append("</h2><p>")
                .append(Html.text(pass.frame() + (pass.product() == null ? "" : " to " + pass.product()) + "; "
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
            html.append("<tr><td class=of>")
                    .append(Html.text(cause.meaning()))
                    .append("<td class=n>")
                    .append(cause.frames())
                    .append("<td class=note>")
                    .append(Html.text(outcome(cause)))
                    .append("</tr>");
        }
        html.append("</table>");
        list(f.mismatches(), "bad");
        sinks(f.sinks());
        if (pass.exposureSeconds() != null) {
            html.append("<p>")
                    .append(Html.text(String.format(
                            Locale.ROOT,
                            "Light on the sample: %.1f s of exposure in %d frames.",
                            pass.exposureSeconds(),
                            f.camera())))
                    .append("</p>");
        }
        latency(pass, latencyDir);
        list(pass.messages(), "note");
    }

    private static String outcome(CauseCount cause) {
        return cause.outcome().toLowerCase(Locale.ROOT).replace('_', ' ') + " (" + cause.cause() + ")";
    }

    private void sinks(List<SinkFrames> sinks) {
        html.append("<h3>Sinks</h3><table><tr><th>sink<th class=n>offered<th class=n>delivered<th class=n>skipped"
                + "<th class=n>lost<th class=n>pending</tr>");
        for (SinkFrames s : sinks) {
            html.append("<tr><td>").append(Html.text(s.sink()));
            for (long n : new long[] {s.offered(), s.delivered(), s.skipped(), s.lost(), s.pending()}) {
                html.append("<td class=n>").append(n);
            }
            html.append("</tr>");
        }
        html.append("</table>");
    }

    private void latency(Pass pass, Path latencyDir) throws IOException {
        html.append(
                "<h3>Latency</h3><p class=note>Dot: half of the frames were faster. Dark: 99 of 100. Light: all.</p>");
        html.append(LatencyPlots.percentiles(pass.latency()));
        html.append(LatencyPlots.overTime(LatencyLog.read(latencyDir.resolve(pass.folder()))));
        html.append(
                "<details><summary>In numbers (ms)</summary><div class=wideTable><table><tr><th>stage<th class=n>frames<th class=n>p50<th class=n>p90"
                        + "<th class=n>p99<th class=n>p99.9<th class=n>max<th></tr>");
        pass.latency().forEach((stage, p) -> {
            html.append("<tr><td>")
                    .append(Html.text(stage))
                    .append("<td class=n>")
                    .append(p.count());
            for (long micros : micros(p)) {
                html.append("<td class=n>").append(String.format(Locale.ROOT, "%.2f", micros / 1000.0));
            }
            html.append("<td class=note>")
                    .append(Html.text(Stages.meaning(stage)))
                    .append("</tr>");
        });
        html.append("</table></div></details>");
    }

    private static long[] micros(Percentiles p) {
        return new long[] {p.p50(), p.p90(), p.p99(), p.p999(), p.max()};
    }

    private void pictures(List<FramePair> pictures) {
        if (pictures.isEmpty()) {
            return;
        }
        html.append("<h2>Frames, raw and restored</h2><p class=note>The middle of the frame, pixel for pixel; both in "
                + "the raw frame's range of grey.</p><div class=pictures>");
        for (FramePair pair : pictures) {
            for (FramePair.Picture picture : pair.pictures()) {
                html.append("<figure><img alt='' src='")
                        .append(picture.dataUri())
                        .append("'><figcaption>")
                        .append(Html.text(picture.caption()))
                        .append("</figcaption></figure>");
            }
        }
        html.append("</div>");
    }

    private void background(RunReport report, List<JsonNode> cards) {
        html.append("<h2>Models</h2><div class=wideTable><table><tr><th>channel<th>model<th>identity<th>runs on</tr>");
        for (Model model : report.models()) {
            html.append("<tr><td>").append(Html.text(model.channel()));
            html.append("<td>").append(Html.text(model.name()));
            html.append("<td><code>").append(Html.text(model.identity())).append("</code>");
            html.append("<td>").append(Html.text(model.device())).append("</tr>");
        }
        html.append("</table></div>")
                .append(ModelCards.html(cards))
                .append("<h2>Machine</h2><p>")
                .append(Html.text("Nocturne " + report.version() + ", Java "
                        + report.host().java() + ", "
                        + report.host().os() + ", " + report.host().cores() + " cores, "
                        + ByteSize.about(report.host().memoryBytes()) + " memory"))
                .append("</p><h2>Plan</h2><pre>")
                .append(report.plan().stream().map(Html::text).collect(Collectors.joining("\n")))
                .append("</pre>");
    }

    private void row(String name, long frames, String note) {
        html.append("<tr><td>")
                .append(Html.text(name))
                .append("<td class=n>")
                .append(frames)
                .append("<td class=note>")
                .append(Html.text(note))
                .append("</tr>");
    }

    private void list(List<String> sentences, String style) {
        if (!sentences.isEmpty()) {
            html.append("<ul class=").append(style).append(">");
            sentences.forEach(s -> html.append("<li>").append(Html.text(s)).append("</li>"));
            html.append("</ul>");
        }
    }

    /** A time to the second. */
    private static String seconds(String iso) {
        return Instant.parse(iso)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replace('T', ' ')
                .replace("Z", "");
    }
}
