package io.nocturne.sinks.view;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameTap;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts the view on an imagined scene, to look at the page: filaments and vesicles in the light of a few photons, and
 * as "restored" the scene's expectation. Arguments: size, frames per second, seconds, scale of the product, frames
 * lost.
 */
public final class ViewScene {
    private static final int DISTINCT = 24;

    private ViewScene() {}

    public static void main(String[] arguments) {
        int size = number(arguments, 0, 512);
        int rate = number(arguments, 1, 20);
        int seconds = number(arguments, 2, 600);
        int scale = number(arguments, 3, 1);
        int lost = number(arguments, 4, 0);
        StreamSpec stream = new StreamSpec(
                "cam0",
                new FrameSpec(size, size, PixelType.UINT16),
                List.of("GFP"),
                1,
                1,
                0.108,
                Double.NaN,
                12,
                1_000_000_000L / rate,
                1_000_000_000L / rate,
                -1);
        Optional<RestorerSpec> restorer = scale == 0
                ? Optional.empty()
                : Optional.of(new RestorerSpec(
                        "gaussian",
                        "sha256:0f3c8a5d9be1",
                        stream.frame(),
                        new FrameSpec(scale * size, scale * size, PixelType.UINT16),
                        WindowSpec.SINGLE,
                        List.of()));
        SceneTap tap = new SceneTap(stream, scale, rate);
        try (LiveView view = new LiveView(LiveView.Settings.loopback().withPort(8765))) {
            view.attach(tap, stream, restorer, () -> tap.health(lost));
            System.out.println(view.start());
            LockSupport.parkNanos(seconds * 1_000_000_000L);
            System.out.println(view.displayed());
        }
    }

    private static int number(String[] arguments, int place, int otherwise) {
        return arguments.length > place ? Integer.parseInt(arguments[place]) : otherwise;
    }

    /** Frames computed before the start and shown round and round. */
    private static final class SceneTap implements FrameTap {
        private final StreamSpec stream;
        private final int scale;
        private final int rate;
        private final long start = System.nanoTime();
        private final FrameHeader header = new FrameHeader();
        private final ByteBuffer[] raw = new ByteBuffer[DISTINCT];
        private final ByteBuffer[] restored = new ByteBuffer[DISTINCT];

        SceneTap(StreamSpec stream, int scale, int rate) {
            this.stream = stream;
            this.scale = scale;
            this.rate = rate;
            int size = stream.frame().width();
            for (int t = 0; t < DISTINCT; t++) {
                float[] truth = scene(size, t);
                raw[t] = noisy(truth, t);
                restored[t] = scale == 0 ? ByteBuffer.allocate(0) : enlarged(truth, size, scale);
            }
        }

        private static float[] scene(int size, int t) {
            float[] out = new float[size * size];
            Random random = new Random(7);
            double turn = 2 * Math.PI * t / DISTINCT;
            for (int cell = 0; cell < 5; cell++) {
                double cx = size * (0.15 + 0.7 * random.nextDouble());
                double cy = size * (0.15 + 0.7 * random.nextDouble());
                spot(out, size, cx, cy, size * 0.12, 5);
                for (int f = 0; f < 26; f++) {
                    double angle = random.nextDouble() * 2 * Math.PI;
                    double bend = (random.nextDouble() - 0.5) * 0.05;
                    double x = cx;
                    double y = cy;
                    double length = size * (0.1 + 0.18 * random.nextDouble());
                    double wave = 0.02 * Math.sin(turn + f);
                    for (int s = 0; s < length; s++) {
                        angle += bend * 0.35 + wave * 0.06;
                        x += Math.cos(angle);
                        y += Math.sin(angle);
                        spot(out, size, x, y, 1.3, 3.4 * (1 - 0.6 * s / length));
                    }
                }
                for (int v = 0; v < 14; v++) {
                    double phase = random.nextDouble() * 2 * Math.PI;
                    double x = cx + size * 0.16 * random.nextGaussian() + 5 * Math.cos(turn + phase);
                    double y = cy + size * 0.16 * random.nextGaussian() + 5 * Math.sin(turn + phase);
                    spot(out, size, x, y, 2.1, 22 + 30 * random.nextDouble());
                }
            }
            return out;
        }

        private static void spot(float[] out, int size, double cx, double cy, double sigma, double peak) {
            int reach = (int) Math.ceil(3 * sigma);
            for (int y = Math.max(0, (int) cy - reach); y < Math.min(size, cy + reach); y++) {
                for (int x = Math.max(0, (int) cx - reach); x < Math.min(size, cx + reach); x++) {
                    double d = ((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (2 * sigma * sigma);
                    out[y * size + x] += (float) (peak * Math.exp(-d));
                }
            }
        }

        private static ByteBuffer noisy(float[] truth, int seed) {
            Random random = new Random(seed);
            ByteBuffer out = ByteBuffer.allocateDirect(2 * truth.length).order(ByteOrder.nativeOrder());
            for (float photons : truth) {
                double expected = 0.35 * photons + 0.6;
                double shot = expected + Math.sqrt(expected) * random.nextGaussian();
                double counts = 100 + 36 * Math.max(0, shot) + 14 * random.nextGaussian();
                out.putShort((short) Math.max(0, Math.min(4095, Math.round(counts))));
            }
            return out;
        }

        private static ByteBuffer enlarged(float[] truth, int size, int scale) {
            int wide = size * scale;
            ByteBuffer out = ByteBuffer.allocateDirect(2 * wide * wide).order(ByteOrder.nativeOrder());
            for (int y = 0; y < wide; y++) {
                for (int x = 0; x < wide; x++) {
                    double value = at(truth, size, (x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5);
                    out.putShort((short) Math.round(115 + 36 * 0.35 * value));
                }
            }
            return out;
        }

        private static double at(float[] truth, int size, double x, double y) {
            int left = (int) Math.max(0, Math.min(size - 2, Math.floor(x)));
            int top = (int) Math.max(0, Math.min(size - 2, Math.floor(y)));
            double fx = Math.max(0, Math.min(1, x - left));
            double fy = Math.max(0, Math.min(1, y - top));
            double upper = truth[top * size + left] * (1 - fx) + truth[top * size + left + 1] * fx;
            double lower = truth[(top + 1) * size + left] * (1 - fx) + truth[(top + 1) * size + left + 1] * fx;
            return upper * (1 - fy) + lower * fy;
        }

        private long newest() {
            return (System.nanoTime() - start) / 1_000_000 * rate / 1000;
        }

        @Override
        public FrameHeader header() {
            return header;
        }

        @Override
        public boolean copyNewestRestored(long afterIndex, ByteBuffer into) {
            long index = newest() - 1;
            return index > afterIndex && copy(index, FrameState.RESTORED, restored, into);
        }

        @Override
        public boolean copyNewestRaw(long afterIndex, ByteBuffer into) {
            long index = newest();
            return index > afterIndex && copy(index, FrameState.RAW, raw, into);
        }

        @Override
        public boolean copyRaw(long index, ByteBuffer into) {
            return copy(index, FrameState.RAW, raw, into);
        }

        private boolean copy(long index, FrameState state, ByteBuffer[] from, ByteBuffer into) {
            if (index < 0) {
                return false;
            }
            ByteBuffer plane = from[(int) (index % DISTINCT)];
            into.clear().put(0, plane, 0, plane.capacity()).limit(plane.capacity());
            header.reset(state, Cause.NONE, index, 1);
            header.placeByIndex(stream);
            header.committedNanos = start + index * 1_000_000_000L / rate;
            header.coreNanos = header.committedNanos;
            return true;
        }

        String health(int lost) {
            long acquired = newest();
            return ("{'camera':{'rate':%d.0,'acquired':%d},'restored':{'rate':%.1f,'count':%d},"
                            + "'rawOnly':{'NO_FREE_WORKER':%d},'lost':{'RING_FULL':%d},'ring':{'raw':0.03,'restored':0.22},"
                            + "'latencyMicros':{'end-to-end':{'p50':41200,'p99':63800},'intake':{'p50':180,'p99':410},"
                            + "'restore':{'p50':36700,'p99':52100},'raw-disk':{'p50':1900,'p99':6400}},"
                            + "'model':{'name':'gaussian','identity':'sha256:0f3c8a5d9be1'},"
                            + "'disk':{'freeBytes':412300000000,'secondsUntilFull':39600}}")
                    .replace('\'', '"')
                    .formatted(
                            rate,
                            acquired,
                            scale == 0 ? 0.0 : rate - 0.2,
                            acquired - acquired / 100,
                            acquired / 100,
                            lost);
        }
    }
}
