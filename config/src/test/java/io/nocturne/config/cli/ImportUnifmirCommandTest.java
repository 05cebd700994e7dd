package io.nocturne.config.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.inference.unifmir.PublishedCheckpoints;
import io.nocturne.inference.unifmir.UnifmirTask;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ImportUnifmirCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... args) {
        CommandLine commandLine = new CommandLine(new ImportUnifmirCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        CommandErrors.installOn(commandLine, () -> false);
        String[] texts = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            texts[i] = args[i].toString();
        }
        return commandLine.execute(texts);
    }

    @Test
    void aCheckpointIsImportedCheckedAndTriedOut() throws Exception {
        Path checkpoint = PublishedCheckpoints.write(folder.resolve("model_best.pt"), UnifmirTask.SR);
        Path onnx = folder.resolve("sharp.onnx");
        assertThat(run("--task", "sr", "--tile", "16", checkpoint, onnx))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains(
                        "1,564,973 weights",
                        "verified",
                        "sharp.onnx is ready: sharp sha256:",
                        "nocturne restore --model");
        assertThat(onnx).exists();
        assertThat(folder.resolve("sharp.card.json")).exists();

        assertThat(run("--task", "sr", "--tile", "16", checkpoint, onnx)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(err.toString()).contains("exists already", "--force");
        assertThat(run("--task", "sr", "--tile", "16", "--force", "--for", "any", checkpoint, onnx))
                .isZero();
    }

    @Test
    void mistakesAreNamedAndEndWithTwo() throws Exception {
        Path noise = Files.writeString(folder.resolve("noise.pt"), "no checkpoint at all");
        Path onnx = folder.resolve("x.onnx");
        assertThat(run("--task", "sr", noise, onnx)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(run("--task", "sharpen", noise, onnx)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(run("--task", "sr", "--tile", "20", noise, onnx)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(run("--task", "projection", noise, onnx)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(run("--task", "volumetric", "--frame", "110x100", noise, onnx))
                .isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(run("--task", "sr", "--frame", "64x64", noise, onnx)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(run("--task", "sr", "--name", "a b", noise, onnx)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(run("--task", "sr", folder.resolve("gone.pt"), onnx)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(err.toString())
                .contains(
                        "is no PyTorch zip checkpoint",
                        "There is no task 'sharpen'; tasks are sr, denoise",
                        "--tile must be a multiple of 8",
                        "A projection network looks at whole frames: give their size as --frame WxH",
                        "multiples of 11, the pixels behind a microlens",
                        "--frame is for projection and volumetric",
                        "not 'a b'",
                        "gone.pt does not exist");
        assertThat(onnx).doesNotExist();
    }
}
