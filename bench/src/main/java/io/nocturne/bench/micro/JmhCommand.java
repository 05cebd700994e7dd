package io.nocturne.bench.micro;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the JMH benchmarks. */
@Command(name = "jmh", description = "Runs the JMH benchmarks whose names match.")
public final class JmhCommand extends BenchCommand {
    private static final TimeValue SHORT = TimeValue.milliseconds(200);

    @Parameters(arity = "0..1", defaultValue = ".*", description = "A regular expression; all by default.")
    String names;

    @Option(names = "--quick", description = "One short fork: tells that they run, not how fast.")
    boolean quick;

    @Override
    public void run(Findings findings) throws Exception {
        Path log = Files.createTempFile("nocturne-jmh", ".log");
        ChainedOptionsBuilder options =
                new OptionsBuilder().include(names).shouldFailOnError(true).output(log.toString());
        if (quick) {
            options.forks(1).warmupIterations(1).warmupTime(SHORT);
            options.measurementIterations(1).measurementTime(SHORT);
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("benchmark", "parameters", "score", "error (99.9 %)", "unit"));
        for (RunResult result : new Runner(options.build()).run()) {
            String name = result.getParams().getBenchmark();
            rows.add(List.of(
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                    parameters(result),
                    String.format(Locale.ROOT, "%.3f", result.getPrimaryResult().getScore()),
                    String.format(Locale.ROOT, "%.3f", result.getPrimaryResult().getScoreError()),
                    result.getPrimaryResult().getScoreUnit()));
        }
        findings.table(rows);
        findings.line("  details: " + log);
    }

    private static String parameters(RunResult result) {
        StringBuilder text = new StringBuilder();
        for (String key : result.getParams().getParamsKeys()) {
            text.append(key)
                    .append('=')
                    .append(result.getParams().getParam(key))
                    .append(' ');
        }
        return text.toString().strip();
    }
}
