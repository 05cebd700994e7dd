package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.ModelException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingPartsTest {
    @TempDir
    Path folder;

    @Test
    void withoutThePartsTheCommandThatMakesThemIsNamed() {
        assertThatThrownBy(() -> TrainingParts.find(folder.resolve("training")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("mvn -Ptraining -DskipTests package");
    }
}
