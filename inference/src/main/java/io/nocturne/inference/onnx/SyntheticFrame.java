package io.nocturne.inference.onnx;

import io.nocturne.inference.Normalizer;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** A dim, noisy frame for warming up and timing; a window shows it many times. */
final class SyntheticFrame implements FrameView, FrameWindow {
    private final FrameSpec spec;
    private final int frames;
    private final ByteBuffer pixels;
    private final ByteBuffer product;
    private final double[] norm = new double[RestorerSpec.MAX_NORM];

    SyntheticFrame(StreamSpec stream, RestorerSpec restorer) {
        spec = stream.frame();
        frames = restorer.window().size(stream.zSlices());
        pixels = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
        product = ByteBuffer.allocateDirect(restorer.product().bytes()).order(ByteOrder.nativeOrder());
        Random random = new Random(1);
        for (int i = 0; i < spec.pixels(); i++) {
            double wave = Math.sin(i % spec.width() / 9.0) * Math.sin((double) i / spec.width() / 9);
            double counts = Math.max(0, 100 + 40 * wave + 8 * random.nextGaussian());
            switch (spec.pixelType()) {
                case UINT8 -> pixels.put(i, (byte) counts);
                case UINT16 -> pixels.putShort(2 * i, (short) counts);
                case FLOAT32 -> pixels.putFloat(4 * i, (float) counts);
            }
        }
    }

    /** Makes one product and tells how many nanoseconds it took. */
    long restore(RestoreLane lane, Normalizer normalizer) throws Exception {
        normalizer.observe(this, norm);
        long start = System.nanoTime();
        lane.load(this, norm);
        lane.compute();
        lane.emit(product);
        return System.nanoTime() - start;
    }

    /** Makes part of one product and tells how many nanoseconds the whole would take. */
    long begin(OnnxLane lane, Normalizer normalizer) throws Exception {
        normalizer.observe(this, norm);
        long start = System.nanoTime();
        lane.load(this, norm);
        long loaded = System.nanoTime();
        double times = lane.computeSome();
        long computed = System.nanoTime();
        lane.emit(product);
        return (loaded - start) + (long) (times * (computed - loaded)) + (System.nanoTime() - computed);
    }

    @Override
    public int size() {
        return frames;
    }

    @Override
    public FrameView frame(int i) {
        return this;
    }

    @Override
    public FrameView target() {
        return this;
    }

    @Override
    public FrameState state() {
        return FrameState.RAW;
    }

    @Override
    public Cause cause() {
        return Cause.NONE;
    }

    @Override
    public FrameSpec spec() {
        return spec;
    }

    @Override
    public long index() {
        return 0;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public long cameraNumber() {
        return -1;
    }

    @Override
    public int channel() {
        return 0;
    }

    @Override
    public int zSlice() {
        return 0;
    }

    @Override
    public int position() {
        return 0;
    }

    @Override
    public long timePoint() {
        return 0;
    }

    @Override
    public long exposureNanos() {
        return 0;
    }

    @Override
    public long exposedNanos() {
        return 0;
    }

    @Override
    public long coreNanos() {
        return 0;
    }

    @Override
    public long receivedNanos() {
        return 0;
    }

    @Override
    public long committedNanos() {
        return 0;
    }

    @Override
    public long intakeNanos() {
        return 0;
    }

    @Override
    public long restoreStartNanos() {
        return 0;
    }

    @Override
    public long restoreEndNanos() {
        return 0;
    }

    @Override
    public int normCount() {
        return 0;
    }

    @Override
    public double norm(int i) {
        throw new IndexOutOfBoundsException(i);
    }

    @Override
    public int clippedPixels() {
        return 0;
    }

    @Override
    public ByteBuffer pixels() {
        return pixels.rewind();
    }
}
