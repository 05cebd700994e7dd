package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SizingTest {
    private static final FrameSpec FRAME = new FrameSpec(64, 64, PixelType.UINT16);

    private static StreamSpec stream(double rate, int slices) {
        long period = (long) (1e9 / rate);
        return new StreamSpec("cam0", FRAME, List.of("a"), slices, 1, 0.1, 0.3, 16, period, 0, -1);
    }

    private static RunConfig config(String restore) throws Exception {
        String yaml = "source:\n  simulated:\nrestore: { " + restore + " }\n";
        return ConfigReader.parse(yaml, "run.yaml", Path.of("runs"), RunConfig.class, Map.of());
    }

    private static PipelineSettings settings(String restore, double rate, int slices, WindowSpec window)
            throws Exception {
        return Sizing.of(config(restore), stream(rate, slices), Optional.of(new FakeRestorer(FRAME, window).spec()));
    }

    @Test
    void asManyFramesMayWaitAsALiveCameraSendsInAShortPause() throws Exception {
        assertThat(settings("workers: 1", 20, 1, WindowSpec.SINGLE).backlog()).isEqualTo(3);
        assertThat(settings("workers: 1", 2, 1, WindowSpec.SINGLE).backlog()).isEqualTo(1);
        assertThat(settings("workers: 1", 500, 1, WindowSpec.SINGLE).backlog()).isEqualTo(8);
        assertThat(settings("workers: 1", 500, 1, WindowSpec.SINGLE).productPlanes())
                .isEqualTo(PipelineSettings.planesFor(1) + 8);
    }

    @Test
    void whereAWholeStackMakesOneProductStacksAreCounted() throws Exception {
        assertThat(settings("workers: 1", 20, 9, WindowSpec.WHOLE_STACK).backlog())
                .isEqualTo(1);
    }

    @Test
    void whatTheUserSaysHoldsAndWhoWaitsForEveryFrameNeedsNone() throws Exception {
        assertThat(settings("workers: 1, backlog: 0", 20, 1, WindowSpec.SINGLE).backlog())
                .isZero();
        RestorerSpec restorer = new FakeRestorer(FRAME, WindowSpec.SINGLE).spec();
        assertThat(Sizing.completing(config("workers: 1"), stream(20, 1), Optional.of(restorer))
                        .backlog())
                .isEqualTo(1);
    }
}
