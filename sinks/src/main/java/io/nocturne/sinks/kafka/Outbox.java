package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameSink.Delivery;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one stream's records in order on their way to Kafka, through the broker's absences.
 *
 * <pre>
 *                   budget full, send refused
 *      CONNECTED ------------------------------> REPLAYING <---- reconnected ---- SPILLING
 *      sink sends                                sink spills                      sink spills
 *          |    <------ backlog empty --------   courier sends the backlog        courier reconnects
 *          |                                            |                             ^
 *          +------------- a record failed --------------+-----------------------------+
 * </pre>
 *
 * <p>A record is in exactly one of two queues: <i>in flight</i> (with the producer) or <i>backlog</i> (on disk); all of the
 * backlog is newer than all that is in flight. When a record fails, its producer is closed at once, so that nothing later
 * can overtake it, and all that was in flight goes back to the head of the backlog. What the broker had stored of it is
 * then sent twice; nothing is ever sent out of order.
 *
 * <p>Three threads: the sink's calls {@link #offer} and, unless told to be patient, never waits for the broker (for the
 * local disk, while spilling);
 * the producer's own runs the callbacks; the courier, started here, reconnects and replays. All state is guarded by one
 * lock, never held while connecting, closing a producer, reading the spill or telling the pipeline.
 */
final class Outbox implements Closeable {
    enum State {
        /** Records go straight to the producer; the backlog is empty. */
        CONNECTED,
        /** No producer: records go to the spill. */
        SPILLING,
        /** There is a producer, and the courier feeds it the backlog; new records still go to the spill. */
        REPLAYING
    }

    /** Makes a producer that has just heard from the broker. */
    interface Connector {
        /**
         * Connects.
         *
         * @param cancelled asked now and then; once true, give up
         * @throws IOException if the broker can't be reached
         */
        Producer<byte[], byte[]> connect(BooleanSupplier cancelled) throws IOException;
    }

    /** Hears what became of each record; any thread, no lock held. */
    interface Listener {
        void settled(Receipt receipt, Delivery delivery);
    }

    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final String REFUSED = "Kafka refuses this record for good: ";

    private final String topic;
    private final RecordPool pool;
    private final boolean patient;
    private final Listener listener;
    private final Episode episode;
    private final Thread courier;

    private final ReentrantLock lock = new ReentrantLock();
    /** The sink's: something was acknowledged, or the state has changed. */
    private final Condition eased = lock.newCondition();
    /** The courier's: there may be something to do. While all goes well it sleeps through. */
    private final Condition work = lock.newCondition();

    private volatile boolean closing;
    /** Whether anything was acknowledged since the courier last connected. */
    private volatile boolean progressed;
    /** Why a record last failed or was lost; null while none has. */
    private volatile String trouble;

    // All guarded by lock.
    private State state;
    private Producer<byte[], byte[]> producer;
    /** Counts producers: a callback of an earlier one concerns a record that has since moved. */
    private int generation;

    private final InFlight inFlight;
    private final Backlog backlog;
    private RuntimeException refusal;
    private long acknowledged;
    private long replayed;
    private long repeats;

    /**
     * Starts the courier. What the spill holds already is sent first.
     *
     * @param connected has just heard from the broker; null if none answers yet
     * @param recovered records that {@code spill} holds from before, in order
     * @param budgetBytes the most in flight
     * @param patient whether an offer may wait for room in flight, as long as the broker answers
     */
    Outbox(
            String topic,
            Producer<byte[], byte[]> connected,
            Connector connector,
            Spill spill,
            List<Spill.Ticket> recovered,
            RecordPool pool,
            long budgetBytes,
            boolean patient,
            Listener listener) {
        this.topic = topic;
        this.pool = pool;
        this.patient = patient;
        this.listener = listener;
        episode = new Episode(topic, spill.folder());
        inFlight = new InFlight(budgetBytes);
        backlog = new Backlog(spill, recovered, pool, episode);
        producer = connected;
        if (connected == null) {
            state = State.SPILLING;
            episode.begin("no broker has answered yet", 0);
        } else {
            state = backlog.isEmpty() ? State.CONNECTED : State.REPLAYING;
        }
        courier = new Thread(new Courier(this, topic, connector, spill, pool), "kafka-courier-" + topic);
        courier.setDaemon(true);
        courier.start();
    }

    /**
     * Takes a record over, its value included. Sink thread.
     *
     * @return false if it is lost: the spill is full or can't be written
     */
    boolean offer(Outgoing record) {
        boolean taken = true;
        lock.lock();
        try {
            while (patient && state == State.CONNECTED && !inFlight.fits(record.bytes())) {
                eased.awaitUninterruptibly();
            }
            if (state == State.CONNECTED && !inFlight.fits(record.bytes())) {
                enter(State.REPLAYING, "it is slower than the camera: " + inFlight.size() + " records are under way");
            }
            if (state != State.CONNECTED || !post(record, null)) {
                taken = backlog.add(record);
                work.signalAll();
            }
            noteLosses(); // the caller hears of its own by the answer
        } finally {
            lock.unlock();
        }
        return taken;
    }

    /** Hands a record to the producer; false if it did not take it, and then the state says what next. Lock held. */
    private boolean post(Outgoing record, Spill.Ticket ticket) {
        InFlight.Sent sent = new InFlight.Sent(record, ticket);
        inFlight.add(sent);
        refusal = null;
        int sentBy = generation;
        try {
            // The callback tells all that the future would.
            Future<?> unused = producer.send(
                    new ProducerRecord<>(topic, null, record.timestampMillis, record.key, record.value, record.headers),
                    (metadata, failure) -> answered(sent, sentBy, failure));
        } catch (KafkaException | IllegalStateException e) {
            refusal = e;
        }
        if (refusal == null) {
            if (ticket != null) {
                pool.give(record.value);
            }
            return true;
        }
        inFlight.removeLast();
        if (state == State.CONNECTED) {
            enter(State.REPLAYING, refusal.getMessage());
        }
        return false;
    }

    /** The producer's word on a record: its own thread, or the sender's, if it refuses at once. */
    private void answered(InFlight.Sent sent, int sentBy, Exception failure) {
        if (failure != null && lock.isHeldByCurrentThread()) {
            refusal = failure instanceof RuntimeException e ? e : new KafkaException(failure);
            return;
        }
        Producer<byte[], byte[]> dead = null;
        List<Receipt> losses = List.of();
        lock.lock();
        try {
            if (sentBy != generation) {
                return;
            }
            if (failure == null) {
                acknowledge(sent);
            } else {
                if (Episode.isFaultOfRecord(failure)) {
                    lose(sent, failure);
                }
                dead = abandon(String.valueOf(failure.getMessage()));
                losses = noteLosses();
            }
        } finally {
            lock.unlock();
        }
        if (failure == null) {
            listener.settled(sent.receipt, Delivery.DELIVERED);
        } else if (dead != null) {
            // From the callback, before the producer can go on to a later record.
            dead.close(Duration.ZERO);
        }
        tell(losses);
    }

    private void acknowledge(InFlight.Sent sent) {
        inFlight.remove(sent);
        acknowledged++;
        progressed = true;
        replayed += sent.ticket != null ? 1 : 0;
        backlog.settled(sent);
        eased.signalAll();
        if (state == State.REPLAYING) {
            work.signalAll();
        }
    }

    /** Takes everything back from the producer, into the head of the backlog. Lock held; the caller closes the result. */
    private Producer<byte[], byte[]> abandon(String why) {
        generation++;
        trouble = why;
        enter(State.SPILLING, why);
        repeats += backlog.putBack(inFlight.takeAll());
        Producer<byte[], byte[]> dead = producer;
        producer = null;
        return dead;
    }

    private void lose(InFlight.Sent sent, Exception why) {
        inFlight.remove(sent);
        backlog.settled(sent);
        backlog.lost(sent.receipt, REFUSED + why.getMessage());
    }

    /** What was lost since this was last asked. Lock held. */
    private List<Receipt> noteLosses() {
        List<Receipt> losses = backlog.takeLosses();
        if (!losses.isEmpty()) {
            trouble = backlog.whyLost();
        }
        return losses;
    }

    private void tell(List<Receipt> losses) {
        for (Receipt receipt : losses) {
            listener.settled(receipt, Delivery.LOST);
        }
    }

    private void enter(State next, String why) {
        if (state == State.CONNECTED && next != State.CONNECTED) {
            episode.begin(why, replayed);
        } else if (state != State.CONNECTED && next == State.CONNECTED) {
            episode.end(replayed, backlog.lost());
        }
        state = next;
        eased.signalAll();
        work.signalAll();
    }

    /** Waits until there is something to do; CONNECTED means the end. The courier's. */
    State awaitWork() {
        lock.lock();
        try {
            while (!closing && (state == State.CONNECTED || (state == State.REPLAYING && !roomForNext()))) {
                work.awaitUninterruptibly();
            }
            return closing ? State.CONNECTED : state;
        } finally {
            lock.unlock();
        }
    }

    private boolean roomForNext() {
        Spill.Ticket next = backlog.first();
        return next == null || inFlight.fits(next.length());
    }

    /** The oldest record of the backlog; null if there is none to replay. The courier's. */
    Spill.Ticket nextToReplay() {
        lock.lock();
        try {
            if (state != State.REPLAYING) {
                return null;
            }
            if (backlog.isEmpty()) {
                enter(State.CONNECTED, "");
            }
            return backlog.first();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends the oldest record of the backlog. The courier's.
     *
     * @param record as read from the spill; null if it can't be read
     * @param damage why not
     * @param hopeless whether a producer that has nothing under way and still doesn't take it is given up: one that lost
     *     the topic's partitions while the broker went away would refuse until it comes back
     * @return false if the producer did not take it now
     */
    boolean replay(Spill.Ticket next, Outgoing record, IOException damage, boolean hopeless) {
        Producer<byte[], byte[]> dead = null;
        List<Receipt> losses;
        boolean posted = true;
        lock.lock();
        try {
            if (state != State.REPLAYING || !next.equals(backlog.first())) {
                // A record before this one has failed meanwhile and goes first.
                if (record != null) {
                    pool.give(record.value);
                }
                return true;
            }
            if (record == null) {
                backlog.drop(damage.getMessage());
            } else if (post(record, next)) {
                backlog.removeFirst();
            } else {
                posted = false;
                pool.give(record.value);
                if (Episode.isFaultOfRecord(refusal)) {
                    backlog.drop(REFUSED + refusal.getMessage());
                } else if (!(refusal instanceof RetriableException) || (hopeless && inFlight.isEmpty())) {
                    dead = abandon(String.valueOf(refusal.getMessage()));
                }
            }
            losses = noteLosses();
        } finally {
            lock.unlock();
        }
        tell(losses);
        if (dead != null) {
            dead.close(Duration.ZERO);
        }
        return posted;
    }

    /** There is a producer again. The courier's. */
    void connected(Producer<byte[], byte[]> fresh) {
        lock.lock();
        try {
            progressed = false;
            producer = fresh;
            enter(State.REPLAYING, "");
        } finally {
            lock.unlock();
        }
    }

    /** Whether anything was acknowledged since the courier last connected. */
    boolean progressed() {
        return progressed;
    }

    boolean closing() {
        return closing;
    }

    /** Sleeps, but not through a close. The courier's. */
    void pause(long nanos) {
        long until = System.nanoTime() + nanos;
        lock.lock();
        try {
            for (long left = nanos; left > 0 && !closing; left = until - System.nanoTime()) {
                work.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // The courier ends by close() alone; an interrupt left standing would close the spill's channels.
            log.debug("Interrupt ignored");
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything offered has settled.
     *
     * @param expired asked every few milliseconds
     * @return false if it expired first
     */
    boolean awaitSettled(BooleanSupplier expired) throws InterruptedException {
        lock.lock();
        try {
            while (!inFlight.isEmpty() || !backlog.isEmpty()) {
                if (expired.getAsBoolean()) {
                    return false;
                }
                eased.awaitNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Why a record last failed or was lost; null while none has. Any thread. */
    String trouble() {
        return trouble;
    }

    /** Forgets all that has not settled. */
    void discard() {
        lock.lock();
        try {
            generation++;
            inFlight.takeAll();
            backlog.discard();
        } finally {
            lock.unlock();
        }
    }

    KafkaCounts counts() {
        lock.lock();
        try {
            return new KafkaCounts(
                    state.name(),
                    inFlight.size(),
                    inFlight.bytes(),
                    backlog.size(),
                    backlog.bytes(),
                    acknowledged,
                    backlog.spilled(),
                    replayed,
                    backlog.lost(),
                    repeats);
        } finally {
            lock.unlock();
        }
    }

    /** Stops. What has not settled is in the spill afterwards, and stays pending. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closing = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (courier.isAlive()) {
            try {
                courier.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        Producer<byte[], byte[]> last;
        List<Receipt> losses;
        lock.lock();
        try {
            last = producer;
            if (!inFlight.isEmpty() || !backlog.isEmpty()) {
                state = State.SPILLING;
                abandon("the run ends");
                log.warn(
                        "Topic {}: records left in the spill, pending: {} in {}",
                        topic,
                        backlog.size(),
                        backlog.folder());
            }
            producer = null;
            generation++;
            losses = noteLosses();
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.close(Duration.ZERO);
        }
        tell(losses);
        backlog.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
