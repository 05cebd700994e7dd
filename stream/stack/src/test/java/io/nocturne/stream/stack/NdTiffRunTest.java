package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link RunOfTwelve} in NDTiff. */
class NdTiffRunTest {
    private static final FrameSpec FRAME = RunOfTwelve.FRAME;
    private static final StackFormat NDTIFF = new NdTiffWriter.Format(Fsync.NONE);

    @TempDir
    Path folder;

    private Path run;
    private Path raw;
    private Path restored;

    @BeforeEach
    void makeRun() throws IOException {
        RunOfTwelve made = RunOfTwelve.make(folder.resolve("run"), NDTIFF);
        run = made.run();
        raw = made.raw();
        restored = made.restored();
    }

    private static List<Kind> kinds(Verify.Result result) {
        return result.findings().stream().map(Finding::kind).toList();
    }

    private static Path tiff(Path stack) {
        return stack.resolve(NdTiffWriter.fileName(stack, 0));
    }

    private static void change(Path file, long at, byte... bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    private static void cut(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    private static long pixelsOf(Path stack, int page) throws IOException {
        try (TiffFile file = TiffFile.open(tiff(stack))) {
            return file.page(page).number(TiffTag.STRIP_OFFSETS, 0);
        }
    }

    @Test
    void aSoundRunHasNoFindings() throws IOException {
        assertThat(raw.getFileName()).hasToString("raw.ndtiff");
        Verify.Result result = Verify.run(run, false);
        assertThat(result.findings()).isEmpty();
        assertThat(result.counts()).isEqualTo(new Verify.Counts(2 + 1 + 10 + 10, 10, 10L * FRAME.bytes(), 9, 2));
    }

    @Test
    void anIndexThatIsGoneIsMadeAgainOfThePages() throws IOException {
        byte[] before = Files.readAllBytes(raw.resolve(NdTiffIndex.NAME));
        Files.delete(raw.resolve(NdTiffIndex.NAME));
        Verify.Result found = Verify.run(run, false);
        assertThat(found.ok()).isFalse();
        assertThat(kinds(found)).contains(Kind.PAGE_INDEX_BROKEN, Kind.FRAME_MISSING);
        assertThat(Verify.run(run, true).ok()).isTrue();
        assertThat(Verify.run(run, false).findings()).isEmpty();
        assertThat(Files.readAllBytes(raw.resolve(NdTiffIndex.NAME))).isEqualTo(before);
    }

    @Test
    void aTornOrZeroedEndOfTheIndexIsMendedAndIsNotAddedToBefore() throws IOException {
        Path index = restored.resolve(NdTiffIndex.NAME);
        change(index, 5L * NdTiffIndex.ENTRY_BYTES, new byte[2 * NdTiffIndex.ENTRY_BYTES]);
        assertThatThrownBy(() -> NDTIFF.append(restored, RunOfTwelve.RESTORED))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("verify --repair");
        assertThat(kinds(Verify.run(run, true))).contains(Kind.PAGE_INDEX_BROKEN);
        assertThat(Verify.run(run, false).findings()).isEmpty();
        cut(index, Files.size(index) - 7);
        assertThat(kinds(Verify.run(run, true))).containsExactly(Kind.PAGE_INDEX_BROKEN);
        assertThat(Verify.run(run, false).findings()).isEmpty();
    }

    @Test
    void aFrameWithoutItsEntryIsMissingAndTheNextOneIsWrittenBehindIt() throws IOException {
        Path index = restored.resolve(NdTiffIndex.NAME);
        cut(index, Files.size(index) - NdTiffIndex.ENTRY_BYTES);
        assertThat(kinds(Verify.run(run, false))).contains(Kind.FRAME_MISSING);
        try (RecordedStackWriter writer = NDTIFF.append(restored, RunOfTwelve.RESTORED)) {
            writer.write(11, Patterns.frame(FRAME, 1011));
        }
        assertThat(Verify.run(run, false).findings()).isEmpty();
        try (StackReader pages = StackReader.open(tiff(restored))) {
            assertThat(pages.frames()).isEqualTo(10);
        }
    }

    @Test
    void aFlippedByteIsFoundInARawFrameAndRepairDoesNotHideIt() throws IOException {
        change(tiff(raw), pixelsOf(raw, 2) + 7, (byte) 99);
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isFalse();
        assertThat(kinds(result)).containsExactly(Kind.FRAME_DAMAGED);
    }

    @Test
    void aDamagedProductIsPutAsideAndMadeAgain() throws IOException {
        change(tiff(restored), pixelsOf(restored, 6) + 7, (byte) 99);
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isTrue();
        assertThat(kinds(result)).contains(Kind.FRAME_DAMAGED, Kind.STATE_WRONG);
        assertThat(run.resolve("lost+found")).isNotEmptyDirectory();
        try (RecordedStack reader = RecordedStack.open(restored)) {
            assertThat(reader.has(9)).isFalse();
            assertThat(reader.state(4, 1, 0, 0)).isZero();
            assertThat(reader.has(8)).isTrue();
        }
        Verify.Result again = Verify.run(run, false);
        assertThat(again.ok()).isTrue();
        assertThat(again.findings()).allMatch(finding -> finding.severity() == Severity.WARNING);
        try (RecordedStackWriter writer = NDTIFF.append(restored, RunOfTwelve.RESTORED)) {
            writer.write(9, Patterns.frame(FRAME, 1009));
        }
        assertThat(Verify.run(run, false).findings()).isEmpty();
    }

    @Test
    void whatALossOfPowerCutOffIsNamedAndProductsAreMadeAgain() throws IOException {
        long lastButOne = pixelsOf(restored, 7);
        cut(tiff(restored), lastButOne + 11);
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isTrue();
        assertThat(kinds(result)).contains(Kind.FRAME_DAMAGED, Kind.PAGE_CHAIN_BROKEN);
        try (RecordedStackWriter writer = NDTIFF.append(restored, RunOfTwelve.RESTORED)) {
            writer.write(10, Patterns.frame(FRAME, 1010));
            writer.write(11, Patterns.frame(FRAME, 1011));
        }
        assertThat(Verify.run(run, false).findings()).isEmpty();
        cut(tiff(raw), pixelsOf(raw, 9) + 11);
        Files.delete(raw.resolve(NdTiffIndex.NAME));
        assertThat(kinds(Verify.run(run, true))).containsExactly(Kind.PAGE_INDEX_BROKEN, Kind.FRAME_MISSING);
    }

    @Test
    void aBrokenChainIsToldAndTheIndexStillLeadsToEveryFrame() throws IOException {
        long directory;
        try (TiffFile file = TiffFile.open(tiff(raw))) {
            directory = file.directoryAt(6);
        }
        change(tiff(raw), directory, new byte[64]);
        Verify.Result result = Verify.run(run, false);
        assertThat(result.ok()).isTrue();
        assertThat(kinds(result)).containsExactly(Kind.PAGE_CHAIN_BROKEN);
        assertThat(result.counts().rawFrames()).isEqualTo(10);
    }

    @Test
    void whatNeedsAnOmeZarrSaysSo() {
        assertThatThrownBy(() -> Compact.run(run))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("NDTiff");
        assertThatThrownBy(() -> Pyramid.run(run, (stack, share) -> true))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("export");
    }
}
