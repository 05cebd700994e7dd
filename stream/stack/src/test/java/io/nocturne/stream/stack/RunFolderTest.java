package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static RunDescription description() {
        ObjectNode config = JSON.createObjectNode().put("source", "simulated");
        ObjectNode card = JSON.createObjectNode().put("name", "gaussian");
        return RunDescription.begin(config, List.of(card), Map.of("nocturne", "0.1.0"));
    }

    @Test
    void aRunIsDescribedWholeAndReadBack() throws IOException {
        Path root = folder.resolve("run");
        RunDescription begun = description();
        try (RunFolder run = RunFolder.create(root)) {
            run.describe(begun);
            assertThat(RunFolder.open(root).description()).isEqualTo(begun);
            RunDescription ended = begun.end(JSON.createObjectNode().put("acquired", 600));
            run.describe(ended);
            assertThat(run.description()).isEqualTo(ended);
            assertThat(run.description().runId()).isEqualTo(begun.runId());
            assertThat(run.description().ended()).isNotEmpty();
            assertThat(run.streamDir("cam0", 2)).isEqualTo(run.root().resolve("cam0-2"));
            assertThat(run.latencyDir()).isDirectory();
        }
    }

    @Test
    void aRunIsNeverWrittenOverWhatIsThere() throws IOException {
        Path full = Files.createDirectories(folder.resolve("full"));
        Files.writeString(full.resolve("precious.txt"), "data");
        assertThatThrownBy(() -> RunFolder.create(full))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("isn't empty");
        Path file = Files.writeString(folder.resolve("file"), "data");
        assertThatThrownBy(() -> RunFolder.create(file))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("is a file");
        assertThatThrownBy(() -> RunFolder.create(file.resolve("below")))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("is a file");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        RunFolder.create(empty).close();
    }

    @Test
    void oneWriterAtATimeMayCompleteARun() throws IOException {
        Path root = folder.resolve("run");
        try (RunFolder run = RunFolder.create(root)) {
            run.describe(description());
            assertThatThrownBy(() -> RunFolder.complete(root))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("being written");
            RunFolder reader = RunFolder.open(root);
            assertThat(reader.isWritable()).isFalse();
            assertThatThrownBy(() -> reader.describe(description())).isInstanceOf(StackException.class);
        }
        try (RunFolder again = RunFolder.complete(root)) {
            assertThat(again.isWritable()).isTrue();
        }
    }

    @Test
    void whatIsNoRunIsRefused() throws IOException {
        assertThatThrownBy(() -> RunFolder.open(folder))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("not a run");
        Files.writeString(folder.resolve("run.json"), "{\"format\":\"nocturne-run\",\"formatVersion\":99}");
        assertThatThrownBy(() -> RunFolder.open(folder).description())
                .isInstanceOf(StackException.class)
                .hasMessageContaining("newer Nocturne");
    }

    @Test
    void epochsAreFoundByTheirFolders() throws IOException {
        try (RunFolder run = RunFolder.create(folder.resolve("run"))) {
            Files.createDirectories(run.streamDir("cam1", 0));
            Files.createDirectories(run.streamDir("cam0", 10));
            Files.createDirectories(run.streamDir("cam0", 9));
            assertThat(run.epochs())
                    .containsExactly(
                            new RunFolder.StreamEpoch("cam0", 9),
                            new RunFolder.StreamEpoch("cam0", 10),
                            new RunFolder.StreamEpoch("cam1", 0));
        }
    }

    @Test
    void spaceIsWarnedOfOnceAndRefusedBeforeTheDiskIsFull() throws IOException {
        long[] usable = {10_000};
        List<String> warnings = new ArrayList<>();
        FreeSpace space = new FreeSpace("the run", () -> usable[0], new FreeSpace.Limits(1000, 5000), warnings::add);
        space.require(1000, 0);
        assertThat(warnings).isEmpty();
        usable[0] = 4000;
        space.require(100, 2_000_000_000L);
        space.require(100, 4_000_000_000L);
        assertThat(warnings).hasSize(1);
        assertThatThrownBy(() -> space.require(3500, 4_000_000_001L))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("reserve");
    }
}
