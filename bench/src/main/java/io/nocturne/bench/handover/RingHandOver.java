package io.nocturne.bench.handover;

import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;

/** The design we ship: two rings, one queue of lanes, order from the sequencer. */
public final class RingHandOver implements HandOver {
    private final int backlog;

    /**
     * @param backlog loaded frames that may wait for a worker; a live run has one, so that frames are never old
     */
    public RingHandOver(int backlog) {
        this.backlog = backlog;
    }

    @Override
    public String name() {
        return "rings and lanes, backlog " + backlog;
    }

    @Override
    public void run(FrameSource source, StreamSpec stream, Restorer restorer, FrameSink sink, int workers, int slots)
            throws Exception {
        PipelineReport report = FramePipeline.builder(stream)
                .source(source)
                .restorer(restorer)
                .sink(sink)
                .settings(PipelineSettings.offline(slots, workers)
                        .withBacklog(backlog)
                        .withProductPlanes(PipelineSettings.planesFor(workers) + backlog))
                .build()
                .run();
        if (!report.complete()) {
            throw new IllegalStateException("The pipeline did not complete: " + report.problems());
        }
    }
}
