package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import io.nocturne.inference.IsotropicVolume;
import io.nocturne.stream.spi.FrameWindow;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A lane whose model restores both orthogonal views of a stack, a few images at a time. */
final class IsotropicLane implements OnnxLane {
    /** Images of one view that are computed together. */
    record Batch(LanePlan plan, int images) {}

    private final IsotropicVolume volume;
    private final List<Batch> batches;
    private final List<TileTensors> tensors = new ArrayList<>();
    private final List<List<FloatBuffer>> inputs = new ArrayList<>();
    private final List<List<FloatBuffer>> outputs = new ArrayList<>();
    private final RunGuard guard;

    /**
     * @param batches one per view
     */
    IsotropicLane(OnnxSession session, IsotropicVolume volume, List<Batch> batches) throws OrtException {
        this.volume = volume;
        this.batches = batches;
        for (int view = 0; view < IsotropicVolume.VIEWS; view++) {
            TileTensors of = new TileTensors(session, batches.get(view).plan());
            tensors.add(of);
            inputs.add(perImage(of.input(), view));
            outputs.add(perImage(of.output(), view));
        }
        guard = new RunGuard(() -> {
            tensors.forEach(TileTensors::close);
            session.release();
        });
        session.hold();
    }

    @Override
    public void load(FrameWindow window, double[] norm) {
        guard.renew();
        volume.load(window, norm);
    }

    @Override
    public void compute() throws OrtException {
        guard.run(options -> {
            for (int view = 0; view < IsotropicVolume.VIEWS; view++) {
                for (int done = 0;
                        done < volume.images(view);
                        done += batches.get(view).images()) {
                    restore(view, done, options);
                }
            }
        });
    }

    /** Restores the images from {@code done} on; the last batch, never short, begins with some that are done already. */
    private void restore(int view, int done, RunOptions options) throws OrtException {
        int together = batches.get(view).images();
        int first = Math.max(0, Math.min(done, volume.images(view) - together));
        int last = Math.min(volume.images(view), first + together);
        for (int image = first; image < last; image++) {
            volume.cut(view, image, inputs.get(view).get(image - first));
        }
        tensors.get(view).runAll(options);
        for (int image = done; image < last; image++) {
            volume.join(view, image, outputs.get(view).get(image - first));
        }
    }

    private List<FloatBuffer> perImage(FloatBuffer tiles, int view) {
        int floats = volume.imageFloats(view);
        return IntStream.range(0, batches.get(view).images())
                .mapToObj(number -> tiles.slice(number * floats, floats))
                .toList();
    }

    @Override
    public double computeSome() throws OrtException {
        guard.run(options -> {
            for (int view = 0; view < IsotropicVolume.VIEWS; view++) {
                restore(view, 0, options);
            }
        });
        return (double) volume.images(0) / batches.get(0).images();
    }

    @Override
    public int emit(ByteBuffer product) {
        return volume.emit(product);
    }

    @Override
    public void cancel() {
        guard.cancel();
    }

    @Override
    public void close() {
        guard.close();
    }
}
