package io.nocturne.bench.unifmir;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The same network in PyTorch, in a process of its own that runs when it is told to. */
final class TorchContender implements Contender {
    private static final String SCRIPT = "torch_peer.py";

    private final String name;
    private final Path folder;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;

    /**
     * Starts the process; returns when it is warmed up.
     *
     * @param mode {@code eager} or {@code traced}
     * @param folder with weights and image, as the script asks for
     * @throws IOException if there is no such Python, or it has no PyTorch; says what the process said
     */
    TorchContender(String python, String mode, int threads, Path folder, int height, int width) throws IOException {
        this.folder = folder;
        Path script = folder.resolve(SCRIPT);
        Files.copy(TorchContender.class.getResourceAsStream(SCRIPT), script, StandardCopyOption.REPLACE_EXISTING);
        Path errors = folder.resolve("torch-" + mode + ".txt");
        process = new ProcessBuilder(List.of(
                        python,
                        script.toString(),
                        mode,
                        Integer.toString(threads),
                        folder.toString(),
                        Integer.toString(height),
                        Integer.toString(width)))
                .redirectError(errors.toFile())
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
        String ready = answers.readLine();
        if (ready == null || !ready.startsWith("ready ")) {
            process.destroy();
            List<String> said = Files.readAllLines(errors);
            throw new IOException(
                    python + " doesn't run PyTorch: " + (said.isEmpty() ? ready : said.get(said.size() - 1)));
        }
        name = "PyTorch " + ready.substring("ready ".length()) + ", " + mode;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double run() throws IOException {
        return Double.parseDouble(ask("run"));
    }

    @Override
    public float[] output() throws IOException {
        Path file = folder.resolve("output.bin");
        ask("save " + file);
        FloatBuffer values = ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] output = new float[values.remaining()];
        values.get(output);
        return output;
    }

    private String ask(String command) throws IOException {
        commands.write(command);
        commands.newLine();
        commands.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException(name + " ended");
        }
        return answer;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
