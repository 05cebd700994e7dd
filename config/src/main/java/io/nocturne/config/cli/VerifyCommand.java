package io.nocturne.config.cli;

import io.nocturne.config.units.ByteSize;
import io.nocturne.stream.stack.Verify;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a run on disk against its ledger, byte by byte. */
@Command(name = "verify", description = "Check every stored frame of a run against its ledger.")
public final class VerifyCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "The run's folder.")
    Path run;

    @Option(names = "--repair", description = "Mend what can be mended: after a crash, or a disk that ran full.")
    boolean repair;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Verify.Result result = Verify.run(run, repair);
        result.findings().forEach(out::println);
        Verify.Counts counts = result.counts();
        out.printf(
                "%d raw frames (%s) and %d restored ones are as the ledger's %d lines say; %d frames never came.%n",
                counts.rawFrames(),
                ByteSize.about(counts.rawBytes()),
                counts.products(),
                counts.ledgerLines(),
                counts.gapFrames());
        boolean mendable = !result.ok() && !repair;
        out.println(result.ok() ? "The run is sound." : "The run is damaged." + (mendable ? " Try --repair." : ""));
        out.flush();
        return result.ok() ? 0 : CommandErrors.FAILED;
    }
}
