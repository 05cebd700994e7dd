package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How one epoch ended.
 *
 * @param endCause why
 * @param sourceEnd what the source said, FINISHED if it failed or was shut out
 * @param accounting what became of every frame
 * @param latency percentiles per stage, microseconds
 * @param unprocessed entries that each consumer had not processed at the drain's deadline, by consumer; empty if none
 * @param messages what a person must be told, in order
 * @param rawRecorded whether raw frames were to be stored
 * @param live false for a lossless pass over a recording
 * @param nanos from the start of the source to the end of the drain
 */
public record PipelineReport(
        Cause endCause,
        FrameSource.SourceEnd sourceEnd,
        Accounting accounting,
        Map<String, LatencyRecorder.Percentiles> latency,
        Map<String, Long> unprocessed,
        List<String> messages,
        boolean rawRecorded,
        boolean live,
        long nanos) {

    /** Everything that keeps this epoch from being called complete, as sentences; empty if it is. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(accounting.mismatches(rawRecorded));
        problems.addAll(accounting.losses(rawRecorded, live));
        unprocessed.forEach((who, n) -> problems.add(who + " had " + n + " entries left when the drain was given up"));
        if (endCause == Cause.SOURCE_FAILED || endCause == Cause.RAW_SINK_FAILED) {
            problems.add("the run ended early: " + endCause.description());
        }
        return problems;
    }

    /** Raw complete, nothing lost or pending, every frame accounted for. */
    public boolean complete() {
        return problems().isEmpty();
    }
}
