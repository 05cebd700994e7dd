package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
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

/** {@link RunOfTwelve} in OME-TIFF. */
class OmeTiffRunTest {
    private static final FrameSpec FRAME = RunOfTwelve.FRAME;
    private static final StreamSpec STREAM = RunOfTwelve.STREAM;
    private static final Stack RESTORED = RunOfTwelve.RESTORED;
    private static final StackFormat TIFF = new OmeTiffWriter.Format(Fsync.NONE);
    private static final int FRAMES = RunOfTwelve.FRAMES;

    @TempDir
    Path folder;

    private Path run;
    private Path raw;
    private Path restored;

    @BeforeEach
    void makeRun() throws IOException {
        RunOfTwelve made = RunOfTwelve.make(folder.resolve("run"), TIFF);
        run = made.run();
        raw = made.raw();
        restored = made.restored();
    }

    private static List<Kind> kinds(Verify.Result result) {
        return result.findings().stream().map(Finding::kind).toList();
    }

    private static void change(Path file, long at, byte... bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    private static long pixelsOf(Path tiff, int page) throws IOException {
        try (TiffFile file = TiffFile.open(tiff)) {
            return file.page(page).number(TiffTag.STRIP_OFFSETS, 0);
        }
    }

    @Test
    void aSoundRunHasNoFindings() throws IOException {
        Verify.Result result = Verify.run(run, false);
        assertThat(result.findings()).isEmpty();
        assertThat(result.counts()).isEqualTo(new Verify.Counts(2 + 1 + 10 + 10, 10, 10L * FRAME.bytes(), 9, 2));
        try (StackReader any = TiffReader.open(restored)) {
            assertThat(any.frames()).isEqualTo(FRAMES);
        }
    }

    @Test
    void aDescriptionThatIsBehindIsBroughtUpToDate() throws IOException {
        try (TiffFile file = TiffFile.openGrowing(raw);
                GrowingTiff tiff = GrowingTiff.append(file, Stack.raw(STREAM))) {
            tiff.describe(TiffDescription.omeByTime(Stack.raw(STREAM), 4));
        }
        Verify.Result found = Verify.run(run, false);
        assertThat(found.ok()).isFalse();
        assertThat(kinds(found)).containsExactly(Kind.SHAPE_BEHIND);
        assertThat(Verify.run(run, true).ok()).isTrue();
        assertThat(Verify.run(run, false).findings()).isEmpty();
        try (StackReader any = TiffReader.open(raw)) {
            assertThat(any.frames()).isEqualTo(FRAMES);
            ByteBuffer frame = Patterns.direct(FRAME);
            assertThat(any.read(11, frame)).isTrue();
            assertThat(frame).isEqualTo(Patterns.frame(FRAME, 11));
        }
    }

    @Test
    void aFlippedByteIsFoundInARawFrameAndRepairDoesNotHideIt() throws IOException {
        change(raw, pixelsOf(raw, 2) + 7, (byte) 99);
        Verify.Result result = Verify.run(run, true);
        assertThat(result.ok()).isFalse();
        assertThat(kinds(result)).containsExactly(Kind.FRAME_DAMAGED);
    }

    @Test
    void aDamagedProductIsPutAsideAndMadeAgain() throws IOException {
        change(restored, pixelsOf(restored, 9) + 7, (byte) 99);
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
        try (RecordedStackWriter writer = TIFF.append(restored, RESTORED)) {
            writer.write(9, Patterns.frame(FRAME, 1009));
        }
        assertThat(Verify.run(run, false).findings()).isEmpty();
    }

    @Test
    void aChainThatBreaksOffEndsAtItsLastSoundPage() throws IOException {
        long directory;
        try (TiffFile file = TiffFile.open(raw)) {
            directory = file.directoryAt(10);
        }
        change(raw, directory, new byte[64]);
        assertThat(kinds(Verify.run(run, false))).contains(Kind.PAGE_CHAIN_BROKEN, Kind.FRAME_MISSING);
        assertThatThrownBy(() -> TiffReader.open(raw)).isInstanceOf(StackException.class);
        Verify.run(run, true);
        assertThat(kinds(Verify.run(run, false))).containsExactly(Kind.FRAME_MISSING, Kind.FRAME_MISSING);
        try (StackReader any = TiffReader.open(raw)) {
            assertThat(any.frames()).isEqualTo(FRAMES);
        }
    }

    @Test
    void aDamagedHeadIsToldAndLeavesThePagesToOtherPrograms() throws IOException {
        change(raw, 40, (byte) '!');
        assertThat(kinds(Verify.run(run, true))).contains(Kind.STACK_UNREADABLE, Kind.STACK_MISSING);
        try (StackReader any = TiffReader.open(raw)) {
            assertThat(any.frames()).isEqualTo(FRAMES);
        }
    }

    @Test
    void whatNeedsAnOmeZarrSaysSo() {
        assertThatThrownBy(() -> Compact.run(run))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("OME-TIFF");
        assertThatThrownBy(() -> Pyramid.run(run, (stack, share) -> true))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("export");
        assertThat(Files.exists(raw)).isTrue();
    }
}
