package io.nocturne.stream.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.spi.Cause;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir
    Path folder;

    private Path written() throws Exception {
        Path file = folder.resolve("ledger.ndjson");
        try (Ledger ledger = Ledger.open(file)) {
            LedgerPage page = ledger.page();
            page.gap(17, 3, Cause.CAMERA_SKIPPED, "cam0", 2);
            page.note("event", "cam0", 2, Map.of("text", "pipette \"in\"\n\u00b5\\"));
            page.gap(Long.MAX_VALUE, Integer.MAX_VALUE, Cause.RING_FULL, "cam0", 0);
        }
        return file;
    }

    @Test
    void whatWasWrittenIsReadBack() throws Exception {
        List<LedgerLine> lines = LedgerReader.read(written());

        assertThat(lines).hasSize(3).allMatch(LedgerLine::intact);
        assertThat(lines.get(0).kind()).isEqualTo("gap");
        assertThat(lines.get(0).index()).isEqualTo(17);
        assertThat(lines.get(0).count()).isEqualTo(3);
        assertThat(lines.get(0).epoch()).isEqualTo(2);
        assertThat(lines.get(0).cause()).isEqualTo(Cause.CAMERA_SKIPPED);
        assertThat(lines.get(1).text("text")).isEqualTo("pipette \"in\"\n\u00b5\\");
        assertThat(lines.get(2).index()).isEqualTo(Long.MAX_VALUE);
        assertThat(lines.get(2).count()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aFlippedByteIsFoundOnItsLineAlone() throws Exception {
        Path file = written();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("9".getBytes(StandardCharsets.US_ASCII)), 30);
        }
        assertThat(LedgerReader.read(file)).extracting(LedgerLine::intact).containsExactly(false, true, true);
    }

    @Test
    void aTornLineIsToldApartAndWhatFollowsStandsOnItsOwn() throws Exception {
        Path file = written();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 20);
        }
        assertThat(LedgerReader.read(file)).extracting(LedgerLine::intact).containsExactly(true, true, false);

        try (Ledger ledger = Ledger.open(file)) {
            ledger.page().gap(1, 1, Cause.BAD_FRAME, "cam0", 0);
        }
        assertThat(LedgerReader.read(file)).extracting(LedgerLine::intact).containsExactly(true, true, false, true);
    }

    @Test
    void pagesOfSeveralThreadsKeepTheirLinesWhole() throws Exception {
        Path file = folder.resolve("many.ndjson");
        try (Ledger ledger = Ledger.open(file)) {
            Thread[] threads = new Thread[4];
            for (int t = 0; t < threads.length; t++) {
                LedgerPage page = ledger.page();
                String stream = "cam" + t;
                threads[t] = new Thread(() -> {
                    for (int i = 0; i < 2000; i++) {
                        try {
                            page.gap(i, 1, Cause.CAMERA_OVERWROTE, stream, 0);
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        List<LedgerLine> lines = LedgerReader.read(file);
        assertThat(lines).hasSize(8000).allMatch(LedgerLine::intact);
        for (int t = 0; t < 4; t++) {
            String stream = "cam" + t;
            assertThat(lines.stream().filter(l -> l.stream().equals(stream)).map(LedgerLine::index))
                    .isSorted()
                    .hasSize(2000);
        }
    }

    @Test
    void aForeignFileHasNoIntactLine() throws Exception {
        Path file = folder.resolve("foreign.ndjson");
        Files.writeString(file, "{\"k\":\"raw\"}\n\n{\"k\":\"raw\",\"crc\":\"00000000\"}\nnot json at all");
        assertThat(LedgerReader.read(file)).hasSize(3).noneMatch(LedgerLine::intact);
    }
}
