package io.nocturne.config.cli;

import io.nocturne.stream.stack.OmeZarrVersion;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.StackException;
import io.nocturne.stream.stack.StackReader;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies a run's frames into one file for other programs. */
@Command(
        name = "export",
        description = "Copy a run's restored or raw frames into one TIFF for Fiji (BigTIFF where it must be), or an"
                + " OME-Zarr.")
public final class ExportCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Folder of the run.")
    Path run;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "A new file ending in .tif or .tiff, or a new folder ending in .zarr.")
    Path out;

    @Option(
            names = "--ome-zarr",
            paramLabel = "VERSION",
            description = "Version of an OME-Zarr: 0.5, or 0.4 for QuPath, OMERO and older programs (0.5).")
    String version = OmeZarrVersion.V0_5.number();

    @Option(names = "--raw", description = "The camera's frames instead of the restored ones.")
    boolean raw;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            defaultValue = "0",
            description = "Which epoch, of a run whose frames changed their geometry (${DEFAULT-VALUE}).")
    int number;

    @Override
    public Integer call() throws Exception {
        if (!StackExport.isStack(out)) {
            throw new ParameterException(spec.commandLine(), out + " ends neither in .tif, .tiff nor .zarr");
        }
        OmeZarrVersion zarr = Arrays.stream(OmeZarrVersion.values())
                .filter(known -> known.number().equals(version))
                .findFirst()
                .orElseThrow(() ->
                        new ParameterException(spec.commandLine(), "--ome-zarr is 0.5 or 0.4, not '" + version + "'"));
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(out.toString());
        }
        try (RunFolder folder = RunFolder.open(run)) {
            List<RunFolder.StreamEpoch> epochs = folder.epochs();
            RunFolder.StreamEpoch epoch = epochs.stream()
                    .filter(e -> e.epoch() == number)
                    .findFirst()
                    .orElseThrow(() -> new StackException(run + " has no epoch " + number + "; it has " + epochs));
            Path stack =
                    raw ? folder.raw(epoch.stream(), epoch.epoch()) : folder.restored(epoch.stream(), epoch.epoch());
            if (!Files.exists(stack)) {
                throw new StackException(
                        run + " has no " + (raw ? "raw" : "restored") + " frames" + (raw ? "" : "; try --raw"));
            }
            try (StackReader frames = StackReader.open(stack)) {
                StackExport.copy(frames, out, zarr);
                spec.commandLine().getOut().printf("%d frames: %s%n", frames.frames(), out);
                spec.commandLine().getOut().flush();
            }
        }
        return 0;
    }
}
