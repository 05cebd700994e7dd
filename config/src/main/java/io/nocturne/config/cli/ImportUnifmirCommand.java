package io.nocturne.config.cli;

import io.nocturne.inference.unifmir.CheckpointImport;
import io.nocturne.inference.unifmir.Formulation;
import io.nocturne.inference.unifmir.GraphOptions;
import io.nocturne.inference.unifmir.UnifmirCards;
import io.nocturne.inference.unifmir.UnifmirTask;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Turns a checkpoint that its authors published into a model that runs here, without Python. */
@Command(
        name = "import-unifmir",
        description = "Turn a UniFMIR checkpoint (.pt) into a model that runs here; no Python needed.")
public final class ImportUnifmirCommand implements Callable<Integer> {
    /** What a graph is written for. */
    enum Target {
        CPU(Formulation.CPU_CHUNKED),
        GPU(Formulation.TENSORRT),
        ANY(Formulation.PLAIN);

        private final Formulation formulation;

        Target(Formulation formulation) {
            this.formulation = formulation;
        }
    }

    static final class TaskConverter implements ITypeConverter<UnifmirTask> {
        @Override
        public UnifmirTask convert(String title) {
            try {
                return UnifmirTask.of(title);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class TaskTitles implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(UnifmirTask.values()).map(UnifmirTask::title).iterator();
        }
    }

    private static final int DEFAULT_TILE = 256;

    /** Pixels behind a microlens along each axis, in the published network. */
    private static final int LENS = 11;

    private static final Pattern FRAME = Pattern.compile("(\\d{1,6})x(\\d{1,6})");

    @Spec
    CommandSpec spec;

    @Option(
            names = "--task",
            required = true,
            paramLabel = "TASK",
            converter = TaskConverter.class,
            completionCandidates = TaskTitles.class,
            description = "What the network is for: ${COMPLETION-CANDIDATES}.")
    UnifmirTask task;

    @Option(
            names = "--tile",
            paramLabel = "N",
            description =
                    "Side of the tiles it will work on, a multiple of 8 (256); not for projection and volumetric.")
    Optional<Integer> tile = Optional.empty();

    @Option(
            names = "--frame",
            paramLabel = "WxH",
            description = "Size of the camera's frames: projection and volumetric look at whole ones.")
    Optional<String> frame = Optional.empty();

    @Option(
            names = "--for",
            paramLabel = "WHAT",
            defaultValue = "cpu",
            description = "What it will run on: cpu, gpu (TensorRT, CUDA) or any (${DEFAULT-VALUE}).")
    Target target;

    @Option(names = "--half", description = "Half-precision weights and arithmetic, for GPUs.")
    boolean half;

    @Option(
            names = "--fast",
            description = "Leave out the second of three groups of blocks, as the published fast mode does.")
    boolean fast;

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the model (that of the file).")
    Optional<String> name = Optional.empty();

    @Option(names = "--force", description = "Replace a model that is there already.")
    boolean force;

    @Parameters(index = "0", paramLabel = "CHECKPOINT.pt", description = "The file from the authors' release.")
    Path checkpoint;

    @Parameters(index = "1", paramLabel = "OUT.onnx", description = "The model to write; its card goes beside it.")
    Path onnx;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        CheckpointImport job = new CheckpointImport(checkpoint, onnx, task, options(), modelName(), force);
        CheckpointImport.Imported made = job.run(line -> {
            out.println(line);
            out.flush();
        });
        out.printf("%s is ready: %s%n", onnx, made.model());
        out.printf("Use it:    nocturne restore --model %s --in MOVIE.tif --out RESTORED.tif%n", onnx);
        out.printf("live:      restore: { model: %s } in the configuration that 'nocturne run' takes%n", onnx);
        out.flush();
        return 0;
    }

    private GraphOptions options() {
        if (UnifmirCards.wholeFrames(task)) {
            return wholeFrame().with(target.formulation).withHalf(half).withFast(fast);
        }
        if (frame.isPresent()) {
            throw usage("--frame is for projection and volumetric; " + task.title() + " works on tiles (--tile)");
        }
        int side = tile.orElse(DEFAULT_TILE);
        if (side < 8 || side > GraphOptions.LONGEST || side % 8 != 0) {
            throw usage("--tile must be a multiple of 8 from 8 to " + GraphOptions.LONGEST + ", not " + side);
        }
        return GraphOptions.tile(side).with(target.formulation).withHalf(half).withFast(fast);
    }

    private GraphOptions wholeFrame() {
        Matcher size = FRAME.matcher(frame.orElse(""));
        int pitch = task == UnifmirTask.VOLUMETRIC ? LENS : 1;
        int width = size.matches() ? Integer.parseInt(size.group(1)) : 0;
        int height = size.matches() ? Integer.parseInt(size.group(2)) : 0;
        boolean fits = width % pitch == 0 && height % pitch == 0;
        boolean inside =
                Math.min(width, height) >= 8 * pitch && Math.max(width, height) <= GraphOptions.LONGEST * pitch;
        if (tile.isPresent() || !fits || !inside) {
            throw usage(
                    "A " + task.title() + " network looks at whole frames: give their size as --frame WxH, sides of "
                            + 8 * pitch + " to " + GraphOptions.LONGEST * pitch + " pixels"
                            + (pitch > 1 ? " and multiples of " + pitch + ", the pixels behind a microlens" : "")
                            + ", and no --tile");
        }
        return GraphOptions.tile(width / pitch, height / pitch);
    }

    private String modelName() {
        String file = onnx.getFileName().toString();
        String wanted = name.orElse(file.endsWith(".onnx") ? file.substring(0, file.length() - 5) : file);
        if (!wanted.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw usage("A model's name is 1 to 64 letters, digits, dots, dashes or underscores, not '" + wanted
                    + "'; give one with --name");
        }
        return wanted;
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
