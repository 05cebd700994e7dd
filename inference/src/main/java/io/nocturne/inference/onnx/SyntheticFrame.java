package io.nocturne.inference.onnx;

import io.nocturne.inference.Normalizer;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** A dim, noisy frame for warming up and timing; a window shows it many times. */
final class SyntheticFrame {
    private final StillFrame frame;
    private final ByteBuffer product;
    private final double[] norm = new double[RestorerSpec.MAX_NORM];

    SyntheticFrame(StreamSpec stream, RestorerSpec restorer) {
        FrameSpec spec = stream.frame();
        frame = new StillFrame(spec, restorer.window().size(stream.zSlices()));
        product = ByteBuffer.allocateDirect(restorer.product().bytes()).order(ByteOrder.nativeOrder());
        Random random = new Random(1);
        for (int i = 0; i < spec.pixels(); i++) {
            double wave = Math.sin(i % spec.width() / 9.0) * Math.sin((double) i / spec.width() / 9);
            frame.set(i, (float) (100 + 40 * wave + 8 * random.nextGaussian()));
        }
    }

    /** Makes one product and tells how many nanoseconds it took. */
    long restore(RestoreLane lane, Normalizer normalizer) throws Exception {
        normalizer.observe(frame, norm);
        long start = System.nanoTime();
        lane.load(frame, norm);
        lane.compute();
        lane.emit(product);
        return System.nanoTime() - start;
    }

    /** Makes part of one product and tells how many nanoseconds the whole would take. */
    long begin(OnnxLane lane, Normalizer normalizer) throws Exception {
        normalizer.observe(frame, norm);
        long start = System.nanoTime();
        lane.load(frame, norm);
        long loaded = System.nanoTime();
        double times = lane.computeSome();
        long computed = System.nanoTime();
        lane.emit(product);
        return (loaded - start) + (long) (times * (computed - loaded)) + (System.nanoTime() - computed);
    }
}
