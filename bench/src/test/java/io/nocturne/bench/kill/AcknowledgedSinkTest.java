package io.nocturne.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.ForwardingSink;
import io.nocturne.sinks.NullSink;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AcknowledgedSinkTest {
    /** Settles every frame at once: of each three, the last is lost. */
    private static final class SettlingSink extends ForwardingSink {
        private SinkContext context;

        SettlingSink() {
            super(new NullSink("settling"));
        }

        @Override
        public void open(SinkContext opening) throws Exception {
            context = opening;
            super.open(opening);
        }

        @Override
        public Delivery onFrame(FrameView frame) {
            Delivery delivery = frame.index() % 3 == 2 ? Delivery.LOST : Delivery.DELIVERED;
            context.settled(frame.index(), frame.coreNanos(), frame.committedNanos(), delivery);
            return Delivery.PENDING;
        }
    }

    @Test
    void theWitnessHearsOfWhatWasDeliveredAndThePipelineOfAll() throws Exception {
        PatternSource source = new PatternSource(PatternSource.Settings.unpaced("cam0", KillVictim.frame(16), 7));
        StreamSpec stream = source.open();
        List<Long> heard = new ArrayList<>();

        PipelineReport report = FramePipeline.builder(stream)
                .source(source)
                .rawSink(new NullSink("raw"))
                .restorer(KillVictim.restorer(stream))
                .sink(new AcknowledgedSink(new SettlingSink(), heard::add))
                .settings(PipelineSettings.offline(16, 1))
                .build()
                .run();

        assertThat(heard).containsExactly(0L, 1L, 3L, 4L, 6L);
        assertThat(report.problems()).anySatisfy(problem -> assertThat(problem).contains("settling", "2"));
    }
}
