package io.nocturne.config.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.nocturne.config.host.HostFacts;
import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.accounting.SinkTally;
import io.nocturne.stream.latency.LatencyRecorder.Percentiles;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything worth knowing about a run that has ended.
 *
 * @param format version of this form
 * @param run identifier of the run
 * @param version of Nocturne
 * @param started ISO-8601, UTC
 * @param ended ISO-8601, UTC
 * @param complete raw complete, nothing lost or pending, every frame accounted for
 * @param problems what keeps the run from being complete, as sentences
 * @param advice what went less well than it could, with what to do
 * @param host machine and JVM
 * @param plan the lines printed before the start
 * @param models models by channel
 * @param marks what people did to the run while it went on
 * @param passes live epochs in order, then backfills
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunReport(
        int format,
        String run,
        String version,
        String started,
        String ended,
        boolean complete,
        List<String> problems,
        List<String> advice,
        HostFacts host,
        List<String> plan,
        List<Model> models,
        List<Mark> marks,
        List<Pass> passes) {
    /** Version of the form of {@code report.json}. */
    public static final int FORMAT = 1;

    /** A model as it was used: name, what proves which it was, and what ran it. */
    public record Model(String channel, String name, String identity, String device) {
        @Override
        public String toString() {
            return name + " for channel " + channel + " (" + identity.substring(0, Math.min(19, identity.length()))
                    + "), " + device;
        }
    }

    /**
     * Something that a person did or noted.
     *
     * @param index the frame looked at, -1 for none
     * @param what {@code mark}, {@code model} or {@code stop}
     * @param note a person's words, or the model's name
     * @param at ISO-8601, UTC
     */
    public record Mark(String stream, int epoch, long index, String what, String note, String at) {}

    /**
     * One pass of frames through the pipeline.
     *
     * @param kind {@code live}, {@code offline} or {@code backfill}
     * @param stream its stream
     * @param epoch its epoch
     * @param frame geometry of the camera's frames
     * @param product geometry of the products; null without a restorer
     * @param end why it ended
     * @param seconds how long it took
     * @param exposureSeconds time that the sample was lit for the camera's frames; null if the exposure isn't known
     * @param frames what became of every frame
     * @param latency microseconds, by stage and sink
     * @param messages what the pipeline had to tell
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Pass(
            String kind,
            String stream,
            int epoch,
            String frame,
            String product,
            String end,
            double seconds,
            Double exposureSeconds,
            Frames frames,
            Map<String, Percentiles> latency,
            List<String> messages) {

        private static final String COMPLETION = "completion";

        private static Double exposure(String kind, StreamSpec stream, PipelineReport report) {
            boolean known = stream.exposureNanos() > 0 && kind.equals("live");
            return known ? report.accounting().camera() * (stream.exposureNanos() / 1e9) : null;
        }

        /** Name of the folder that holds its latency logs. */
        String folder() {
            return stream + "-" + epoch + (kind.equals(COMPLETION) ? "-" + COMPLETION : "");
        }

        /** A pass as its pipeline reported it. */
        public static Pass of(
                String kind, StreamSpec stream, int epoch, Optional<RestorerSpec> restorer, PipelineReport report) {
            return new Pass(
                    kind,
                    stream.name(),
                    epoch,
                    stream.frame().toString(),
                    restorer.map(r -> r.product().toString()).orElse(null),
                    report.endCause().description(),
                    report.nanos() / 1e9,
                    exposure(kind, stream, report),
                    Frames.of(report.accounting(), report.rawRecorded()),
                    Stages.inOrder(report.latency()),
                    report.messages());
        }
    }

    /**
     * What became of every frame. {@code camera = acquired + lostBefore}; {@code acquired = rawStored + rawNotStored}
     * where raw frames are recorded; {@code acquired = restored + rawOnly + failed + passed}; for each sink
     * {@code offered = delivered + skipped + lost + pending}.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Frames(
            long camera,
            long lostBefore,
            long acquired,
            boolean rawRecorded,
            long rawStored,
            long rawNotStored,
            long restored,
            long rawOnly,
            long failed,
            long passed,
            long clippedPixels,
            List<CauseCount> causes,
            List<SinkFrames> sinks,
            List<String> mismatches) {

        static Frames of(Accounting counts, boolean rawRecorded) {
            List<CauseCount> causes = new ArrayList<>();
            counts.byCause()
                    .forEach((cause, n) ->
                            causes.add(new CauseCount(cause.name(), cause.kind().name(), cause.description(), n)));
            List<SinkFrames> sinks = new ArrayList<>();
            for (SinkTally.Snapshot s : counts.sinks()) {
                sinks.add(new SinkFrames(s.name(), s.offered(), s.delivered(), s.skipped(), s.lost(), s.pending()));
            }
            return new Frames(
                    counts.camera(),
                    counts.lostBefore(),
                    counts.acquired(),
                    rawRecorded,
                    counts.rawStored(),
                    counts.rawNotStored(),
                    counts.restored(),
                    counts.rawOnly(),
                    counts.failed(),
                    counts.passed(),
                    counts.clippedPixels(),
                    causes,
                    sinks,
                    counts.mismatches(rawRecorded));
        }
    }

    /** Frames of one cause. */
    public record CauseCount(String cause, String outcome, String meaning, long frames) {}

    /** What became of the frames offered to one sink. */
    public record SinkFrames(String sink, long offered, long delivered, long skipped, long lost, long pending) {}

    /** Writes {@code report.json}. */
    public void write(Path file) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }
}
