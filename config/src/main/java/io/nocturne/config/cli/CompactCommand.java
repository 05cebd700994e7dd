package io.nocturne.config.cli;

import io.nocturne.config.units.ByteSize;
import io.nocturne.stream.stack.Compact;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Packs a run that has ended into few files without holes, for keeping and copying. */
@Command(
        name = "compact",
        description = "Pack a run that has ended into few files without holes; every frame is read back before old"
                + " files go.")
public final class CompactCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Folder of the run.")
    Path run;

    @Override
    public Integer call() throws IOException {
        Compact.Result result = Compact.run(run);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%d frames packed and read back: %d files of %s are now %d files of %s%n",
                result.frames(),
                result.filesBefore(),
                ByteSize.about(result.bytesBefore()),
                result.filesAfter(),
                ByteSize.about(result.bytesAfter()));
        out.flush();
        return 0;
    }
}
