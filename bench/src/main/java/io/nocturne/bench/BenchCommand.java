package io.nocturne.bench;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A benchmark as a command: says where its figures come from, runs, and tells by its exit code if its bars were met. */
public abstract class BenchCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    /**
     * Runs the benchmark.
     *
     * @throws Exception if it can't be run; a missed bar is a finding, not an exception
     */
    public abstract void run(Findings findings) throws Exception;

    /** An option's value that can't be used. */
    protected final ParameterException badOption(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Findings findings = new Findings(out);
        Provenance.lines(spec.root().commandLine().getParseResult().originalArgs())
                .forEach(findings::line);
        findings.line("");
        long start = System.nanoTime();
        run(findings);
        findings.line("");
        findings.line(
                "took " + (System.nanoTime() - start) / 1_000_000_000 + " s; load now " + Provenance.loadAverage());
        return findings.exitCode();
    }
}
