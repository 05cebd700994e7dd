package io.nocturne.bench.overload;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Twice as many frames as can be restored. */
@Command(name = "overload", description = "Runs a camera at twice the restoring capacity and checks the promises.")
public final class OverloadCommand extends BenchCommand {
    @Option(names = "--service", defaultValue = "40", description = "Milliseconds that one restoration takes.")
    long serviceMillis;

    @Option(names = "--workers", defaultValue = "1,2", split = ",", description = "Numbers of workers to try.")
    List<Integer> workers;

    @Option(names = "--seconds", defaultValue = "60", description = "Length of each run.")
    double seconds;

    @Option(names = "--size", defaultValue = "512", description = "Width and height of a uint16 frame.")
    int size;

    @Override
    public void run(Findings findings) throws Exception {
        for (int count : workers) {
            Overload.run(
                    new FrameSpec(size, size, PixelType.UINT16),
                    Duration.ofMillis(serviceMillis),
                    count,
                    seconds,
                    findings);
        }
    }
}
