package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of 12 frames: 5 and 6 never came, 3 is raw-only, the rest is restored. */
class VerifyTest {
    private static final FrameSpec FRAME = new FrameSpec(16, 12, PixelType.UINT16);
    private static final StreamSpec STREAM = Patterns.stream(FRAME, 2, 1, 1);
    private static final Stack RESTORED =
            Stack.restored(STREAM, new RestorerSpec("r", "r", FRAME, FRAME, WindowSpec.SINGLE, List.of("lo", "hi")));
    private static final int FRAMES = 12;
    private static final OmeZarrWriter.Options FILES =
            OmeZarrWriter.Options.DEFAULT.withLayout(OmeZarrWriter.Layout.FILES);

    @TempDir
    Path folder;

    private Path run;
    private Path raw;
    private Path restored;
    private Path ledger;

    @BeforeEach
    void makeRun() throws IOException {
        run = folder.resolve("run");
        try (RunFolder made = RunFolder.create(run);
                Ledger book = Ledger.open(made.ledger());
                OmeZarrWriter rawOut = OmeZarrWriter.create(made.rawZarr("cam0", 0), Stack.raw(STREAM), FILES);
                OmeZarrWriter restoredOut = OmeZarrWriter.create(made.restoredZarr("cam0", 0), RESTORED, FILES)) {
            raw = made.rawZarr("cam0", 0);
            restored = made.restoredZarr("cam0", 0);
            ledger = made.ledger();
            LedgerPage page = book.page();
            page.note("epoch", "cam0", 0, Map.of());
            for (int i = 0; i < FRAMES; i++) {
                if (i == 5) {
                    page.note("gap", "cam0", 0, members("i", 5L, "n", 2L, "cause", "CAMERA_SKIPPED"));
                    rawOut.mark(2, 1, 0, 0, FrameState.GAP);
                    rawOut.mark(3, 0, 0, 0, FrameState.GAP);
                    restoredOut.mark(2, 1, 0, 0, FrameState.GAP);
                    restoredOut.mark(3, 0, 0, 0, FrameState.GAP);
                    i = 7;
                }
                rawOut.write(i, Patterns.frame(FRAME, i));
                page.note("raw", "cam0", 0, rawLine(i, rawOut.lastCrc32c()));
                boolean rawOnly = i == 3;
                if (rawOnly) {
                    restoredOut.mark(1, 1, 0, 0, FrameState.RAW_ONLY);
                } else {
                    restoredOut.write(i, Patterns.frame(FRAME, 1000 + i));
                }
                page.note("outcome", "cam0", 0, outcome(i, rawOnly ? "RAW_ONLY" : "RESTORED"));
            }
            page.note("end", "cam0", 0, Map.of());
        }
    }

    private static Map<String, Object> members(Object... namesAndValues) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return members;
    }

    private static Map<String, Object> rawLine(long i, long crc) {
        return members(
                "i", i, "t", i / 2, "c", i % 2, "z", 0, "p", 0, "d", "delivered", "px", String.format("%08x", crc));
    }

    private static Map<String, Object> outcome(long i, String state) {
        return members("i", i, "n", 1, "state", state, "cause", "NONE");
    }

    private Path rawChunk(int index) {
        return raw.resolve("0/c/" + index / 2 + "/" + index % 2 + "/0/0/0");
    }

    private Path restoredChunk(int index) {
        return restored.resolve("0/c/" + index / 2 + "/" + index % 2 + "/0/0/0");
    }

    private static List<Kind> kinds(Verify.Result result) {
        return result.findings().stream().map(Finding::kind).toList();
    }

    @Test
    void aSoundRunHasNoFindings() throws IOException {
        Verify.Result result = Verify.run(run, false);
        assertThat(result.findings()).isEmpty();
        assertThat(result.ok()).isTrue();
        assertThat(result.counts()).isEqualTo(new Verify.Counts(2 + 1 + 10 + 10, 10, 10L * FRAME.bytes(), 9, 2));
    }

    @Test
    void aMissingRawFrameIsAnErrorThatRepairDoesNotHide() throws IOException {
        Files.delete(rawChunk(4));
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isFalse();
        assertThat(kinds(result)).containsExactly(Kind.FRAME_MISSING);
        assertThat(result.findings().get(0).where()).contains("frame 4");
        assertThat(rawChunk(4)).doesNotExist();
    }

    @Test
    void aFlippedByteIsFoundInARawFrame() throws IOException {
        byte[] bytes = Files.readAllBytes(rawChunk(2));
        bytes[100] ^= 4;
        Files.write(rawChunk(2), bytes);
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isFalse();
        assertThat(kinds(result)).containsExactly(Kind.FRAME_DAMAGED);
        assertThat(result.counts().rawFrames()).isEqualTo(9);
    }

    @Test
    void aShortFileIsFound() throws IOException {
        Files.write(rawChunk(2), new byte[7]);
        assertThat(kinds(Verify.run(run, false))).containsExactly(Kind.FRAME_DAMAGED);
    }

    @Test
    void aFrameInAnotherOnesPlaceIsFoundThoughItsOwnChecksumHolds() throws IOException {
        Files.write(rawChunk(2), Files.readAllBytes(rawChunk(4)));
        Verify.Result result = Verify.run(run, false);
        assertThat(result.ok()).isFalse();
        assertThat(kinds(result)).containsExactly(Kind.FRAME_NOT_AS_LEDGERED);
    }

    @Test
    void aShapeThatIsBehindIsLengthenedAndNothingElse() throws IOException {
        for (Path array : List.of(raw.resolve("0"), restored.resolve("0"), restored.resolve("state"))) {
            ZarrArray behind = ZarrArray.read(array).withLength(4);
            behind.store(array, FileMover.ATOMIC);
        }
        Verify.Result found = Verify.run(run, false);
        assertThat(found.ok()).isFalse();
        assertThat(kinds(found)).containsExactly(Kind.SHAPE_BEHIND, Kind.SHAPE_BEHIND);
        assertThat(ZarrArray.read(raw.resolve("0")).shape().get(0)).isEqualTo(4);
        Verify.Result repaired = Verify.run(run, true);
        assertThat(repaired.ok()).isTrue();
        assertThat(repaired.findings()).allMatch(Finding::repaired);
        assertThat(Verify.run(run, false).findings()).isEmpty();
        try (StackReader reader = StackReader.open(raw)) {
            ByteBuffer frame = Patterns.direct(FRAME);
            assertThat(reader.frames()).isEqualTo(FRAMES);
            assertThat(reader.read(11, frame)).isTrue();
            assertThat(frame).isEqualTo(Patterns.frame(FRAME, 11));
            assertThat(reader.read(5, frame)).isFalse();
        }
    }

    @Test
    void productsThatFoundNoRoomFromTheFirstOnLeaveTheRunSound() throws IOException {
        deleteTree(restored);
        try (RunFolder made = RunFolder.complete(run)) {
            OmeZarrWriter.create(made.restoredZarr("cam0", 0), RESTORED, FILES).close();
        }
        Verify.Result found = Verify.run(run, false);
        assertThat(found.ok()).isTrue();
        assertThat(found.findings()).allMatch(finding -> finding.severity() == Severity.WARNING);
        assertThat(kinds(found)).contains(Kind.FRAME_MISSING, Kind.SHAPE_BEHIND, Kind.STATE_WRONG);
        assertThat(Verify.run(run, true).ok()).isTrue();
        Verify.Result repaired = Verify.run(run, false);
        assertThat(kinds(repaired)).containsOnly(Kind.FRAME_MISSING);
        try (OmeZarrReader reader = OmeZarrReader.open(restored)) {
            assertThat(reader.state(1, 1, 0, 0)).isEqualTo(FrameState.RAW_ONLY.code());
            assertThat(reader.state(0, 0, 0, 0)).isZero();
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        try (var files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aTornLastLineIsCutOffAndOneInTheMiddleIsReported() throws IOException {
        String whole = Files.readString(ledger);
        List<String> lines = whole.lines().toList();
        String torn = whole + lines.get(1).substring(0, 40);
        Files.writeString(ledger, torn);
        assertThat(kinds(Verify.run(run, false))).containsExactly(Kind.LEDGER_LINE_TORN);
        Verify.Result repaired = Verify.run(run, true);
        assertThat(repaired.ok()).isTrue();
        assertThat(Files.readString(ledger)).isEqualTo(whole);
        Files.writeString(ledger, lines.get(0).substring(0, 20) + "\n" + whole, StandardCharsets.UTF_8);
        Verify.Result closedOff = Verify.run(run, false);
        assertThat(closedOff.ok()).isTrue();
        assertThat(kinds(closedOff)).containsExactly(Kind.LEDGER_LINE_TORN);
        Files.writeString(ledger, whole.replace("\"i\":4,\"t\"", "\"i\":8,\"t\""));
        Verify.Result changed = Verify.run(run, true);
        assertThat(changed.ok()).isFalse();
        assertThat(kinds(changed)).contains(Kind.LEDGER_LINE_DAMAGED, Kind.FRAME_NOT_LEDGERED);
    }

    @Test
    void unfinishedFilesGoToLostAndFound() throws IOException {
        Path left = Files.writeString(raw.resolve("0/.chunk.tmp"), "half a frame");
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isTrue();
        assertThat(kinds(result)).containsExactly(Kind.TEMPORARY_FILE);
        assertThat(left).doesNotExist();
        try (var kept = Files.list(run.resolve("lost+found"))) {
            assertThat(kept).hasSize(1).allSatisfy(file -> assertThat(file).hasContent("half a frame"));
        }
        assertThat(Verify.run(run, false).findings()).isEmpty();
    }

    @Test
    void aFrameTheLedgerDoesNotKnowIsReportedAndKept() throws IOException {
        try (OmeZarrWriter writer = OmeZarrWriter.append(raw, Stack.raw(STREAM), FILES)) {
            writer.write(FRAMES, Patterns.frame(FRAME, FRAMES));
        }
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isTrue();
        assertThat(kinds(result)).containsExactly(Kind.FRAME_NOT_LEDGERED);
        assertThat(rawChunk(FRAMES)).exists();
    }

    @Test
    void statesAreMadeWhatLedgerAndFramesSay() throws IOException {
        Files.delete(restoredChunk(8));
        byte[] bytes = Files.readAllBytes(restoredChunk(9));
        bytes[0] ^= 1;
        Files.write(restoredChunk(9), bytes);
        Files.writeString(
                ledger,
                Files.readString(ledger)
                        .lines()
                        .filter(line -> !line.contains("outcome") || !line.contains("\"i\":10,"))
                        .reduce("", (all, line) -> all + line + "\n"),
                StandardOpenOption.TRUNCATE_EXISTING);
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isTrue();
        assertThat(kinds(result))
                .contains(Kind.FRAME_MISSING, Kind.FRAME_DAMAGED, Kind.STATE_WRONG, Kind.FRAME_NOT_LEDGERED);
        try (OmeZarrReader reader = OmeZarrReader.open(restored)) {
            assertThat(reader.state(4, 0, 0, 0)).as("product lost").isZero();
            assertThat(reader.state(4, 1, 0, 0)).as("product damaged").isZero();
            assertThat(reader.state(5, 0, 0, 0)).as("not ledgered").isZero();
            assertThat(reader.state(5, 1, 0, 0)).isEqualTo(FrameState.RESTORED.code());
            assertThat(reader.state(1, 1, 0, 0)).isEqualTo(FrameState.RAW_ONLY.code());
            assertThat(reader.state(2, 1, 0, 0)).isEqualTo(FrameState.GAP.code());
        }
        assertThat(restoredChunk(9)).doesNotExist();
        assertThat(run.resolve("lost+found")).isNotEmptyDirectory();
        Verify.Result again = Verify.run(run, false);
        assertThat(again.ok()).isTrue();
        assertThat(again.findings()).allMatch(finding -> finding.severity() == Severity.WARNING);
    }

    @Test
    void aDamagedStateChunkIsMadeAnew() throws IOException {
        Path chunk = restored.resolve("state/c/0/0/0");
        byte[] bytes = Files.readAllBytes(chunk);
        bytes[3] ^= 1;
        Files.write(chunk, bytes);
        assertThat(Verify.run(run, false).ok()).isFalse();
        assertThat(Verify.run(run, true).ok()).isTrue();
        assertThat(Verify.run(run, false).findings()).isEmpty();
    }

    @Test
    void aRunWithoutAnEndIsNotedAndWithoutALedgerRefused() throws IOException {
        String whole = Files.readString(ledger);
        Files.writeString(ledger, whole.substring(0, whole.lastIndexOf("{\"k\":\"end\"")));
        Verify.Result result = Verify.run(run, false);
        assertThat(result.ok()).isTrue();
        assertThat(kinds(result)).containsExactly(Kind.RUN_NOT_ENDED);
        Files.delete(ledger);
        assertThatThrownBy(() -> Verify.run(run, false)).isInstanceOf(StackException.class);
    }

    @Test
    void aRunThatIsBeingWrittenIsLeftAlone() throws IOException {
        RunFolder held = RunFolder.complete(run);
        try (held) {
            assertThatThrownBy(() -> Verify.run(run, false))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("being written");
        }
    }
}
