package io.nocturne.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SinkContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JitteredSourceTest {
    private static final long PERIOD = 5_000_000;

    @Test
    @Timeout(30)
    void delayedFramesKeepTheTimeTheyWereDue() throws Exception {
        FrameSpec frame = new FrameSpec(8, 8, PixelType.UINT16);
        JitteredSource source = new JitteredSource(
                new PatternSource(new PatternSource.Settings("cam0", frame, 1e9 / PERIOD, 40, 1000)), PERIOD, 1);
        List<Long> due = new ArrayList<>();
        FramePipeline.builder(source.open())
                .source(source)
                .rawSink(new StampSink(due))
                .settings(PipelineSettings.live(64, 0))
                .build()
                .run();

        assertThat(due).hasSize(40);
        for (int i = 1; i < due.size(); i++) {
            assertThat(due.get(i) - due.get(i - 1)).isEqualTo(PERIOD);
        }
    }

    private static final class StampSink implements FrameSink {
        private final List<Long> due;

        StampSink(List<Long> due) {
            this.due = due;
        }

        @Override
        public String name() {
            return "stamps";
        }

        @Override
        public void open(SinkContext context) {}

        @Override
        public Delivery onFrame(FrameView frame) {
            due.add(frame.coreNanos());
            assertThat(frame.committedNanos()).isGreaterThanOrEqualTo(frame.coreNanos());
            return Delivery.DELIVERED;
        }

        @Override
        public void close() {}
    }
}
