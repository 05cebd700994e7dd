package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.accounting.Accounts;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.RunClock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the pipeline's calling thread does while it waits: watches the workers, rolls latency logs, takes rates. */
final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long ROLL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Workers workers;
    private final Accounts accounts;
    private final LatencyRecorder latency;
    private final RunClock clock;
    private final RunState run;
    private volatile double cameraPerSecond;
    private volatile double restoredPerSecond;
    private long lastRoll;
    private long lastAcquired;
    private long lastRestored;
    private boolean logFailed;

    /**
     * @param workers null without a restorer
     */
    Supervisor(Workers workers, Accounts accounts, LatencyRecorder latency, RunClock clock, RunState run) {
        this.workers = workers;
        this.accounts = accounts;
        this.latency = latency;
        this.clock = clock;
        this.run = run;
        this.lastRoll = clock.nanoTime();
    }

    /** Frames committed per second over the last second or so. Any thread. */
    double cameraPerSecond() {
        return cameraPerSecond;
    }

    /** Products released per second over the last second or so. Any thread. */
    double restoredPerSecond() {
        return restoredPerSecond;
    }

    /** Sleeps a moment and looks after what is due. Calling thread only. */
    void turn() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(WATCH_NANOS);
        if (workers != null) {
            workers.watch();
        }
        long now = clock.nanoTime();
        if (now - lastRoll >= ROLL_NANOS) {
            takeRates(now);
            lastRoll = now;
            roll();
        }
    }

    private void takeRates(long now) {
        Accounting counts = accounts.snapshot();
        double seconds = (now - lastRoll) / 1e9;
        cameraPerSecond = (counts.acquired() - lastAcquired) / seconds;
        restoredPerSecond = (counts.restored() - lastRestored) / seconds;
        lastAcquired = counts.acquired();
        lastRestored = counts.restored();
    }

    private void roll() {
        try {
            latency.roll();
        } catch (RuntimeException e) {
            if (!logFailed) {
                logFailed = true;
                LOG.warn("Latency logs can't be written", e);
                run.tell("latency logs could not be written: " + RawLoop.reason(e));
            }
        }
    }
}
