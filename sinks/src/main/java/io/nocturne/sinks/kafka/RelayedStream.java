package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Header;

/**
 * One epoch of one stream on its way through a worker: raw frames in, their products out, in the same order, several under
 * way at a time. The relay's thread only; the computing is done by the executor's.
 *
 * <p>A product depends on nothing but the records: normalisation values from the frame's own headers, neighbours from the
 * frames before it. So whichever worker takes over gives the same pixels.
 */
final class RelayedStream implements Closeable {
    /** A record for the topic of products. */
    static final class Product {
        final FrameState state;
        final long timestampMillis;
        final List<Header> headers;
        /** Used again once it was sent. */
        final byte[] value;
        /** Of the frame; empty for records without one. */
        final FrameHeader header;

        Product(FrameState state, long timestampMillis, List<Header> headers, byte[] value, FrameHeader header) {
            this.state = state;
            this.timestampMillis = timestampMillis;
            this.headers = headers;
            this.value = value;
            this.header = header;
        }
    }

    private static final byte[] NO_PIXELS = new byte[0];

    /** A clock for records: every stamp is in nanoseconds since 1970 already. */
    static final RunClock WALL = new RunClock() {
        private final RunClock system = RunClock.system();

        @Override
        public long nanoTime() {
            return system.epochNanos(system.nanoTime());
        }

        @Override
        public long epochNanos(long nanoTime) {
            return nanoTime;
        }
    };

    private final StreamSpec stream;
    private final int epoch;
    private final Restorer restorer;
    private final ExecutorService workers;
    private final FrameCodec codec;
    private final FrameHeaders headers;
    private final byte[] value;
    private final Deque<Lane> free = new ArrayDeque<>();
    private final Deque<Lane> busy = new ArrayDeque<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<List<Integer>, Deque<Kept>> history = new HashMap<>();
    private final long startOffset;

    /** A frame that later windows may need. */
    private record Kept(RelayedFrame frame, long offset) {}

    /** One place to work; the worker's from submit to the future's end. */
    private static final class Lane {
        final RestoreLane work;
        final ByteBuffer product;
        FrameHeader header = new FrameHeader();
        Future<?> done;

        Lane(RestoreLane work, FrameSpec product) {
            this.work = work;
            this.product = ByteBuffer.allocateDirect(product.bytes()).order(ByteOrder.nativeOrder());
        }

        void run() {
            header.restoreStartNanos = WALL.nanoTime();
            try {
                work.compute();
                header.clippedPixels = work.emit(product.clear());
                header.state = FrameState.RESTORED;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                fail();
            } catch (Exception e) {
                fail();
            }
            header.restoreEndNanos = WALL.nanoTime();
        }

        private void fail() {
            header.state = FrameState.FAILED;
            header.cause = Cause.RESTORER_THREW;
        }
    }

    /** The run that a record tells of, as the headers' writer sees it. */
    private record Told(String runId, StreamSpec stream, int epoch, FrameSpec spec, Optional<RestorerSpec> restorer)
            implements SinkContext {
        @Override
        public RunClock clock() {
            return WALL;
        }

        @Override
        public void settled(long index, long coreNanos, long committedNanos, FrameSink.Delivery delivery) {
            throw new IllegalStateException("Nothing settles here");
        }
    }

    /**
     * @param start the record that began the epoch
     * @param offset its offset
     * @param restorer closed with this
     * @param lanes frames under way at a time
     */
    RelayedStream(FrameRecord start, long offset, Restorer restorer, int lanes, ExecutorService workers)
            throws KafkaSetupException, MalformedFrameException {
        this.stream = FrameHeaders.streamOf(start);
        this.startOffset = offset;
        this.epoch = start.epoch();
        this.restorer = restorer;
        this.workers = workers;
        RestorerSpec spec = restorer.spec();
        requireFit(start, spec);
        codec = new FrameCodec(stream.name(), spec.product());
        value = codec.newRecord();
        headers = new FrameHeaders(
                new Told(start.run(), stream, epoch, spec.product(), Optional.of(spec)),
                start.pass(),
                KafkaContent.FRAMES);
        for (int i = 0; i < lanes; i++) {
            Lane lane = new Lane(restorer.openLane(), spec.product());
            this.lanes.add(lane);
            free.add(lane);
        }
    }

    private static void requireFit(FrameRecord start, RestorerSpec spec) throws KafkaSetupException {
        WindowSpec window = spec.window();
        boolean past = window.axis() == WindowSpec.Axis.TIME && window.after() == 0;
        if (window.axis() != WindowSpec.Axis.NONE && !past) {
            throw new KafkaSetupException("Model " + spec.name() + " needs " + window.axis() + " neighbours (" + window
                    + "); a worker restores single frames, or frames with earlier ones. Restore such a model where the"
                    + " camera is, or afterwards with 'restore --in RUN'");
        }
        String told = start.header(FrameHeaders.MODEL_IDENTITY).orElse("none");
        if (!told.equals(spec.identity())) {
            throw new KafkaSetupException("The frames of run " + start.run() + " were normalised for model "
                    + start.header(FrameHeaders.MODEL).orElse("none") + " (" + told + "), this worker has "
                    + spec.name()
                    + " (" + spec.identity() + "): start it with the run's own model");
        }
    }

    int epoch() {
        return epoch;
    }

    long startOffset() {
        return startOffset;
    }

    /** The record that begins the epoch's products. */
    Product start(FrameRecord raw) {
        return new Product(FrameState.RAW_ONLY, raw.timestampMillis(), headers.ofStart(), NO_PIXELS, new FrameHeader());
    }

    /** Takes a frame for later windows only: it was restored before. */
    void remember(FrameRecord raw, long offset) throws MalformedFrameException {
        keep(
                RelayedFrame.raw(
                        pixels(raw), FrameHeaders.read(raw, restorer.spec().normNames())),
                offset);
    }

    /**
     * Begins to restore a frame. Products that are ready, or that it has to wait for, go out first.
     *
     * @param offset of its record
     */
    void restore(FrameRecord raw, long offset, Consumer<Product> out)
            throws MalformedFrameException, InterruptedException {
        FrameHeader header = FrameHeaders.read(raw, restorer.spec().normNames());
        RelayedFrame frame = RelayedFrame.raw(pixels(raw), header);
        List<RelayedFrame> window = window(frame);
        if (free.isEmpty()) {
            finishOldest(out);
        }
        Lane lane = free.remove();
        lane.header = new FrameHeader();
        lane.header.copyFrom(header);
        lane.header.intakeNanos = WALL.nanoTime();
        try {
            lane.work.load(new Window(window), header.norm);
        } catch (RuntimeException e) {
            free.add(lane);
            throw e;
        }
        lane.done = workers.submit(lane::run);
        busy.add(lane);
        keep(frame, offset);
    }

    private Ad00Frame pixels(FrameRecord raw) throws MalformedFrameException {
        Ad00Frame frame =
                raw.frame().orElseThrow(() -> new MalformedFrameException("Frame " + raw.index() + " has no pixels"));
        if (!frame.spec().equals(stream.frame())) {
            throw new MalformedFrameException(
                    "Frame " + raw.index() + " is " + frame.spec() + ", but its epoch has " + stream.frame());
        }
        return frame;
    }

    private record Window(List<RelayedFrame> frames) implements FrameWindow {
        @Override
        public int size() {
            return frames.size();
        }

        @Override
        public FrameView frame(int i) {
            return frames.get(i);
        }

        @Override
        public FrameView target() {
            return frames.get(frames.size() - 1);
        }
    }

    private Deque<Kept> past(FrameView frame) {
        return history.computeIfAbsent(
                List.of(frame.channel(), frame.zSlice(), frame.position()), place -> new ArrayDeque<>());
    }

    /** The frame behind those before it; where there are too few, the earliest is repeated. */
    private List<RelayedFrame> window(RelayedFrame frame) {
        List<RelayedFrame> frames = new ArrayList<>();
        past(frame).forEach(kept -> frames.add(kept.frame()));
        frames.add(frame);
        while (frames.size() < restorer.spec().window().before() + 1) {
            frames.add(0, frames.get(0));
        }
        return frames;
    }

    private void keep(RelayedFrame frame, long offset) {
        Deque<Kept> past = past(frame);
        past.addLast(new Kept(frame, offset));
        while (past.size() > restorer.spec().window().before()) {
            past.removeFirst();
        }
    }

    /** A frame is missing here: no window spans it. */
    void interrupt() {
        history.clear();
    }

    /** Offset of the oldest frame that a later window may need; {@code next} if none is. */
    long windowOffset(long next) {
        return history.values().stream()
                .flatMap(Deque::stream)
                .mapToLong(Kept::offset)
                .min()
                .orElse(next);
    }

    /** Waits for all that is under way and hands it out. */
    void finish(Consumer<Product> out) throws InterruptedException {
        while (!busy.isEmpty()) {
            finishOldest(out);
        }
    }

    private void finishOldest(Consumer<Product> out) throws InterruptedException {
        Lane lane = busy.remove();
        try {
            lane.done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A worker's thread failed", e.getCause());
        } finally {
            free.add(lane);
        }
        FrameHeader header = lane.header;
        RelayedFrame product = new RelayedFrame(restorer.spec().product(), header, lane.product);
        byte[] bytes = NO_PIXELS;
        long crc = -1;
        long captured = header.coreNanos != 0 ? header.coreNanos : header.committedNanos;
        if (product.hasPixels()) {
            codec.encode(product, epoch, captured, value);
            crc = codec.lastCrc32c();
            bytes = value;
        }
        out.accept(new Product(header.state, captured / 1_000_000, headers.of(product, crc), bytes, header));
    }

    @Override
    public void close() {
        for (Lane lane : busy) {
            lane.work.cancel();
        }
        boolean interrupted = false;
        for (Lane lane : busy) {
            try {
                lane.done.get();
            } catch (ExecutionException | InterruptedException e) {
                interrupted |= e instanceof InterruptedException;
            }
        }
        lanes.forEach(lane -> lane.work.close());
        restorer.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
