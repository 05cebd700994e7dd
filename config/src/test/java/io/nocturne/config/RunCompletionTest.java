package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.config.report.RunReport;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.stream.stack.FreeSpace;
import io.nocturne.stream.stack.RecordedStack;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.Verify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that lost its products, completed afterwards. */
class RunCompletionTest {
    private static final int FRAMES = 12;
    private static final FreeSpace.Limits MORE_THAN_ANY_DISK =
            new FreeSpace.Limits(Long.MAX_VALUE / 4, Long.MAX_VALUE / 4);

    @TempDir
    Path folder;

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static List<Path> products(Path run) throws IOException {
        try (Stream<Path> all = Files.list(run.resolve("pattern-0"))) {
            return all.filter(path -> path.getFileName().toString().startsWith("restored"))
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"omeZarr", "omeTiff", "ndTiff"})
    void withoutRoomItSaysHowManyFramesAreLeftAndWithRoomItRestoresThem(String format) throws Exception {
        Path run = folder.resolve("run");
        RunConfig config = ConfigReader.parse(
                """
                source: { pattern: { width: 64, height: 48, rate: 50 fps, frames: %d } }
                restore: { model: gaussian }
                disk: { format: %s }
                view: { enabled: false }
                """
                        .formatted(FRAMES, format),
                "test",
                folder,
                RunConfig.class,
                Map.of("run.folder", run.toString()));
        assertThat(new PipelineAssembler(config, RunWatcher.SILENT).run().complete())
                .isTrue();
        for (Path stack : products(run)) {
            delete(stack);
        }

        RunReport full = new RunCompletion(run, RunWatcher.SILENT, MORE_THAN_ANY_DISK).run();

        assertThat(full.complete()).isFalse();
        assertThat(full.problems())
                .singleElement()
                .asString()
                .contains(FRAMES + " frames still lack their product")
                .contains("nothing more is written")
                .contains("Then 'nocturne restore --in RUN' restores them");
        assertThat(products(run)).isEmpty();

        RunReport completed = new RunCompletion(run, RunWatcher.SILENT).run();

        assertThat(completed.complete()).as("%s", completed.problems()).isTrue();
        assertThat(Verify.run(run, false).findings()).isEmpty();
        try (RunFolder there = RunFolder.open(run);
                RecordedStack restored = RecordedStack.open(there.restored("pattern", 0))) {
            for (int i = 0; i < FRAMES; i++) {
                assertThat(restored.has(i)).isTrue();
            }
        }
    }
}
