package io.nocturne.bench;

import io.nocturne.bench.allocation.AllocationCommand;
import io.nocturne.bench.camera.CameraCommand;
import io.nocturne.bench.camera.StudioCommand;
import io.nocturne.bench.disk.DiskCommand;
import io.nocturne.bench.handover.HandOverCommand;
import io.nocturne.bench.kafka.BrokerCommand;
import io.nocturne.bench.kafka.KafkaFaultsCommand;
import io.nocturne.bench.kafka.KafkaSpeedCommand;
import io.nocturne.bench.kill.KillCommand;
import io.nocturne.bench.kill.KillVictim;
import io.nocturne.bench.load.LoadCommand;
import io.nocturne.bench.micro.JmhCommand;
import io.nocturne.bench.overload.OverloadCommand;
import io.nocturne.bench.overload.SlowWorkerCommand;
import io.nocturne.bench.poll.PollCommand;
import io.nocturne.bench.poll.PollReader;
import io.nocturne.bench.quality.AdaptCommand;
import io.nocturne.bench.quality.OtfCommand;
import io.nocturne.bench.quality.QualityCommand;
import io.nocturne.bench.tiling.TilingCommand;
import io.nocturne.bench.unifmir.UnifmirCommand;
import io.nocturne.bench.workers.WorkersCommand;
import io.nocturne.config.cli.CommandErrors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line of the bench. Exit code 0: every bar met; 1: one missed, or a failure; 2: bad usage. */
@Command(
        name = "nocturne-bench",
        description = "Measures Nocturne and checks its promises.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            LoadCommand.class,
            HandOverCommand.class,
            OverloadCommand.class,
            SlowWorkerCommand.class,
            AllocationCommand.class,
            DiskCommand.class,
            KillCommand.class,
            KillVictim.class,
            KafkaSpeedCommand.class,
            KafkaFaultsCommand.class,
            BrokerCommand.class,
            PollCommand.class,
            PollReader.class,
            WorkersCommand.class,
            TilingCommand.class,
            UnifmirCommand.class,
            CameraCommand.class,
            StudioCommand.class,
            JmhCommand.class,
            QualityCommand.class,
            AdaptCommand.class,
            OtfCommand.class,
            ReportCommand.class
        })
public final class Main {
    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    boolean debug;

    public static void main(String[] args) {
        System.exit(run(commandLine(), args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
        CommandErrors.installOn(commandLine, () -> commandLine.<Main>getCommand().debug);
        return commandLine;
    }

    /** Runs one command and tells its exit code. */
    static int run(CommandLine commandLine, String... args) {
        if (args.length == 0) {
            commandLine.usage(System.err);
            return CommandErrors.BAD_INPUT;
        }
        return commandLine.execute(args);
    }
}
