package io.nocturne.bench.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.CopyRestorer;
import io.nocturne.bench.Findings;
import io.nocturne.bench.IntactSink;
import io.nocturne.bench.ServiceTime;
import io.nocturne.bench.rejected.QueueHandOver;
import io.nocturne.bench.rejected.ShardedHandOver;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SinkContext;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class HandOverTest {
    private static final FrameSpec FRAME = new FrameSpec(16, 16, PixelType.UINT16);

    private static List<HandOver> designs() {
        return List.of(new RingHandOver(1), new RingHandOver(8), new QueueHandOver(), new ShardedHandOver());
    }

    static Stream<Arguments> designsAndWorkers() {
        return designs().stream()
                .flatMap(design -> Stream.of(
                        Arguments.of(design.name(), design, 1, ServiceTime.none()),
                        Arguments.of(design.name(), design, 4, ServiceTime.none()),
                        Arguments.of(design.name(), design, 4, ServiceTime.withOneSlow(Duration.ofNanos(200_000), 5))));
    }

    @ParameterizedTest(name = "{0}, {2} workers")
    @MethodSource("designsAndWorkers")
    void everyDesignDeliversEachFrameOnceIntactAndInOrder(
            String name, HandOver design, int workers, ServiceTime service) throws Exception {
        IntactSink sink = new IntactSink("sink");
        PatternSource source = new PatternSource(PatternSource.Settings.unpaced("cam0", FRAME, 999));

        design.run(source, source.open(), new CopyRestorer(FRAME, service), sink, workers, 16);

        assertThat(sink.sawExactly(999)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("rejectedDesigns")
    void aFailingThreadEndsTheRunOfARejectedDesign(HandOver design) {
        PatternSource source = new PatternSource(PatternSource.Settings.unpaced("cam0", FRAME, -1));

        assertThatThrownBy(() -> design.run(
                        source, source.open(), new CopyRestorer(FRAME, ServiceTime.none()), new BreakingSink(), 2, 8))
                .hasRootCauseMessage("frame 20 breaks the sink");
    }

    static Stream<HandOver> rejectedDesigns() {
        return Stream.of(new QueueHandOver(), new ShardedHandOver());
    }

    @Test
    void aComparisonTellsEveryDesignOfEachRound() throws Exception {
        StringWriter out = new StringWriter();
        Findings findings = new Findings(new PrintWriter(out));

        new Comparison(designs()).run(new Comparison.Work("Tiny", FRAME, 200, 2, 8, ServiceTime::none), 3, findings);

        assertThat(out.toString()).contains("200 frames of 16x16 uint16");
        designs().forEach(design -> assertThat(out.toString()).contains(design.name()));
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddle() {
        assertThat(Comparison.median(new double[] {4, 1, 3})).isEqualTo(3);
        assertThat(Comparison.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    }

    private static final class BreakingSink implements FrameSink {
        @Override
        public String name() {
            return "breaking";
        }

        @Override
        public void open(SinkContext context) {}

        @Override
        public Delivery onFrame(FrameView frame) {
            if (frame.index() == 20) {
                throw new IllegalStateException("frame 20 breaks the sink");
            }
            return Delivery.DELIVERED;
        }

        @Override
        public void close() {}
    }
}
