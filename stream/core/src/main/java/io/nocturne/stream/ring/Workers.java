package io.nocturne.stream.ring;

import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RunClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run the restorer. Any worker takes the oldest loaded lane, so one slow worker holds up its own frame
 * only. A failure is the frame's outcome, never a dead thread; a computation that hangs is cancelled, then given up and
 * its worker replaced; after too many failures in a row the restorer is switched off.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    /** A cancelled computation gets this long to return before it is given up. */
    private static final long CANCEL_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Restorer restorer;
    private final RestoredRing ring;
    private final RunClock clock;
    private final RunState state;
    private final PipelineSettings settings;
    private final Waiter intake;
    private final LatencyRecorder latency;
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private volatile boolean off;
    private volatile boolean stopped;
    private int replacements;

    Workers(
            Restorer restorer,
            RestoredRing ring,
            RunClock clock,
            RunState state,
            PipelineSettings settings,
            Waiter intake,
            LatencyRecorder latency) {
        this.restorer = restorer;
        this.ring = ring;
        this.clock = clock;
        this.state = state;
        this.settings = settings;
        this.intake = intake;
        this.latency = latency;
        for (int i = 0; i < settings.workers() + settings.backlog(); i++) {
            lanes.add(new Lane(restorer.openLane()));
        }
    }

    void start() {
        for (int i = 0; i < settings.workers(); i++) {
            startWorker();
        }
    }

    private void startWorker() {
        Worker worker = new Worker(workers.size());
        workers.add(worker);
        worker.thread.start();
    }

    /** True once the restorer is switched off. Any thread. */
    boolean off() {
        return off;
    }

    /** Switches the restorer off for good. Any thread. */
    void switchOff(String why) {
        if (!off) {
            off = true;
            LOG.warn("Restoring is switched off: {}. Raw frames are still recorded.", why);
            state.tell("restoring was switched off: " + why);
        }
    }

    /** A lane to load, or null if all are busy. Intake thread; follow with {@link #submit} or {@link #putBack}. */
    Lane takeFree() {
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            if (lane.state.get() == Lane.FREE && lane.state.compareAndSet(Lane.FREE, Lane.LOADING)) {
                return lane;
            }
        }
        return null;
    }

    boolean hasFree() {
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.get(i).state.get() == Lane.FREE) {
                return true;
            }
        }
        return false;
    }

    void putBack(Lane lane) {
        lane.state.set(Lane.FREE);
    }

    /** Hands a loaded lane over. Intake thread. */
    void submit(Lane lane) {
        lane.state.set(Lane.LOADED);
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            if (worker.waiter.isParked()) {
                worker.waiter.wake();
                return;
            }
        }
    }

    /** True while a computation runs within its limit: the drain isn't stuck. Any thread. */
    boolean computing() {
        for (Lane lane : lanes) {
            int s = lane.state.get();
            if (s == Lane.RUNNING || s == Lane.EMITTING) {
                return settings.maxRunMillis() > 0;
            }
        }
        return false;
    }

    /** Cancels and gives up computations over their limit. Supervisor thread, often. */
    void watch() {
        if (settings.maxRunMillis() > 0) {
            long limit = TimeUnit.MILLISECONDS.toNanos(settings.maxRunMillis());
            long now = clock.nanoTime();
            for (Lane lane : lanes) {
                long since = lane.runningSinceNanos;
                if (since == 0 || lane.state.get() != Lane.RUNNING) {
                    lane.cancelled = false;
                } else if (now - since > limit + CANCEL_GRACE_NANOS) {
                    if (giveUp(lane, Lane.RUNNING, FrameState.FAILED, Cause.RESTORER_TIMED_OUT)) {
                        LOG.warn(
                                "A restoration ran over {} ms and did not answer to cancelling",
                                settings.maxRunMillis());
                        failed("a run took longer than maxRunMillis = " + settings.maxRunMillis());
                        replaceWorker();
                    }
                } else if (now - since > limit && !lane.cancelled) {
                    lane.cancelled = true;
                    lane.work.cancel();
                }
            }
        }
        if (off) {
            for (Lane lane : lanes) {
                giveUp(lane, Lane.LOADED, FrameState.RAW_ONLY, Cause.RESTORER_OFF);
            }
        }
    }

    /** Gives up everything under way: the drain's deadline has passed. Supervisor thread. */
    void giveUpAll() {
        for (Lane lane : lanes) {
            lane.work.cancel();
            giveUp(lane, Lane.RUNNING, FrameState.FAILED, Cause.RESTORER_TIMED_OUT);
            giveUp(lane, Lane.LOADED, FrameState.RAW_ONLY, Cause.DRAINING);
        }
    }

    private boolean giveUp(Lane lane, int from, FrameState outcome, Cause cause) {
        if (!lane.state.compareAndSet(from, Lane.ABANDONED)) {
            return false;
        }
        FrameHeader header = lane.outcome.header;
        header.state = outcome;
        header.cause = cause;
        header.restoreStartNanos = lane.runningSinceNanos;
        header.restoreEndNanos = 0;
        ring.publish(lane.sequence);
        if (from == Lane.LOADED) {
            lane.state.set(Lane.FREE);
            intake.wake();
        }
        return true;
    }

    private void replaceWorker() {
        if (off || replacements >= settings.failuresBeforeOff()) {
            return;
        }
        replacements++;
        lanes.add(new Lane(restorer.openLane()));
        startWorker();
    }

    private void failed(String why) {
        if (failuresInARow.incrementAndGet() >= settings.failuresBeforeOff()) {
            switchOff(settings.failuresBeforeOff() + " failures in a row, the last: " + why);
        }
    }

    /**
     * Ends the workers and closes the lanes of those that returned; a hung computation keeps its lane's memory.
     *
     * @return workers that did not return in time
     */
    int stop(long waitMillis) {
        stopped = true;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        int hung = 0;
        for (Worker worker : workers) {
            worker.waiter.wake();
            try {
                worker.thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (worker.thread.isAlive()) {
                hung++;
            }
        }
        for (Lane lane : new ArrayList<>(lanes)) {
            int s = lane.state.get();
            if (s == Lane.FREE || s == Lane.LOADED) {
                lane.work.close();
            }
        }
        return hung;
    }

    private final class Worker implements Runnable {
        final Waiter waiter = new Waiter();
        final Thread thread;
        private final LatencyRecorder.Stage waited;
        private final LatencyRecorder.Stage restore;

        Worker(int number) {
            thread = new Thread(this, "nocturne-worker-" + number);
            thread.setDaemon(true);
            // Each stage has a single writing thread; totals of all workers are added up by name.
            waited = latency.stage("wait", number);
            restore = latency.stage("restore", number);
        }

        @Override
        public void run() {
            while (!stopped) {
                Lane lane = takeOldestLoaded();
                if (lane == null) {
                    waiter.await(() -> stopped || anyLoaded());
                } else {
                    restore(lane);
                    intake.wake();
                }
            }
        }

        private Lane takeOldestLoaded() {
            while (true) {
                Lane oldest = null;
                for (int i = 0; i < lanes.size(); i++) {
                    Lane lane = lanes.get(i);
                    if (lane.state.get() == Lane.LOADED && (oldest == null || lane.sequence < oldest.sequence)) {
                        oldest = lane;
                    }
                }
                if (oldest == null || oldest.state.compareAndSet(Lane.LOADED, Lane.RUNNING)) {
                    return oldest;
                }
            }
        }

        private boolean anyLoaded() {
            for (int i = 0; i < lanes.size(); i++) {
                if (lanes.get(i).state.get() == Lane.LOADED) {
                    return true;
                }
            }
            return false;
        }

        private void restore(Lane lane) {
            long start = clock.nanoTime();
            lane.runningSinceNanos = start;
            Throwable failure = null;
            try {
                lane.work.compute();
            } catch (Throwable t) {
                failure = t;
            }
            if (!lane.state.compareAndSet(Lane.RUNNING, Lane.EMITTING)) {
                // Given up meanwhile: the frame has left as FAILED and its slot has moved on.
                lane.runningSinceNanos = 0;
                lane.state.set(Lane.FREE);
                return;
            }
            lane.runningSinceNanos = 0;
            FrameHeader header = lane.outcome.header;
            header.restoreStartNanos = start;
            if (failure == null) {
                try {
                    header.clippedPixels = lane.work.emit(lane.product.plane.clear());
                } catch (RuntimeException | Error e) {
                    failure = e;
                }
            }
            header.restoreEndNanos = clock.nanoTime();
            if (failure == null) {
                header.state = FrameState.RESTORED;
                header.cause = Cause.NONE;
                lane.product.header.copyFrom(header);
                lane.product.endWrite(lane.sequence);
                failuresInARow.set(0);
            } else {
                header.state = FrameState.FAILED;
                header.cause = Cause.RESTORER_THREW;
                if (failuresInARow.get() == 0) {
                    LOG.warn("Restoring frame {} failed", header.index, failure);
                }
                failed(String.valueOf(failure.getMessage() == null ? failure : failure.getMessage()));
            }
            waited.record(header.intakeNanos, start);
            restore.record(start, header.restoreEndNanos);
            ring.publish(lane.sequence);
            lane.state.set(Lane.FREE);
        }
    }
}
