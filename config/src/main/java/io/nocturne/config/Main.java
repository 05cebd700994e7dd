package io.nocturne.config;

import io.nocturne.config.cli.AdaptCommand;
import io.nocturne.config.cli.CalibrateCommand;
import io.nocturne.config.cli.CheckCommand;
import io.nocturne.config.cli.CommandErrors;
import io.nocturne.config.cli.CompactCommand;
import io.nocturne.config.cli.DemoCommand;
import io.nocturne.config.cli.DoctorCommand;
import io.nocturne.config.cli.ExportCommand;
import io.nocturne.config.cli.ImportUnifmirCommand;
import io.nocturne.config.cli.ModelsCommand;
import io.nocturne.config.cli.PyramidCommand;
import io.nocturne.config.cli.RestoreCommand;
import io.nocturne.config.cli.RunCommand;
import io.nocturne.config.cli.TrainCommand;
import io.nocturne.config.cli.VerifyCommand;
import io.nocturne.config.cli.Version;
import io.nocturne.config.cli.WorkerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line. Exit code 0: all well; 1: a run failed or frames are unaccounted for; 2: bad usage or input. */
@Command(
        name = "nocturne",
        description = "Live restoration for low-light fluorescence microscopy.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            RestoreCommand.class,
            WorkerCommand.class,
            ModelsCommand.class,
            CalibrateCommand.class,
            AdaptCommand.class,
            TrainCommand.class,
            ImportUnifmirCommand.class,
            VerifyCommand.class,
            CompactCommand.class,
            PyramidCommand.class,
            ExportCommand.class,
            DoctorCommand.class
        })
public final class Main {
    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    boolean debug;

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
        CommandErrors.installOn(commandLine, () -> commandLine.<Main>getCommand().debug);
        return commandLine;
    }

    /** Runs one command and tells its exit code. */
    public static int run(String... args) {
        CommandLine commandLine = commandLine();
        if (args.length == 0) {
            commandLine.usage(System.err);
            return CommandErrors.BAD_INPUT;
        }
        return commandLine.execute(args);
    }
}
