package io.nocturne.inference;

import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A model's place in a pipeline whose frames are restored elsewhere: works out the values that the model would be given,
 * frame by frame, and hands the frame on as it is. Whoever restores it later needs neither the frames before it nor their
 * statistics. Threads as for {@link Restorer}.
 */
public final class NormalizationOnly implements Restorer {
    private final RestorerSpec spec;
    private final Normalizer normalizer;

    /**
     * For that model, whose graph is not opened.
     *
     * @param camera the camera's noise, where it was measured
     */
    public NormalizationOnly(RestorationModel model, StreamSpec stream, Optional<NoiseModel> camera) {
        Normalization rule = model.card().normalization();
        normalizer = new Normalizer(rule, stream, camera);
        spec = new RestorerSpec(
                model.card().name(),
                model.identity(),
                stream.frame(),
                stream.frame(),
                WindowSpec.SINGLE,
                rule.rule().names());
    }

    @Override
    public RestorerSpec spec() {
        return spec;
    }

    @Override
    public void observe(FrameView frame, double[] norm) {
        normalizer.observe(frame, norm);
    }

    @Override
    public RestoreLane openLane() {
        return new Lane(spec.input().bytes());
    }

    @Override
    public long laneBytes() {
        return spec.input().bytes();
    }

    @Override
    public void close() {}

    /** Holds one frame between the two rings. */
    private static final class Lane implements RestoreLane {
        private final ByteBuffer frame;

        Lane(int bytes) {
            frame = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }

        @Override
        public void load(FrameWindow window, double[] norm) {
            frame.clear().put(window.target().pixels());
        }

        @Override
        public void compute() {}

        @Override
        public int emit(ByteBuffer product) {
            product.put(frame.flip());
            return 0;
        }

        @Override
        public void cancel() {}

        @Override
        public void close() {}
    }
}
