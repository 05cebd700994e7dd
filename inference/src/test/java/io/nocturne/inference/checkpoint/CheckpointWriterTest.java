package io.nocturne.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.unifmir.RecipeWeights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {
    @TempDir
    Path folder;

    @Test
    void whatWasWrittenIsReadBackBitForBit() throws Exception {
        float[] odd = {
            0f,
            -0f,
            Float.MIN_VALUE,
            Float.MAX_VALUE,
            Float.NaN,
            Float.intBitsToFloat(0xffc12345),
            Float.NEGATIVE_INFINITY,
            1.1f
        };
        StateDict written = StateDict.of(
                "test",
                List.of(
                        Parameter.of("z.odd", odd, 2, 2, 2),
                        RecipeWeights.parameter("a.weight", 7, 5, 3, 3),
                        Parameter.of("large", new float[50_000], 250, 200),
                        Parameter.ofHalf("half", new float[] {1, -2.5f, 65504, 1e-7f}, 4),
                        Parameter.of("counter", new long[] {Long.MIN_VALUE}),
                        Parameter.of("none", new float[0], 0, 3)));
        Path file = folder.resolve("x.pt");
        CheckpointWriter.write(file, written);
        StateDict read = CheckpointReader.read(file);

        assertThat(read.names()).isEqualTo(written.names());
        for (String name : written.names()) {
            Parameter before = written.find(name).orElseThrow();
            Parameter after = read.find(name).orElseThrow();
            assertThat(after.type()).isEqualTo(before.type());
            assertThat(after.shape()).isEqualTo(before.shape());
            assertThat(bytes(after)).as(name).isEqualTo(bytes(before));
        }
        assertThat(read.find("half").orElseThrow().floats()).containsExactly(1, -2.5f, 65504, 0x1p-23f);
        assertThat(read.find("half").orElseThrow().type()).isEqualTo(ElementType.FLOAT16);
    }

    @Test
    void anOlderCheckpointIsReplacedAndNothingElseLeftBehind() throws Exception {
        Path file = folder.resolve("x.pt");
        CheckpointWriter.write(file, StateDict.of("1", List.of(Parameter.of("a", new float[] {1}, 1))));
        CheckpointWriter.write(file, StateDict.of("2", List.of(Parameter.of("b", new float[] {2}, 1))));
        assertThat(CheckpointReader.read(file).names()).containsExactly("b");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    private static byte[] bytes(Parameter parameter) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        parameter.content().writeTo(out);
        return out.toByteArray();
    }
}
