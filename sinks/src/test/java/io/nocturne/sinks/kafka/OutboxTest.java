package io.nocturne.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.spi.FrameSink.Delivery;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state machine, against a broker that does exactly what a test says. */
class OutboxTest {
    private static final int VALUE_BYTES = 1000;
    private static final long BUDGET_BYTES = 5000;

    @TempDir
    Path folder;

    private final FakeBroker broker = new FakeBroker();
    private final Map<Long, Delivery> settled = new ConcurrentHashMap<>();
    private final RecordPool pool = new RecordPool(VALUE_BYTES, () -> new byte[VALUE_BYTES]);
    private Outbox outbox;

    @AfterEach
    void close() throws IOException {
        outbox.close();
    }

    private void open(long spillBytes) throws IOException {
        open(spillBytes, false);
    }

    private void open(long spillBytes, boolean patient) throws IOException {
        outbox = new Outbox(
                "topic",
                broker.connect(() -> false),
                broker,
                new Spill(folder, spillBytes, 0),
                List.of(),
                pool,
                BUDGET_BYTES,
                patient,
                (receipt, delivery) -> assertThat(settled.put(receipt.index(), delivery))
                        .as("record %d settled twice", receipt.index())
                        .isNull());
    }

    private boolean offer(long index) {
        Outgoing like = SpillTest.record(index, VALUE_BYTES);
        byte[] value = pool.take();
        System.arraycopy(like.value, 0, value, 0, VALUE_BYTES);
        return outbox.offer(new Outgoing(like.receipt, like.key, like.timestampMillis, like.headers, value));
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for: " + what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void recordsGoStraightOutWhileTheBrokerAnswers() throws IOException {
        open(1 << 20);
        for (int i = 0; i < 20; i++) {
            assertThat(offer(i)).isTrue();
            broker.acknowledgeOne();
        }
        assertThat(settled).hasSize(20).containsValue(Delivery.DELIVERED).doesNotContainValue(Delivery.LOST);
        assertThat(outbox.counts().spilled()).isZero();
        assertThat(pool.made()).as("values are used again").isEqualTo(1);
        assertThat(broker.stored).containsExactlyElementsOf(range(0, 20));
    }

    @Test
    void offeringNeverWaitsForASilentBroker() throws IOException {
        open(1 << 20);
        for (int i = 0; i < 100; i++) {
            // Nothing is ever acknowledged: an offer that waited would never come back.
            assertThat(offer(i)).isTrue();
        }
        assertThat(settled).isEmpty();
        KafkaCounts counts = outbox.counts();
        assertThat(counts.state()).isEqualTo("REPLAYING");
        assertThat(counts.inFlight() + counts.backlog()).isEqualTo(100);
        assertThat(counts.inFlightBytes()).isLessThanOrEqualTo(BUDGET_BYTES);

        broker.acknowledgeAll(() -> settled.size() == 100);
        assertThat(broker.stored).containsExactlyElementsOf(range(0, 100));
        await("connected", () -> outbox.counts().state().equals("CONNECTED"));
        offer(100);
        assertThat(broker.sent()).as("sent at once, not by way of the spill").isEqualTo(1);
    }

    @Test
    void aPatientOfferWaitsForRoomButNotForABrokerThatFailed() throws Exception {
        open(1 << 20, true);
        Thread sink = new Thread(() -> {
            for (int i = 0; i < 40; i++) {
                offer(i);
            }
        });
        sink.start();
        broker.acknowledgeAll(() -> settled.size() == 40);
        sink.join();
        assertThat(outbox.counts().spilled()).isZero();
        assertThat(broker.stored).containsExactlyElementsOf(range(0, 40));

        broker.reachable = false;
        Thread later = new Thread(() -> {
            for (int i = 40; i < 60; i++) {
                offer(i);
            }
        });
        later.start();
        await("waiting for room", () -> broker.sent() == 4 && later.getState() == Thread.State.WAITING);
        broker.failOne(new TimeoutException("expired"));
        later.join();
        assertThat(outbox.counts().backlog()).isEqualTo(20);
    }

    @Test
    void nothingOvertakesARecordThatFailed() throws IOException {
        open(1 << 20);
        broker.reachable = false;
        for (int i = 0; i < 4; i++) {
            offer(i);
        }
        broker.acknowledgeOne();
        broker.storeWithoutAnswer(3);
        broker.failFirstUnanswered(new TimeoutException("expired"));
        assertThat(broker.closedInCallback)
                .as("before the producer can send another")
                .hasValue(1);
        // These answers come too late: their records are in the spill by now, and will be repeated.
        broker.answerLate();
        assertThat(settled).containsOnlyKeys(0L);
        for (int i = 4; i < 30; i++) {
            assertThat(offer(i)).isTrue();
        }
        await("several attempts", () -> broker.attempts.get() >= 3);
        assertThat(outbox.counts().state()).isEqualTo("SPILLING");
        assertThat(outbox.counts().backlog()).isEqualTo(29);

        broker.reachable = true;
        broker.acknowledgeAll(() -> settled.size() == 30);
        assertThat(withoutRepeats(broker.stored)).containsExactlyElementsOf(range(0, 30));
        assertThat(outbox.counts().repeats()).isEqualTo(3);
        assertThat(outbox.counts().replayed()).isEqualTo(29);
        assertThat(settled).doesNotContainValue(Delivery.LOST);
    }

    @Test
    void inFlightRecordsGoBeforeTheBacklogWhenTheirProducerFails() throws IOException {
        open(1 << 20);
        for (int i = 0; i < 20; i++) {
            offer(i);
        }
        // 0 to 3 are in flight, the rest is in the spill already.
        assertThat(outbox.counts().backlog()).isEqualTo(16);
        broker.failOne(new TimeoutException("expired"));
        broker.acknowledgeAll(() -> settled.size() == 20);
        assertThat(broker.stored).containsExactlyElementsOf(range(0, 20));
    }

    @Test
    void aFailureDuringReplayStartsItAgainFromThere() throws IOException {
        open(1 << 20);
        for (int i = 0; i < 30; i++) {
            offer(i);
        }
        for (int round = 0; round < 5; round++) {
            await("something in flight", () -> broker.sent() > 1);
            broker.acknowledgeOne();
            broker.failOne(new TimeoutException("expired"));
        }
        broker.acknowledgeAll(() -> settled.size() == 30);
        assertThat(withoutRepeats(broker.stored)).containsExactlyElementsOf(range(0, 30));
        assertThat(settled).doesNotContainValue(Delivery.LOST);
        assertThat(Spill.segmentFiles(folder)).isEmpty();
    }

    @Test
    void aRefusedSendGoesToTheSpillAndFollowsInOrder() throws IOException {
        open(1 << 20);
        offer(0);
        broker.refusal = new BufferExhaustedException("no memory");
        offer(1);
        offer(2);
        assertThat(outbox.counts().spilled()).isEqualTo(2);
        broker.refusal = null;
        offer(3);
        broker.acknowledgeAll(() -> settled.size() == 4);
        assertThat(broker.stored).containsExactly(0L, 1L, 2L, 3L);
        assertThat(broker.attempts.get()).as("the producer was not at fault").isEqualTo(1);
    }

    @Test
    void aProducerThatOnlyRefusesIsGivenUpForAnother() throws IOException {
        open(1 << 20);
        offer(0);
        broker.acknowledgeOne();
        broker.reachable = false;
        broker.refusal = new TimeoutException("Topic topic not present in metadata after 0 ms.");
        offer(1);
        offer(2);
        await("given up", () -> outbox.counts().state().equals("SPILLING"));
        assertThat(outbox.trouble()).contains("not present in metadata");
        broker.refusal = null;
        broker.reachable = true;
        broker.acknowledgeAll(() -> settled.size() == 3);
        assertThat(broker.stored).containsExactly(0L, 1L, 2L);
        assertThat(outbox.counts().repeats()).isZero();
    }

    @Test
    void aFullSpillLosesAndCountsAndTheRestStaysInOrder() throws IOException {
        open(6000);
        broker.reachable = false;
        offer(0);
        broker.failOne(new TimeoutException("expired"));
        List<Long> kept = new ArrayList<>(List.of(0L));
        for (long i = 1; i < 20; i++) {
            if (offer(i)) {
                kept.add(i);
            }
        }
        assertThat(kept).hasSizeBetween(3, 5);
        assertThat(outbox.counts().lost()).isEqualTo(20 - kept.size());
        assertThat(settled).as("an offer's own answer said that it is lost").isEmpty();
        broker.reachable = true;
        broker.acknowledgeAll(() -> settled.size() == kept.size());
        assertThat(broker.stored).containsExactlyElementsOf(kept);
    }

    @Test
    void aRecordThatKafkaWillNeverTakeIsLostAloneAndOnce() throws IOException {
        open(1 << 20);
        offer(0);
        offer(1);
        offer(2);
        broker.failOne(new RecordTooLargeException("too large"));
        broker.acknowledgeAll(() -> settled.size() == 3);
        assertThat(settled).containsEntry(0L, Delivery.LOST).containsEntry(1L, Delivery.DELIVERED);
        assertThat(broker.stored).containsExactly(1L, 2L);
        assertThat(outbox.counts().lost()).isEqualTo(1);
    }

    @Test
    void aDamagedSpillRecordIsLostAndTheOthersAreDelivered() throws IOException {
        open(1 << 20);
        broker.reachable = false;
        offer(0);
        broker.failOne(new TimeoutException("expired"));
        for (int i = 1; i < 6; i++) {
            offer(i);
        }
        Path file = Spill.segmentFiles(folder).get(0);
        try (var access = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            access.seek(access.length() / 2);
            int was = access.read();
            access.seek(access.length() / 2);
            access.write(~was);
        }
        broker.reachable = true;
        broker.acknowledgeAll(() -> settled.size() == 6);
        assertThat(settled.values().stream().filter(d -> d == Delivery.LOST)).hasSize(1);
        assertThat(broker.stored).hasSize(5).isSorted();
        assertThat(outbox.counts().lost()).isEqualTo(1);
    }

    @Test
    void whatIsUnsettledAtCloseLiesInTheSpillInOrder() throws IOException {
        open(1 << 20);
        for (int i = 0; i < 12; i++) {
            offer(i);
        }
        broker.acknowledgeOne();
        outbox.close();
        assertThat(settled).containsOnlyKeys(0L);
        try (Spill spill = new Spill(folder, 1 << 20, 0)) {
            List<Spill.Ticket> left = spill.recover().tickets();
            assertThat(left).extracting(t -> t.receipt().index()).containsExactlyElementsOf(range(1, 12));
            for (Spill.Ticket ticket : left) {
                SpillTest.assertSame(
                        spill.read(ticket, pool),
                        SpillTest.record(ticket.receipt().index(), VALUE_BYTES));
            }
        }
    }

    private static List<Long> range(long from, long to) {
        return java.util.stream.LongStream.range(from, to).boxed().toList();
    }

    /** What a reader keeps that ignores an index not above the last. */
    private static List<Long> withoutRepeats(List<Long> stored) {
        List<Long> kept = new ArrayList<>();
        for (long index : stored) {
            if (kept.isEmpty() || index > kept.get(kept.size() - 1)) {
                kept.add(index);
            }
        }
        return kept;
    }

    private interface BytesProducer extends Producer<byte[], byte[]> {}

    /** Answers when told to, on the test's thread; checks each value against its index when it takes it. */
    private static final class FakeBroker implements Outbox.Connector {
        final List<Long> stored = new CopyOnWriteArrayList<>();
        final AtomicInteger attempts = new AtomicInteger();
        final AtomicInteger closedInCallback = new AtomicInteger();
        volatile boolean reachable = true;
        volatile RuntimeException refusal;
        private final ThreadLocal<Boolean> inCallback = ThreadLocal.withInitial(() -> false);
        private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
        /** What the newest producer has sent and the test has not looked at. */
        private volatile ConcurrentLinkedQueue<Sent> sent;

        private record Sent(long index, Callback callback) {}

        @Override
        public Producer<byte[], byte[]> connect(BooleanSupplier cancelled) throws IOException {
            attempts.incrementAndGet();
            if (!reachable) {
                throw new IOException("not reachable");
            }
            ConcurrentLinkedQueue<Sent> own = new ConcurrentLinkedQueue<>();
            sent = own;
            return BytesProducer.class.cast(Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {BytesProducer.class}, (self, method, args) -> {
                        switch (method.getName()) {
                            case "send" -> send(own, (ProducerRecord<?, ?>) args[0], (Callback) args[1]);
                            case "close" -> close(own);
                            default -> throw new UnsupportedOperationException(method.getName());
                        }
                        return method.getName().equals("send") ? new CompletableFuture<>() : null;
                    }));
        }

        private void send(Queue<Sent> own, ProducerRecord<?, ?> record, Callback callback) {
            RuntimeException refused = refusal;
            if (refused != null) {
                callback.onCompletion(null, refused);
                return;
            }
            long index = record.timestamp() / 5;
            assertThat((byte[]) record.value()).isEqualTo(SpillTest.record(index, VALUE_BYTES).value);
            own.add(new Sent(index, callback));
        }

        /** At once, like a producer's close without a timeout: what it had left is not sent any more. */
        private void close(Queue<Sent> own) {
            if (inCallback.get()) {
                closedInCallback.incrementAndGet();
            }
            own.clear();
        }

        int sent() {
            return sent.size();
        }

        private Sent next() {
            return sent.poll();
        }

        void acknowledgeOne() {
            Sent next = next();
            stored.add(next.index());
            next.callback().onCompletion(null, null);
        }

        void failOne(RuntimeException failure) {
            fail(next(), failure);
        }

        private void fail(Sent one, RuntimeException failure) {
            inCallback.set(true);
            one.callback().onCompletion(null, failure);
            inCallback.set(false);
        }

        /** The broker has them, but its answers are on their way. */
        void storeWithoutAnswer(int count) {
            for (int i = 0; i < count; i++) {
                Sent next = next();
                stored.add(next.index());
                unanswered.add(next);
            }
        }

        void failFirstUnanswered(RuntimeException failure) {
            fail(unanswered.poll(), failure);
        }

        void answerLate() {
            while (!unanswered.isEmpty()) {
                unanswered.poll().callback().onCompletion(null, null);
            }
        }

        void acknowledgeAll(BooleanSupplier done) {
            await("all settled", () -> {
                Sent next = next();
                if (next != null) {
                    stored.add(next.index());
                    next.callback().onCompletion(null, null);
                }
                return done.getAsBoolean();
            });
        }
    }
}
