package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounts;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread between the rings. In capture order it advances the statistics with every frame, decides which frames
 * are restored, loads them into lanes and claims their place in the restored ring. Live it never waits: no free lane or
 * plane makes a frame raw-only, so frames are thinned evenly and raw disk never feels it. Offline it waits and skips
 * nothing.
 */
final class Intake implements Runnable {
    private static final long SINK_POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final RawRing raw;
    private final RingCursor cursor;
    private final Waiter waiter;
    private final SlotView[] views;
    private final int mask;
    private final RestoredRing restored;
    private final Restorer restorer;
    private final Workers workers;
    private final Accounts accounts;
    private final RunClock clock;
    private final RunState run;
    private final boolean lossless;
    private final StreamSpec stream;
    private final LatencyRecorder.Stage latency;
    private final WindowTracker tracker;
    private final Window window;
    private final double[] observed;
    private final int normCount;
    /** Outcomes that found the restored ring's headers full; runs of equal ones are merged. */
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    private boolean observing;
    private volatile boolean finished;

    Intake(
            RawRing raw,
            Waiter waiter,
            RestoredRing restored,
            Restorer restorer,
            Workers workers,
            Accounts accounts,
            RunClock clock,
            RunState run,
            boolean lossless,
            LatencyRecorder.Stage latency,
            StreamSpec stream) {
        this.raw = raw;
        this.waiter = waiter;
        this.cursor = raw.cursor(waiter);
        this.views = raw.views();
        this.mask = raw.slots() - 1;
        this.restored = restored;
        this.restorer = restorer;
        this.workers = workers;
        this.accounts = accounts;
        this.clock = clock;
        this.run = run;
        this.lossless = lossless;
        this.stream = stream;
        this.latency = latency;
        WindowSpec spec = restorer == null ? WindowSpec.SINGLE : restorer.spec().window();
        this.tracker = new WindowTracker(spec, stream, raw.slots());
        this.window = new Window(spec.size(stream.zSlices()));
        this.normCount = restorer == null ? 0 : restorer.spec().normNames().size();
        this.observed = new double[normCount];
        this.observing = restorer != null;
    }

    RingCursor cursor() {
        return cursor;
    }

    /** True once the END entry has been passed on. Any thread. */
    boolean finished() {
        return finished;
    }

    @Override
    public void run() {
        boolean end = false;
        while (!end && !run.aborted()) {
            if (!cursor.ready()) {
                if (!held.isEmpty()) {
                    flushHeld();
                }
                cursor.await();
                continue;
            }
            long sequence = cursor.next();
            FrameHeader header = raw.get(sequence).header;
            end = header.state == FrameState.END;
            accept(sequence, header);
            cursor.step();
            pump();
            cursor.release(tracker.oldestNeeded(cursor.next()) - 1);
        }
        if (!run.aborted()) {
            finished = true;
        }
    }

    private void accept(long sequence, FrameHeader header) {
        if (header.state != FrameState.RAW) {
            tracker.marker(sequence);
            return;
        }
        header.intakeNanos = clock.nanoTime();
        latency.record(header.committedNanos, header.intakeNanos);
        if (observing) {
            observe(sequence, header);
        }
        tracker.frame(sequence, header);
    }

    private void observe(long sequence, FrameHeader header) {
        try {
            restorer.observe(views[(int) sequence & mask], observed);
        } catch (RuntimeException | Error e) {
            observing = false;
            workers.switchOff("its statistics failed at frame " + header.index + ": " + e);
            return;
        }
        if (!header.normPreset) {
            System.arraycopy(observed, 0, header.norm, 0, normCount);
            header.normCount = normCount;
        }
    }

    private void pump() {
        while (!run.aborted()) {
            long head = tracker.head();
            switch (tracker.verdict()) {
                case WAIT -> {
                    return;
                }
                case MARKER -> leave(raw.get(head).header, raw.get(head).header.state, raw.get(head).header.cause);
                case MEMBER -> leave(raw.get(head).header, FrameState.RAW_ONLY, Cause.STACK_MEMBER);
                case INCOMPLETE -> leave(raw.get(head).header, FrameState.RAW_ONLY, Cause.STACK_INCOMPLETE);
                case PRODUCT -> product(head, raw.get(head).header);
            }
            tracker.pop();
        }
    }

    private void product(long head, FrameHeader header) {
        if (header.alreadyRestored) {
            accounts.passed();
            return;
        }
        if (restorer == null || !restorer.restores(header.channel)) {
            leave(header, FrameState.RAW_ONLY, Cause.NO_RESTORER);
            return;
        }
        if (workers.off()) {
            leave(header, FrameState.RAW_ONLY, Cause.RESTORER_OFF);
            return;
        }
        Cause obstacle = obstacle();
        while (obstacle != null && lossless && !run.aborted()) {
            if (workers.off()) {
                leave(header, FrameState.RAW_ONLY, Cause.RESTORER_OFF);
                return;
            }
            pause(obstacle);
            obstacle = obstacle();
        }
        if (obstacle != null) {
            leave(header, FrameState.RAW_ONLY, obstacle);
            return;
        }
        load(head, header);
    }

    /** What keeps a product from being started now, null if nothing does. */
    private Cause obstacle() {
        flushHeld();
        if (!workers.hasFree()) {
            return Cause.NO_FREE_WORKER;
        }
        if (restored.freePlane() < 0) {
            return restored.waitsForWorker() ? Cause.NO_FREE_WORKER : Cause.SINK_BEHIND;
        }
        return held.isEmpty() && restored.hasRoom() ? null : Cause.SINK_BEHIND;
    }

    private void load(long head, FrameHeader header) {
        Lane lane = workers.takeFree();
        long sequence = restored.claim();
        Outcome outcome = restored.get(sequence);
        outcome.header.copyFrom(header);
        try {
            tracker.resolve(window.sequences);
            window.target = views[(int) head & mask];
            lane.work.load(window, header.norm);
        } catch (RuntimeException | Error e) {
            workers.putBack(lane);
            workers.switchOff("frame " + header.index + " could not be loaded: " + e);
            outcome.header.state = FrameState.FAILED;
            outcome.header.cause = Cause.RESTORER_THREW;
            restored.publish(sequence);
            return;
        }
        lane.sequence = sequence;
        lane.outcome = outcome;
        lane.product = restored.assign(sequence, restored.freePlane());
        workers.submit(lane);
    }

    /** Passes an outcome without pixels on. */
    private void leave(FrameHeader header, FrameState state, Cause cause) {
        if (header.alreadyRestored && state == FrameState.RAW_ONLY) {
            accounts.passed();
            return;
        }
        flushHeld();
        while (!(held.isEmpty() && restored.hasRoom())) {
            if (!lossless && state != FrameState.END) {
                hold(header.index, header.count, state, cause);
                return;
            }
            if (run.aborted()) {
                return;
            }
            pause(Cause.SINK_BEHIND);
            flushHeld();
        }
        long sequence = restored.claim();
        FrameHeader out = restored.get(sequence).header;
        out.copyFrom(header);
        out.state = state;
        out.cause = cause;
        restored.publish(sequence);
    }

    private void hold(long index, int count, FrameState state, Cause cause) {
        Held last = held.peekLast();
        if (last != null && last.state == state && last.cause == cause && last.index + last.count == index) {
            last.count += count;
        } else {
            held.add(new Held(index, count, state, cause));
        }
    }

    private void flushHeld() {
        while (!held.isEmpty() && restored.hasRoom()) {
            Held first = held.remove();
            long sequence = restored.claim();
            FrameHeader out = restored.get(sequence).header;
            out.reset(first.state, first.cause, first.index, first.count);
            out.placeByIndex(stream);
            restored.publish(sequence);
        }
    }

    /** Waits a moment for what stands in the way: workers wake intake at each frame, sinks don't. */
    private void pause(Cause obstacle) {
        if (obstacle == Cause.NO_FREE_WORKER && !workers.hasFree()) {
            waiter.await(workers::hasFree);
        } else {
            LockSupport.parkNanos(this, SINK_POLL_NANOS);
        }
    }

    /** Outcomes held back; a range stands for several frames. */
    private static final class Held {
        final long index;
        final FrameState state;
        final Cause cause;
        int count;

        Held(long index, int count, FrameState state, Cause cause) {
            this.index = index;
            this.count = count;
            this.state = state;
            this.cause = cause;
        }
    }

    /** The window handed to a lane; one object, pointed at the next frames. */
    private final class Window implements FrameWindow {
        final long[] sequences;
        FrameView target;

        Window(int size) {
            sequences = new long[size];
        }

        @Override
        public int size() {
            return sequences.length;
        }

        @Override
        public FrameView frame(int i) {
            return views[(int) sequences[i] & mask];
        }

        @Override
        public FrameView target() {
            return target;
        }
    }
}
