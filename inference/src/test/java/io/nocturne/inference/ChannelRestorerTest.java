package io.nocturne.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChannelRestorerTest {
    private static final FrameSpec FRAME = new FrameSpec(32, 32, PixelType.UINT16);
    private static final StreamSpec STREAM =
            new StreamSpec("cam0", FRAME, List.of("a", "b", "c"), 1, 1, Double.NaN, Double.NaN, 16, 0, 0, -1);

    private static OnnxRestorer open(RestorationModel model) throws ModelException {
        return OnnxRestorer.open(model, STREAM, OnnxRestorer.Options.defaults());
    }

    @Test
    void eachChannelHasItsModelAndOneHasNone() throws Exception {
        try (Restorer restorer =
                        new ChannelRestorer(Map.of(0, open(Baselines.passthrough()), 2, open(Baselines.gaussian(2))));
                RestoreLane lane = restorer.openLane()) {
            assertThat(restorer.restores(0)).isTrue();
            assertThat(restorer.restores(1)).isFalse();
            assertThat(restorer.spec().name()).isEqualTo("0=passthrough 2=gaussian-2.0");
            assertThat(restorer.spec().normNames()).containsExactly("norm0", "norm1", "norm2");
            ByteBuffer product = TestFrame.plane(FRAME);
            double[] norm = new double[3];
            for (int channel : new int[] {0, 2, 0}) {
                TestFrame point = new TestFrame(FRAME, i -> i == 500 ? 5000 : 100).at(channel, 0, 0);
                restorer.observe(point, norm);
                lane.load(point.alone(), norm);
                lane.compute();
                lane.emit(product);
                float peak = TestFrame.get(FRAME, product, 500);
                if (channel == 0) {
                    assertThat(peak).isEqualTo(5000);
                } else {
                    assertThat(peak).isLessThan(1000);
                }
            }
        }
    }

    @Test
    void channelsMayShareARestorer() throws Exception {
        OnnxRestorer shared = open(Baselines.gaussian(1.5));
        try (Restorer restorer = new ChannelRestorer(Map.of(0, shared, 1, shared))) {
            assertThat(restorer.laneBytes()).isEqualTo(shared.laneBytes());
            assertThat(restorer.spec().normNames()).isEqualTo(shared.spec().normNames());
        }
    }

    @Test
    void productsOfDifferentGeometryAreRefused() throws Exception {
        try (OnnxRestorer same = open(Baselines.passthrough());
                OnnxRestorer larger = open(Baselines.upscale2x())) {
            assertThatThrownBy(() -> new ChannelRestorer(Map.of(0, same, 1, larger)))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("products")
                    .hasMessageContaining("32x32 uint16")
                    .hasMessageContaining("64x64 uint16");
        }
    }
}
