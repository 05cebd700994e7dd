package io.nocturne.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillTest {
    private static final long NO_LIMIT = Long.MAX_VALUE;
    private final RecordPool pool = new RecordPool(0, () -> new byte[0]);

    @TempDir
    Path folder;

    static Outgoing record(long index, int valueLength) {
        byte[] value = new byte[valueLength];
        new Random(index).nextBytes(value);
        List<Header> headers = List.of(
                new RecordHeader("index", Long.toString(index).getBytes(StandardCharsets.UTF_8)),
                new RecordHeader("empty", new byte[0]));
        byte[] key = "cam0".getBytes(StandardCharsets.UTF_8);
        return new Outgoing(new Receipt(index, index % 2 == 0, index + 1, index + 2), key, 5 * index, headers, value);
    }

    static void assertSame(Outgoing read, Outgoing written) {
        assertThat(read.receipt).isEqualTo(written.receipt);
        assertThat(read.key).isEqualTo(written.key);
        assertThat(read.timestampMillis).isEqualTo(written.timestampMillis);
        assertThat(read.headers).isEqualTo(written.headers);
        assertThat(read.value).isEqualTo(written.value);
    }

    @Test
    void recordsComeBackAsTheyWere() throws IOException {
        try (Spill spill = new Spill(folder, NO_LIMIT, 0)) {
            int[] lengths = {0, 1, 70_000, 3_000_000};
            List<Spill.Ticket> tickets = new ArrayList<>();
            for (int i = 0; i < lengths.length; i++) {
                tickets.add(spill.append(record(i, lengths[i])));
            }
            for (int i = lengths.length - 1; i >= 0; i--) {
                assertSame(spill.read(tickets.get(i), pool), record(i, lengths[i]));
            }
        }
    }

    @Test
    void aSegmentGoesWithItsLastRecordAndAnEmptySpillLeavesNothing() throws IOException {
        Path place = folder.resolve("topic").resolve("cam0-0-0");
        try (Spill spill = new Spill(place, NO_LIMIT, 0)) {
            Spill.Ticket first = spill.append(record(0, 100));
            Spill.Ticket second = spill.append(record(1, 100));
            assertThat(Spill.segmentFiles(place)).hasSize(1);
            assertThat(spill.bytes())
                    .isEqualTo(Files.size(Spill.segmentFiles(place).get(0)));
            spill.release(second);
            assertThat(Spill.segmentFiles(place)).hasSize(1);
            spill.release(first);
            assertThat(Spill.segmentFiles(place)).isEmpty();
            assertThat(spill.bytes()).isZero();
            assertSame(spill.read(spill.append(record(2, 10)), pool), record(2, 10));
        }
        assertThat(Spill.segmentFiles(place))
                .as("one record was never released")
                .hasSize(1);
        try (Spill spill = new Spill(place, NO_LIMIT, 0)) {
            for (Spill.Ticket ticket : spill.recover().tickets()) {
                spill.release(ticket);
            }
        }
        assertThat(place).doesNotExist();
    }

    @Test
    void aFullSpillRefusesAndTakesAgainOnceThereIsRoom() throws IOException {
        try (Spill spill = new Spill(folder, 2500, 0)) {
            Spill.Ticket first = spill.append(record(0, 1000));
            assertThat(first).isNotNull();
            assertThat(spill.append(record(1, 1000))).isNotNull();
            assertThat(spill.append(record(2, 1000))).isNull();
            assertThat(spill.bytes()).isLessThanOrEqualTo(2500);
            assertSame(spill.read(first, pool), record(0, 1000));
        }
    }

    @Test
    void theDiskKeepsItsReserve() throws IOException {
        try (Spill spill = new Spill(folder, NO_LIMIT, Long.MAX_VALUE / 2)) {
            assertThat(spill.append(record(0, 10))).isNull();
        }
    }

    @Test
    void everyChangedByteIsDetected() throws IOException {
        try (Spill spill = new Spill(folder, NO_LIMIT, 0)) {
            Spill.Ticket ticket = spill.append(record(3, 200));
            Path file = Spill.segmentFiles(folder).get(0);
            try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                for (long at = ticket.offset(); at < ticket.offset() + ticket.length(); at++) {
                    access.seek(at);
                    int was = access.read();
                    access.seek(at);
                    access.write(was ^ 0x40);
                    assertThatThrownBy(() -> spill.read(ticket, pool))
                            .isInstanceOf(SpillException.class)
                            .hasMessageContaining("Spilled record 3 at byte 8 of")
                            .hasMessageContaining("00000001.spill");
                    access.seek(at);
                    access.write(was);
                }
            }
            assertSame(spill.read(ticket, pool), record(3, 200));
        }
    }

    @Test
    void whatAnEarlierProcessLeftComesBackInTheOrderOfIndices() throws IOException {
        try (Spill spill = new Spill(folder, NO_LIMIT, 0)) {
            for (long index : new long[] {5, 6, 2, 3, 4, 7}) {
                spill.append(record(index, 50));
            }
        }
        try (Spill spill = new Spill(folder, NO_LIMIT, 0)) {
            Spill.Recovered recovered = spill.recover();
            assertThat(recovered.damage()).isEmpty();
            assertThat(recovered.tickets())
                    .extracting(t -> t.receipt().index())
                    .containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
            for (Spill.Ticket ticket : recovered.tickets()) {
                assertSame(spill.read(ticket, pool), record(ticket.receipt().index(), 50));
            }
        }
    }

    @Test
    void aTornTailCostsOnlyTheRecordThatWasBeingWritten() throws IOException {
        try (Spill spill = new Spill(folder, NO_LIMIT, 0)) {
            spill.append(record(0, 500));
            spill.append(record(1, 500));
        }
        Path file = Spill.segmentFiles(folder).get(0);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(access.length() - 17);
        }
        try (Spill spill = new Spill(folder, NO_LIMIT, 0)) {
            Spill.Recovered recovered = spill.recover();
            assertThat(recovered.tickets()).hasSize(1);
            assertThat(recovered.damage()).singleElement().asString().contains("not a whole record");
            assertSame(spill.read(recovered.tickets().get(0), pool), record(0, 500));
            // New records never follow a torn one in its file.
            Spill.Ticket next = spill.append(record(1, 500));
            assertThat(Spill.segmentFiles(folder)).hasSize(2);
            assertSame(spill.read(next, pool), record(1, 500));
        }
    }
}
