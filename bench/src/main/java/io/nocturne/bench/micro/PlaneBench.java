package io.nocturne.bench.micro;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.BenchFrame;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.TileBlender;
import io.nocturne.inference.TileLoader;
import io.nocturne.inference.TilePlan;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Passes over a whole uint16 frame: what one frame costs a thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PlaneBench {
    /** Width and height. */
    @Param({"512", "2048"})
    public int size;

    private final double[] norm = {100, 40_000};
    private final CRC32C crc = new CRC32C();
    private BenchFrame frame;
    private ByteBuffer plane;
    private FloatBuffer tensor;
    private TileLoader loader;
    private TileBlender blender;

    /** Fills a frame with a pattern. */
    @Setup
    public void fill() {
        FrameSpec spec = new FrameSpec(size, size, PixelType.UINT16);
        frame = new BenchFrame(StreamSpec.movie("cam0", spec, 0, 1)).draft(0);
        PatternSource.fill(frame.pixels(), PixelType.UINT16, 0);
        frame.commit(0);
        plane = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
        TilePlan plan = TilePlan.whole(size, size, 1, 1);
        Normalization rule = Normalization.percentile(1, 99);
        loader = new TileLoader(spec, plan, 1, rule);
        blender = new TileBlender(plan, 1, spec, rule);
        tensor = ByteBuffer.allocateDirect(Math.toIntExact(Float.BYTES * loader.floats()))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        loader.load(frame, norm, tensor);
    }

    /** From the camera's buffer into a slot. */
    @Benchmark
    public ByteBuffer copy() {
        return plane.clear().put(frame.pixels());
    }

    /** Checksum of a plane. */
    @Benchmark
    public long crc32c() {
        crc.reset();
        crc.update(frame.pixels());
        return crc.getValue();
    }

    /** uint16 to normalised float32, into the tensor. */
    @Benchmark
    public FloatBuffer load() {
        loader.load(frame, norm, tensor);
        return tensor;
    }

    /** float32 back to counts: rounded, clipped, counted. */
    @Benchmark
    public int emit() {
        return blender.emit(tensor, norm, plane.clear());
    }
}
