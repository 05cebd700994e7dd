package io.nocturne.config.cli;

import io.nocturne.config.RunConfig;
import io.nocturne.config.yaml.ConfigReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Reads a configuration and prints the plan of its run, without starting it. */
@Command(name = "check", description = "Check a configuration and print the plan of its run.")
public final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONFIG.yaml", description = "The configuration.")
    Path config;

    @Override
    public Integer call() throws Exception {
        System.out.println(ConfigReader.read(config, RunConfig.class));
        return 0;
    }
}
