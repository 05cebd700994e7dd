package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import io.nocturne.inference.TileBlender;
import io.nocturne.inference.TileLoader;
import io.nocturne.stream.spi.FrameWindow;
import java.nio.ByteBuffer;

/** A lane whose model takes the window's frames and gives the product. */
final class FrameLane implements OnnxLane {
    private final TileTensors tensors;
    private final TileLoader loader;
    private final TileBlender blender;
    private final double[] norm;
    private final RunGuard guard;

    FrameLane(OnnxSession session, LanePlan plan, TileLoader loader, TileBlender blender) throws OrtException {
        this.loader = loader;
        this.blender = blender;
        norm = new double[plan.normCount()];
        tensors = new TileTensors(session, plan);
        guard = new RunGuard(() -> {
            tensors.close();
            session.release();
        });
        session.hold();
    }

    @Override
    public void load(FrameWindow window, double[] frameNorm) {
        guard.renew();
        System.arraycopy(frameNorm, 0, norm, 0, norm.length);
        tensors.norm(norm, norm.length);
        loader.load(window, norm, tensors.input());
    }

    @Override
    public void compute() throws OrtException {
        guard.run(tensors::runAll);
    }

    @Override
    public double computeSome() throws OrtException {
        guard.run(options -> tensors.run(0, options));
        return tensors.runs();
    }

    @Override
    public int emit(ByteBuffer product) {
        return blender.emit(tensors.output(), norm, product);
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
