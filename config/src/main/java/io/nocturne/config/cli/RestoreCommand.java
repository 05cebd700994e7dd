package io.nocturne.config.cli;

import io.nocturne.config.RunConfig;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.inference.unifmir.UnifmirTask;
import io.nocturne.stream.stack.OmeZarrVersion;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Restores what is on disk, skipping nothing: a recording into a new run or file, or what a run left raw. It is a run like
 * any other: replay, pipeline, account.
 */
@Command(
        name = "restore",
        description = {
            "Restore a recording: --model NAME|FILE.onnx --in FILE|DIR --out FILE|DIR.",
            "Complete a run: --in RUN restores what stayed raw, as it would have been restored live."
        })
public final class RestoreCommand implements Callable<Integer> {
    /** A run that replays as fast as it restores, and keeps no copy of the raw frames. */
    private static final String OFFLINE =
            """
            source: { replay: { pace: maximal } }
            restore: { everyFrame: true }
            disk: { raw: false }
            view: { enabled: false }
            """;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "NAME|FILE.onnx",
            description = "A model that 'models' lists, a file, or a bioimage.io package (folder, zip, rdf.yaml).")
    String model;

    @Option(
            names = "--in",
            required = true,
            paramLabel = "FILE|DIR|RUN",
            description = "TIFF, OME-Zarr, .npy, PNG, a folder of frames, or a run.")
    Path in;

    @Option(
            names = "--out",
            paramLabel = "FILE|DIR",
            description = "A .tif file, an OME-Zarr folder ending in .zarr, or the folder of a new run.")
    Path out;

    @Option(names = "--workers", paramLabel = "N", description = "Threads that restore (half of the cores).")
    Optional<Integer> workers = Optional.empty();

    @Option(
            names = "--z-slices",
            paramLabel = "N",
            description = "Slices per z-stack, for a recording that doesn't say so.")
    Optional<Integer> zSlices = Optional.empty();

    @Option(names = "--pixel-size", paramLabel = "UM", description = "Size of a pixel in micrometres, likewise.")
    Optional<Double> pixelSizeUm = Optional.empty();

    @Option(names = "--z-step", paramLabel = "UM", description = "Distance of z-slices in micrometres, likewise.")
    Optional<Double> zStepUm = Optional.empty();

    @Option(names = "--float", description = "Write 32-bit floats instead of the recording's pixel type.")
    boolean floats;

    @Option(
            names = "--upstream-compatible",
            description = "Do as UniFMIR's published programs do; --model is the checkpoint itself. Needs --task.")
    boolean upstreamCompatible;

    @Option(
            names = "--task",
            paramLabel = "TASK",
            converter = ImportUnifmirCommand.TaskConverter.class,
            completionCandidates = ImportUnifmirCommand.TaskTitles.class,
            description = "With --upstream-compatible, what the network is for: ${COMPLETION-CANDIDATES}.")
    Optional<UnifmirTask> task = Optional.empty();

    @Option(names = "--no-chop", description = "With --upstream-compatible, don't cut images into quadrants.")
    boolean noChop;

    @Override
    public Integer call() throws Exception {
        boolean isRun = Files.exists(in.resolve("ledger.ndjson"));
        if (isRun && model == null && out == null) {
            return new RunConsole(spec.commandLine().getOut()).complete(in);
        }
        if (model == null || out == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    isRun
                            ? "--model and --out go together: both for a new restoration, none to complete the run"
                            : in + " is not a run: give --model and --out as well");
        }
        if (upstreamCompatible || task.isPresent() || noChop) {
            return asPublished();
        }
        return recording();
    }

    private int asPublished() throws Exception {
        if (!upstreamCompatible || task.isEmpty() || model.endsWith(".onnx") || !StackExport.isStack(out)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--upstream-compatible, --task, a checkpoint as --model and a .tif or .zarr as --out go together:"
                            + " published programs cut images to sizes of their own, and for each a graph is made from"
                            + " the checkpoint");
        }
        UpstreamRestoration.run(
                Path.of(model),
                task.get(),
                in,
                zSlices,
                !noChop,
                out,
                spec.commandLine().getOut());
        return 0;
    }

    private int recording() throws Exception {
        boolean toFile = StackExport.isStack(out);
        if (toFile && Files.exists(out)) {
            throw new FileAlreadyExistsException(out.toString());
        }
        Path run = toFile ? recordOf(out) : out;
        Map<String, String> values = new LinkedHashMap<>();
        values.put("source.replay.path", in.toAbsolutePath().toString());
        values.put("restore.model", model);
        values.put("run.folder", run.toAbsolutePath().toString());
        workers.ifPresent(n -> values.put("restore.workers", n.toString()));
        zSlices.ifPresent(n -> values.put("source.replay.zSlices", n.toString()));
        pixelSizeUm.ifPresent(um -> values.put("source.replay.pixelSizeUm", um.toString()));
        zStepUm.ifPresent(um -> values.put("source.replay.zStepUm", um.toString()));
        if (floats) {
            values.put("restore.product", "float32");
        }
        RunConfig config =
                ConfigReader.parse(OFFLINE, "command line", Path.of("").toAbsolutePath(), RunConfig.class, values);
        int exit = new RunConsole(spec.commandLine().getOut()).run(config);
        if (toFile) {
            export(run);
        }
        return exit;
    }

    /** Where the account of a restoration into a single file goes: {@code movie.tif} has {@code movie-run}. */
    private static Path recordOf(Path file) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + "-run");
    }

    private void export(Path run) throws IOException {
        try (RunFolder folder = RunFolder.open(run)) {
            RunFolder.StreamEpoch epoch = folder.epochs().get(0);
            try (StackReader products = StackReader.open(folder.restored(epoch.stream(), epoch.epoch()))) {
                StackExport.copy(products, out, OmeZarrVersion.V0_5);
            }
        }
        spec.commandLine().getOut().println("Restored frames: " + out);
    }
}
