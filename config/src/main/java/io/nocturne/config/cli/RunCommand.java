package io.nocturne.config.cli;

import io.nocturne.config.RunConfig;
import io.nocturne.config.yaml.ConfigReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a configuration. */
@Command(name = "run", description = "Run a configuration: camera or recording to disk, Kafka and the live view.")
public final class RunCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "CONFIG.yaml", description = "The configuration; 'check' explains it.")
    Path config;

    @Override
    public Integer call() throws Exception {
        RunConfig read = ConfigReader.read(config, RunConfig.class);
        return new RunConsole(spec.commandLine().getOut()).run(read);
    }
}
