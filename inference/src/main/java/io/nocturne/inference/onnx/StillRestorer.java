package io.nocturne.inference.onnx;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Restores one frame after the other on the caller's thread, by the same path as a live run: what measuring and judging
 * models use. Products are float32 counts. Frames count as successive ones of a movie, so normalisation values run on.
 * One thread at a time.
 */
public final class StillRestorer implements AutoCloseable {
    private final OnnxRestorer restorer;
    private final RestoreLane lane;
    private final ByteBuffer product;
    private final double[] norm = new double[RestorerSpec.MAX_NORM];
    private final List<StillFrame> recent = new ArrayList<>();

    private StillRestorer(OnnxRestorer restorer) {
        this.restorer = restorer;
        lane = restorer.openLane();
        product = ByteBuffer.allocateDirect(restorer.spec().product().bytes()).order(ByteOrder.nativeOrder());
    }

    /**
     * Opens a model for frames of that geometry.
     *
     * @param options its product type is overruled
     * @throws ModelException if the model can't be run on them
     */
    public static StillRestorer open(RestorationModel model, FrameSpec frame, OnnxRestorer.Options options)
            throws ModelException {
        StreamSpec stream = StreamSpec.movie("still", frame, 0, -1);
        return new StillRestorer(OnnxRestorer.open(model, stream, options.withProductType(PixelType.FLOAT32)));
    }

    /** Geometry of products. */
    public FrameSpec product() {
        return restorer.spec().product();
    }

    /** Restores a frame on its own, which a model with a window sees as often as it asks for: counts, row-major. */
    public float[] restore(StillFrame frame) throws Exception {
        restorer.observe(frame, norm);
        return restoreWith(frame, norm);
    }

    /**
     * Restores the next frame of a movie, as a stream would: a model whose window looks back sees the frames before it.
     *
     * @param frame not to be changed before it has left the window
     */
    public float[] next(StillFrame frame) throws Exception {
        int size = restorer.spec().window().size(1);
        if (recent.size() == size) {
            recent.remove(0);
        }
        recent.add(frame);
        restorer.observe(frame, norm);
        return restoreWith(new Recent(List.copyOf(recent), size), norm);
    }

    /** The last frames of a movie; before its start its first frame stands. */
    private record Recent(List<StillFrame> frames, int size) implements FrameWindow {
        @Override
        public FrameView frame(int i) {
            return frames.get(Math.max(0, i - (size - frames.size())));
        }

        @Override
        public FrameView target() {
            return frame(size - 1);
        }
    }

    /** Restores a frame with normalisation values of one's own. */
    public float[] restoreWith(FrameWindow frame, double[] values) throws Exception {
        lane.load(frame, values);
        lane.compute();
        lane.emit(product);
        float[] counts = new float[product().pixels() * product().depth()];
        product.rewind().asFloatBuffer().get(counts);
        return counts;
    }

    @Override
    public void close() {
        lane.close();
        restorer.close();
    }
}
