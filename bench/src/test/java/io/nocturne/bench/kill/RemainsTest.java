package io.nocturne.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.PatternSums;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RemainsTest {
    private static final FrameSpec FRAME = KillVictim.frame(64);
    private static final int FRAMES = 12;
    private static final long[] ALL = LongStream.range(0, FRAMES).toArray();

    @TempDir
    Path folder;

    private RunFolder run;

    @BeforeEach
    void record() throws Exception {
        PatternSource source = new PatternSource(PatternSource.Settings.unpaced(KillVictim.STREAM, FRAME, FRAMES));
        RawStackSink.Options usual = RawStackSink.Options.DEFAULT;
        RawStackSink.Options oneFileEach = new RawStackSink.Options(
                OmeZarrWriter.Options.DEFAULT.withLayout(OmeZarrWriter.Layout.FILES), usual.space(), usual.warnings());
        StreamSpec stream = source.open();
        try (RunFolder writing = RunFolder.create(folder.resolve("run"));
                Ledger ledger = Ledger.open(writing.ledger())) {
            KillVictim.recording(stream, writing, oneFileEach)
                    .source(source)
                    .restorer(KillVictim.restorer(stream))
                    .settings(PipelineSettings.offline(64, 1))
                    .ledger(ledger)
                    .build()
                    .run();
        }
        run = RunFolder.open(folder.resolve("run"));
    }

    private Remains remains() throws IOException {
        return Remains.of(run.ledger(), Found.byOwnReader(run, FRAME), new PatternSums(FRAME), ALL);
    }

    private List<Path> rawChunks() throws IOException {
        return chunks(run.rawZarr(KillVictim.STREAM, 0));
    }

    /** Files that hold a frame of a stack, by name. */
    private static List<Path> chunks(Path stack) throws IOException {
        try (Stream<Path> files = Files.walk(stack)) {
            return files.filter(file -> file.toFile().length() >= FRAME.bytes())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aWholeRunIsSound() throws Exception {
        assertThat(remains().sound()).isTrue();
        assertThat(remains().raw()).isEqualTo(FRAMES);
        assertThat(remains().restored()).isEqualTo(FRAMES);
        assertThat(rawChunks()).hasSize(FRAMES);
    }

    @Test
    void aMissingFrameIsNotExact() throws Exception {
        Files.delete(rawChunks().get(5));

        assertThat(remains().notExact()).isEqualTo(1);
        assertThat(remains().torn()).isZero();
        assertThat(remains().sound()).isFalse();
    }

    @Test
    void aChangedFrameIsTorn() throws Exception {
        Path chunk = rawChunks().get(7);
        byte[] bytes = Files.readAllBytes(chunk);
        bytes[1000] ^= 1;
        Files.write(chunk, bytes);

        assertThat(remains().torn()).isEqualTo(1);
        assertThat(remains().notExact()).isEqualTo(1);
    }

    @Test
    void aFrameOfAnotherIndexIsTorn() throws Exception {
        Files.copy(rawChunks().get(3), rawChunks().get(4), StandardCopyOption.REPLACE_EXISTING);

        assertThat(remains().torn()).isEqualTo(1);
    }

    @Test
    void aFrameThatTheLedgerDoesNotKnowIsNotLedgered() throws Exception {
        List<String> lines = Files.readAllLines(run.ledger());
        lines.removeIf(line -> line.contains("\"k\":\"raw\"") && line.contains("\"i\":9,"));
        Files.write(run.ledger(), lines);

        assertThat(remains().notLedgered()).isEqualTo(1);
        assertThat(remains().notExact()).isZero();
    }

    @Test
    void aFrameWhoseLineInTheLedgerIsDamagedIsNotLedgered() throws Exception {
        List<String> lines = Files.readAllLines(run.ledger());
        lines.replaceAll(line -> line.contains("\"k\":\"raw\"") && line.contains("\"i\":3,")
                ? line.replaceFirst("\"px\":\"..", "\"px\":\"zz")
                : line);
        Files.write(run.ledger(), lines);

        assertThat(remains().notLedgered()).isEqualTo(1);
    }

    @Test
    void aProductThatTheLedgerTellsOfAndThatIsNotThereIsMissed() throws Exception {
        Files.delete(chunks(run.restoredZarr(KillVictim.STREAM, 0)).get(2));

        assertThat(remains().productsNotExact()).isEqualTo(1);
        assertThat(remains().notExact()).isZero();
        assertThat(remains().sound()).isFalse();
    }
}
