package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.accounting.Accounts;
import io.nocturne.stream.accounting.SinkTally;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameTap;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream's way from source to sinks for one epoch: both rings and every thread on them. Build it, {@link #run} it
 * once on the calling thread, read the report. See the package's picture.
 *
 * <p>The pipeline closes the sinks and the restorer it was given; the source, which may feed a following epoch, the
 * ledger and the latency recorder stay the caller's.
 */
public final class FramePipeline {
    private static final Logger LOG = LoggerFactory.getLogger(FramePipeline.class);
    /** A source that was asked to stop gets this long to return before it is shut out. */
    private static final long SOURCE_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LAST_GRACE_MILLIS = 500;

    private final Builder given;
    private final StreamSpec stream;
    private final PipelineSettings settings;
    private final RunClock clock;
    private final RunState run = new RunState();
    private final Accounts accounts = new Accounts();
    private final LatencyRecorder latency;
    private final LedgerPage notes;
    private final RawRing raw;
    private final RestoredRing restored;
    private final Workers workers;
    private final Intake intake;
    private final RawLoop rawLoop;
    private final OutcomeLoop outcomes;
    private final List<SinkLoop> sinkLoops = new ArrayList<>();
    private final RingWriter writer;
    private final Supervisor supervisor;
    private final Map<String, Thread> threads = new LinkedHashMap<>();
    private FrameSource.SourceEnd sourceEnd = FrameSource.SourceEnd.FINISHED;

    private FramePipeline(Builder given) throws Exception {
        this.given = given;
        this.stream = given.stream;
        this.settings = given.settings;
        this.clock = given.clock;
        this.latency = given.latency;
        this.notes = given.ledger.page();
        raw = new RawRing(stream.frame(), settings.rawSlots());
        FrameSpec product =
                given.restorer == null ? stream.frame() : given.restorer.spec().product();
        int planes = given.restorer == null ? 0 : settings.productPlanes();
        restored = new RestoredRing(product, settings.outcomeSlots(), planes);
        Waiter intakeWaiter = new Waiter();
        workers = given.restorer == null
                ? null
                : new Workers(given.restorer, restored, clock, run, settings, intakeWaiter, latency);
        rawLoop = given.rawSink == null
                ? null
                : new RawLoop(
                        raw,
                        given.rawSink,
                        accounts,
                        given.ledger.page(),
                        stream.name(),
                        given.epoch,
                        clock,
                        run,
                        settings,
                        latency);
        intake = new Intake(
                raw,
                intakeWaiter,
                restored,
                given.restorer,
                workers,
                accounts,
                clock,
                run,
                settings.lossless(),
                latency.stage("intake"),
                stream);
        outcomes = new OutcomeLoop(
                restored, accounts, given.ledger.page(), stream.name(), given.epoch, run, clock, latency);
        for (FrameSink sink : given.sinks) {
            sinkLoops.add(new SinkLoop(restored, sink, accounts, clock, run, settings.drainMillis(), latency));
        }
        // Only a recording can lose frames for want of a fast enough disk; a replay repeats gaps that are history.
        PipelineSettings.RawFailure policy =
                rawLoop == null || settings.lossless() ? PipelineSettings.RawFailure.GAP : settings.onRawFailure();
        writer = new RingWriter(
                raw, stream, accounts, run, clock, policy, given.witness, given.ledger.page(), given.epoch);
        supervisor = new Supervisor(workers, accounts, latency, clock, run);
    }

    /** Starts a pipeline for one epoch of a stream. */
    public static Builder builder(StreamSpec stream) {
        return new Builder(stream);
    }

    /**
     * Off-heap bytes that a pipeline allocates before its start: raw slots, product planes and lanes.
     *
     * @param restorer null for none
     */
    public static long offHeapBytes(StreamSpec stream, Restorer restorer, PipelineSettings settings) {
        long bytes = (long) settings.rawSlots() * stream.frame().bytes();
        if (restorer != null) {
            bytes += (long) settings.productPlanes() * restorer.spec().product().bytes();
            bytes += (long) (settings.workers() + settings.backlog()) * restorer.laneBytes();
        }
        return bytes;
    }

    /** Asks for the end: the source stops, everything in flight is drained. Any thread. */
    public void requestStop() {
        run.requestStop(Cause.STOP_REQUESTED);
    }

    /**
     * Asks for the end at the next whole time point, because another epoch follows with another model: the report's end
     * is then {@link Cause#MODEL_CHANGED}, unless something else ended the run before. Any thread.
     */
    public void requestTurn() {
        run.requestTurn();
    }

    /** A tap for one viewer. Any thread; each tap belongs to one thread. */
    public FrameTap openTap() {
        return new RingTap(raw, restored);
    }

    /** Counters of the moment. Any thread; not for the hot path. */
    public LiveCounters live() {
        return new LiveCounters(
                accounts.snapshot(),
                supervisor.cameraPerSecond(),
                supervisor.restoredPerSecond(),
                raw.fill(),
                restored.fill(),
                latency.recent(),
                workers != null && workers.off());
    }

    private SinkContext context(FrameSpec spec, boolean seesProducts, SinkTally tally, String name) {
        LatencyRecorder.Stage delivered = latency.stage(name, 1);
        LatencyRecorder.Stage endToEnd = latency.stage("end-to-end:" + name, 1);
        Optional<RestorerSpec> restorer =
                seesProducts && given.restorer != null ? Optional.of(given.restorer.spec()) : Optional.empty();
        return new SettlingContext(given.runId, stream, given.epoch, spec, restorer, clock, tally, delivered, endToEnd);
    }

    private void openSinks() throws Exception {
        List<FrameSink> opened = new ArrayList<>();
        try {
            if (rawLoop != null) {
                opened.add(given.rawSink);
                given.rawSink.open(context(stream.frame(), false, rawLoop.tally(), given.rawSink.name()));
            }
            for (SinkLoop loop : sinkLoops) {
                opened.add(loop.sink());
                loop.sink()
                        .open(context(
                                restored.product(),
                                true,
                                loop.tally(),
                                loop.sink().name()));
            }
        } catch (Exception e) {
            for (FrameSink sink : opened) {
                closeQuietly(sink);
            }
            closeRestorer(0);
            throw e;
        }
    }

    /**
     * Runs the epoch to its end, drain included. Once, on the calling thread, which supervises meanwhile.
     *
     * @throws Exception if a sink can't be opened: nothing was started then
     */
    public PipelineReport run() throws Exception {
        openSinks();
        notes.note("epoch", stream.name(), given.epoch, epochNote());
        long started = clock.nanoTime();
        start("outcomes", outcomes);
        for (SinkLoop loop : sinkLoops) {
            start(loop.sink().name(), loop);
        }
        if (rawLoop != null) {
            start(given.rawSink.name(), rawLoop);
        }
        start("intake", intake);
        if (workers != null) {
            workers.start();
        }
        Thread source = start("source", this::feed);
        superviseSource(source);
        Cause endCause = run.endCause() == null ? Cause.COMPLETED : run.endCause();
        drain(endCause);
        Map<String, Long> unprocessed = reconcile();
        int hung = workers == null ? 0 : workers.stop(LAST_GRACE_MILLIS);
        if (hung > 0) {
            run.tell(hung + " restorations never returned; their memory is freed when the program ends");
        }
        closeSinks();
        closeRestorer(hung);
        latency.roll();
        Accounting accounting = accounts.snapshot();
        Cause finalCause = run.endCause() == Cause.RAW_SINK_FAILED ? Cause.RAW_SINK_FAILED : endCause;
        try {
            notes.note(
                    "end",
                    stream.name(),
                    given.epoch,
                    Map.of("cause", finalCause.name(), "acquired", accounting.acquired()));
        } catch (IOException e) {
            run.tell("the ledger's end could not be written: " + RawLoop.reason(e));
        }
        return new PipelineReport(
                finalCause,
                sourceEnd,
                accounting,
                latency.percentiles(),
                unprocessed,
                run.messages(),
                rawLoop != null,
                !settings.lossless(),
                clock.nanoTime() - started);
    }

    /** What is new with this epoch: geometry, and which model restores from its first frame on. */
    private Map<String, Object> epochNote() {
        Map<String, Object> note = new LinkedHashMap<>();
        note.put("frame", stream.frame().toString());
        if (given.restorer != null) {
            note.put("model", given.restorer.spec().name());
            note.put("identity", given.restorer.spec().identity());
        }
        return note;
    }

    private Thread start(String name, Runnable loop) {
        Thread thread = new Thread(loop, "nocturne-" + name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> {
            LOG.error("Thread {} died", t.getName(), e);
            run.tell("an internal error ended " + t.getName() + ": " + e);
            run.requestStop(Cause.SOURCE_FAILED);
        });
        threads.put(name, thread);
        thread.start();
        return thread;
    }

    private void feed() {
        try {
            sourceEnd = given.source.run(writer);
            if (sourceEnd instanceof FrameSource.SourceEnd.NextEpoch) {
                run.requestStop(Cause.GEOMETRY_CHANGED);
            } else {
                run.requestStop(Cause.COMPLETED);
            }
        } catch (Exception e) {
            LOG.error("The source failed", e);
            run.tell("the source failed: " + RawLoop.reason(e));
            run.requestStop(Cause.SOURCE_FAILED);
        }
    }

    private void superviseSource(Thread source) throws InterruptedException {
        long askedToStop = 0;
        while (source.isAlive()) {
            supervisor.turn();
            if (run.stopRequested() && askedToStop == 0) {
                askedToStop = clock.nanoTime();
            }
            if (askedToStop != 0 && clock.nanoTime() - askedToStop > SOURCE_GRACE_NANOS) {
                source.interrupt();
                run.tell("the source did not stop when asked; it was shut out");
                return;
            }
        }
    }

    private void drain(Cause endCause) throws InterruptedException {
        boolean closed = writer.close(endCause);
        long lastProgress = clock.nanoTime();
        long seen = -1;
        boolean gaveUp = false;
        while (!closed || !allFinished()) {
            supervisor.turn();
            closed = closed || writer.close(endCause);
            long progress = progress();
            long now = clock.nanoTime();
            if (progress != seen || (!gaveUp && workers != null && workers.computing())) {
                seen = progress;
                lastProgress = now;
            }
            long patience = gaveUp ? LAST_GRACE_MILLIS : settings.drainMillis();
            if (now - lastProgress > TimeUnit.MILLISECONDS.toNanos(patience)) {
                if (gaveUp || workers == null) {
                    LOG.warn("The drain stood still for {} ms and is given up", patience);
                    run.abort();
                    return;
                }
                gaveUp = true;
                lastProgress = now;
                workers.giveUpAll();
            }
        }
    }

    private boolean allFinished() {
        return intake.finished()
                && outcomes.finished()
                && (rawLoop == null || rawLoop.finished())
                && sinkLoops.stream().allMatch(SinkLoop::finished);
    }

    private long progress() {
        long sum = intake.cursor().released() + outcomes.cursor().released();
        if (rawLoop != null) {
            sum += rawLoop.cursor().released();
        }
        for (SinkLoop loop : sinkLoops) {
            sum += loop.cursor().released();
        }
        return sum;
    }

    /** Counts what nobody processed, so that the sums hold and the report says who stood still. */
    private Map<String, Long> reconcile() throws InterruptedException {
        for (Map.Entry<String, Thread> entry : threads.entrySet()) {
            if (!entry.getKey().equals("source")) {
                entry.getValue().join(LAST_GRACE_MILLIS);
            }
        }
        Map<String, Long> unprocessed = new LinkedHashMap<>();
        if (rawLoop != null && !rawLoop.finished()) {
            long frames = rawLoop.unreached();
            accounts.count(Cause.RAW_DISK_BEHIND, frames);
            rawLoop.tally().unreached(frames);
            unprocessed.put(given.rawSink.name(), frames);
        }
        Accounting sofar = accounts.snapshot();
        long missing = sofar.acquired() - sofar.restored() - sofar.rawOnly() - sofar.failed() - sofar.passed();
        if (missing > 0 && !outcomes.finished()) {
            accounts.count(Cause.DRAINING, missing);
            unprocessed.put("outcomes", missing);
        }
        for (SinkLoop loop : sinkLoops) {
            if (!loop.finished()) {
                long frames = loop.unreached();
                loop.tally().unreached(frames);
                unprocessed.put(loop.sink().name(), frames);
            }
        }
        return unprocessed;
    }

    private void closeSinks() {
        if (rawLoop != null) {
            closeIfIdle(given.rawSink, rawLoop.finished());
        }
        for (SinkLoop loop : sinkLoops) {
            closeIfIdle(loop.sink(), loop.finished());
        }
    }

    private void closeIfIdle(FrameSink sink, boolean finished) {
        Thread thread = threads.get(sink.name());
        if (!finished && thread != null && thread.isAlive()) {
            run.tell("sink " + sink.name() + " hangs and was left open");
        } else {
            closeQuietly(sink);
        }
    }

    private void closeQuietly(FrameSink sink) {
        try {
            sink.close();
        } catch (IOException | RuntimeException e) {
            LOG.error("Sink {} could not be closed", sink.name(), e);
            run.tell("sink " + sink.name() + " could not be closed: " + RawLoop.reason(e));
        }
    }

    private void closeRestorer(int hung) {
        if (given.restorer != null && hung == 0) {
            given.restorer.close();
        }
    }

    /** Collects what a pipeline is made of. */
    public static final class Builder {
        private final StreamSpec stream;
        private String runId = "none";
        private int epoch;
        private PipelineSettings settings = PipelineSettings.live(64, 1);
        private FrameSource source;
        private FrameSink rawSink;
        private Restorer restorer;
        private final List<FrameSink> sinks = new ArrayList<>();
        private Ledger ledger = Ledger.none();
        private LatencyRecorder latency = new LatencyRecorder(null);
        private RunClock clock = RunClock.system();
        private LongConsumer witness;

        private Builder(StreamSpec stream) {
            this.stream = Objects.requireNonNull(stream, "stream");
        }

        public Builder run(String id, int epochNumber) {
            runId = id;
            epoch = epochNumber;
            return this;
        }

        public Builder settings(PipelineSettings value) {
            settings = value;
            return this;
        }

        /** The source, opened; its stream is the one given to {@link #builder}. */
        public Builder source(FrameSource value) {
            source = value;
            return this;
        }

        /** Who records raw frames; none by default. */
        public Builder rawSink(FrameSink value) {
            rawSink = value;
            return this;
        }

        /** What restores; none by default: every frame is then RAW_ONLY(NO_RESTORER). */
        public Builder restorer(Restorer value) {
            restorer = value;
            return this;
        }

        /** Adds a sink on the restored ring. */
        public Builder sink(FrameSink value) {
            sinks.add(value);
            return this;
        }

        public Builder ledger(Ledger value) {
            ledger = value;
            return this;
        }

        public Builder latency(LatencyRecorder value) {
            latency = value;
            return this;
        }

        public Builder clock(RunClock value) {
            clock = value;
            return this;
        }

        /** Told each frame's index right after its commit, on the source thread; for tests of durability. */
        public Builder witness(LongConsumer value) {
            witness = value;
            return this;
        }

        /**
         * Allocates the rings and opens the lanes.
         *
         * @throws IllegalArgumentException if restorer and stream don't fit, or windows don't fit the ring
         * @throws Exception if a lane or a ledger page can't be opened
         */
        public FramePipeline build() throws Exception {
            Objects.requireNonNull(source, "source");
            if (restorer != null && !restorer.spec().input().equals(stream.frame())) {
                throw new IllegalArgumentException("Restorer " + restorer.spec().name() + " takes "
                        + restorer.spec().input() + " frames, the stream has " + stream.frame());
            }
            if (restorer != null && settings.workers() == 0) {
                throw new IllegalArgumentException("A restorer needs at least one worker");
            }
            return new FramePipeline(this);
        }
    }
}
