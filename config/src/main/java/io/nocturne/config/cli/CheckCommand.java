package io.nocturne.config.cli;

import io.nocturne.config.PipelineAssembler;
import io.nocturne.config.RunConfig;
import io.nocturne.config.RunPlan;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.config.yaml.SettingsReference;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads a configuration and prints the plan of its run, without starting it. */
@Command(name = "check", description = "Check a configuration and print the plan of its run.")
public final class CheckCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    Subject subject;

    /** A configuration, or all settings there are. */
    static final class Subject {
        @Parameters(paramLabel = "CONFIG.yaml", description = "The configuration.")
        Path config;

        @Option(names = "--settings", description = "Print every setting with its default, range and meaning instead.")
        boolean settings;
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (subject.settings) {
            SettingsReference.lines(RunConfig.class).forEach(out::println);
        } else {
            RunPlan plan = PipelineAssembler.plan(ConfigReader.read(subject.config, RunConfig.class));
            plan.printed().forEach(out::println);
            plan.requireFeasible();
        }
        out.flush();
        return 0;
    }
}
