package io.nocturne.config.cli;

import io.nocturne.stream.stack.Pyramid;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Adds smaller copies of its frames to a run that has ended, for viewers of large images. */
@Command(
        name = "pyramid",
        description = "Add smaller copies of its frames to a run that has ended, for viewers of large images.")
public final class PyramidCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Folder of the run.")
    Path run;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        ProgressLine line = new ProgressLine(out, Terminal.isInteractive());
        Pyramid.Result result = Pyramid.run(run, (stack, share) -> {
            line.tell(share, stack.getFileName().toString());
            return true;
        });
        line.end();
        out.println(
                result.images() == 0
                        ? "There is nothing to add: the copies are there, or the frames are small enough."
                        : result.planes() + " planes halved and read back, in " + result.images() + " images");
        out.flush();
        return 0;
    }
}
