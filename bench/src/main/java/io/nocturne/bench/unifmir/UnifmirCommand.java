package io.nocturne.bench.unifmir;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.TensorContent;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.unifmir.Formulation;
import io.nocturne.inference.unifmir.GraphOptions;
import io.nocturne.inference.unifmir.RecipeWeights;
import io.nocturne.inference.unifmir.UnifmirGraphs;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import io.nocturne.inference.unifmir.UnifmirTask;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The denoising network's formulations, and PyTorch, on one image in one run. */
@Command(
        name = "unifmir",
        description =
                "Times UniFMIR's denoising network: our graphs on the CPU, alternating with PyTorch if it is there.")
public final class UnifmirCommand extends BenchCommand {
    private static final double BAR = 3;
    private static final int BAR_SIZE = 128;
    private static final double TOLERANCE = 1e-4;
    private static final long PAUSE_MILLIS = 100;

    @Option(names = "--size", split = ",", defaultValue = "128,256", description = "Sides of the image.")
    List<Integer> sizes;

    @Option(names = "--rounds", defaultValue = "7", description = "Alternating rounds.")
    int rounds;

    @Option(names = "--threads", defaultValue = "2", description = "Threads of each contender.")
    int threads;

    @Option(
            names = "--graphs",
            split = ",",
            defaultValue = "plain,cpu,cpu_chunked,tensorrt",
            description = "Formulations, cpu_chunked:N with portions of N windows.")
    List<String> graphs;

    @Option(names = "--torch", defaultValue = "python3", description = "A Python with PyTorch, or none.")
    String torch;

    @Option(names = "--profile", description = "Also tell where each graph's time goes, by operator.")
    boolean profile;

    @Override
    public void run(Findings findings) throws Exception {
        findings.line("Denoising network with made-up weights, one image, " + threads
                + " threads each, one after the other in every round. Ratios are of medians.");
        for (int size : sizes) {
            if (size < 8 || size % 8 != 0) {
                throw badOption("--size " + size + " is no multiple of 8");
            }
            try (ScratchFolder scratch = new ScratchFolder(null)) {
                findings.line("");
                findings.line(size + " x " + size);
                new Match(size, scratch.path(), findings).run();
            }
        }
    }

    /** One size. */
    private final class Match {
        private final int size;
        private final Path folder;
        private final Findings findings;
        private final float[] image;
        private final UnifmirNetwork network;
        private final StateDict weights;

        Match(int size, Path folder, Findings findings) throws Exception {
            this.size = size;
            this.folder = folder;
            this.findings = findings;
            this.image = image(size);
            this.weights = RecipeWeights.stateDict(
                    "recipe", UnifmirNetwork.published(UnifmirTask.DENOISE).parameters());
            this.network = UnifmirNetwork.read(weights, UnifmirTask.DENOISE);
        }

        void run() throws Exception {
            List<Contender> contenders = new ArrayList<>();
            try (Product product = new Product(folder, threads)) {
                for (String graph : graphs) {
                    contenders.add(ours(graph));
                }
                addTorch(contenders);
                Map<Contender, double[]> times = new LinkedHashMap<>();
                for (Contender contender : contenders) {
                    contender.run();
                    times.put(contender, new double[rounds]);
                }
                checkOutputs(contenders);
                double[] products = new double[rounds];
                for (int round = 0; round < rounds; round++) {
                    products[round] = product.run();
                    for (Contender contender : contenders) {
                        Thread.sleep(PAUSE_MILLIS);
                        times.get(contender)[round] = contender.run();
                    }
                }
                report(times, product.giga() / median(products) * 1000);
                if (profile) {
                    profiles(contenders);
                }
            } finally {
                contenders.forEach(Contender::close);
            }
        }

        private Contender ours(String graph) throws Exception {
            String[] parts = graph.split(":", 2);
            GraphOptions options = GraphOptions.tile(size)
                    .with(formulation(parts[0]))
                    .withChunk(parts.length > 1 ? Integer.parseInt(parts[1]) : 0);
            Path file = folder.resolve(graph.replace(':', '-') + ".onnx");
            UnifmirGraphs.build(network, weights, options).write(file);
            Optional<Path> log =
                    profile ? Optional.of(folder.resolve("profile-" + graph.replace(':', '-'))) : Optional.empty();
            return new GraphContender(graph, file, threads, log, image, 1, 1, size, size);
        }

        private Formulation formulation(String name) {
            try {
                return Formulation.valueOf(name.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw badOption(
                        "There is no formulation '" + name + "'; known are " + Arrays.toString(Formulation.values()));
            }
        }

        private void addTorch(List<Contender> contenders) throws IOException {
            if (torch.equals("none")) {
                return;
            }
            writeWeights();
            for (String mode : List.of("eager", "traced")) {
                try {
                    contenders.add(new TorchContender(torch, mode, threads, folder, size, size));
                } catch (IOException e) {
                    findings.line("Without PyTorch: " + e.getMessage() + ". Name a Python that has it with --torch.");
                    return;
                }
            }
        }

        private void writeWeights() throws IOException {
            List<String> lines = new ArrayList<>();
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(folder.resolve("weights.bin")))) {
                for (String name : weights.names()) {
                    Parameter parameter = weights.find(name).orElseThrow();
                    StringBuilder line = new StringBuilder(name);
                    parameter.shape().forEach(dim -> line.append(' ').append(dim));
                    lines.add(line.toString());
                    parameter.content().writeTo(out);
                }
            }
            Files.write(folder.resolve("weights.txt"), lines);
            try (OutputStream out = Files.newOutputStream(folder.resolve("image.bin"))) {
                TensorContent.of(image).writeTo(out);
            }
        }

        private void checkOutputs(List<Contender> contenders) throws Exception {
            float[] reference = contenders.get(contenders.size() - 1).output();
            double largest = 0;
            for (float value : reference) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (Contender contender : contenders.subList(0, contenders.size() - 1)) {
                float[] output = contender.output();
                double worst = 0;
                for (int i = 0; i < reference.length; i++) {
                    worst = Math.max(worst, Math.abs(output[i] - (double) reference[i]));
                }
                findings.bar(
                        worst <= TOLERANCE * largest,
                        String.format(
                                Locale.ROOT,
                                "%s agrees with %s: %.1e of %.3g",
                                contender.name(),
                                contenders.get(contenders.size() - 1).name(),
                                worst,
                                largest));
            }
        }

        private void report(Map<Contender, double[]> times, double productRate) {
            double giga = multiplications(network.body()) * size * size / 1e9;
            double fastestTorch = times.entrySet().stream()
                    .filter(entry -> entry.getKey() instanceof TorchContender)
                    .mapToDouble(entry -> median(entry.getValue()))
                    .min()
                    .orElse(Double.NaN);
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("", "median ms", "best ms", "GMAC/s", "of product", "x fastest PyTorch"));
            times.forEach((contender, runs) -> {
                double median = median(runs);
                double rate = giga / median * 1000;
                rows.add(List.of(
                        contender.name(),
                        number(median, "%.0f"),
                        number(Arrays.stream(runs).min().orElseThrow(), "%.0f"),
                        number(rate, "%.1f"),
                        number(100 * rate / productRate, "%.0f %%"),
                        number(fastestTorch / median, "%.2f")));
            });
            findings.table(rows);
            findings.line(number(productRate, "  product of two 1024 x 1024 matrices in the same run: %.1f GMAC/s"));
            if (size == BAR_SIZE && !Double.isNaN(fastestTorch)) {
                double best = times.entrySet().stream()
                        .filter(entry -> entry.getKey() instanceof GraphContender)
                        .mapToDouble(entry -> fastestTorch / median(entry.getValue()))
                        .max()
                        .orElseThrow();
                findings.bar(
                        best >= BAR, number(best, "%.2f") + " times as fast as the faster PyTorch, at least " + BAR);
            }
        }

        private void profiles(List<Contender> contenders) throws Exception {
            for (Contender contender : contenders) {
                if (contender instanceof GraphContender graph) {
                    findings.line("");
                    findings.line("Where " + graph.name() + " spends its time:");
                    findings.table(OperatorTimes.read(graph.endProfile()).table(rounds + 1));
                }
            }
        }
    }

    /** A large product of matrices, to tell what this processor can do. */
    private static final class Product implements AutoCloseable {
        private static final int SIDE = 1024;

        private final GraphContender graph;

        Product(Path folder, int threads) throws Exception {
            GraphBuilder product = GraphBuilder.named("product");
            Value a = product.input("a", ElementType.FLOAT32, Shape.of(SIDE, SIDE));
            Value b = product.constant("b", image(SIDE), SIDE, SIDE);
            product.output(UnifmirGraphs.OUTPUT, product.ops().matmul(a, b), ElementType.FLOAT32, Shape.of(SIDE, SIDE));
            Path file = folder.resolve("product.onnx");
            product.write(file);
            graph = new GraphContender("product", file, threads, Optional.empty(), image(SIDE), SIDE, SIDE);
            graph.run();
        }

        double run() throws Exception {
            return graph.run();
        }

        double giga() {
            return (double) SIDE * SIDE * SIDE / 1e9;
        }

        @Override
        public void close() {
            graph.close();
        }
    }

    private static float[] image(int side) {
        Random random = new Random(7);
        float[] image = new float[side * side];
        for (int i = 0; i < image.length; i++) {
            image[i] = random.nextFloat();
        }
        return image;
    }

    /** Multiplications and additions per pixel. */
    static long multiplications(SwinBody body) {
        long channels = body.channels();
        int blocks = body.depths().stream().mapToInt(Integer::intValue).sum();
        long convolutions = 9
                * (channels * body.inputs()
                        + channels * channels * (body.depths().size() + 1)
                        + channels * body.features()
                        + (long) body.features() * body.outputs());
        long linear = 4 * channels * channels + 2 * channels * body.hidden();
        long attention = 2L * UnifmirNetwork.WINDOW * UnifmirNetwork.WINDOW * channels;
        return convolutions + blocks * (linear + attention);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String number(double value, String format) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
