package io.nocturne.bench.handover;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.ServiceTime;
import io.nocturne.bench.rejected.QueueHandOver;
import io.nocturne.bench.rejected.ShardedHandOver;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Our hand-over against the rejected designs. */
@Command(
        name = "handover",
        description = "Compares rings and lanes with queues and with sequence %% N, doing the same work in one run.")
public final class HandOverCommand extends BenchCommand {
    private static final int SLOW_FACTOR = 5;
    private static final int SLOTS = 64;
    private static final int LIVE_BACKLOG = 1;

    @Option(names = "--rounds", defaultValue = "7", description = "Alternating rounds per comparison.")
    int rounds;

    @Option(names = "--workers", defaultValue = "4", description = "Threads that restore.")
    int workers;

    @Option(names = "--size", defaultValue = "64", description = "Width and height of a uint16 frame.")
    int size;

    @Option(names = "--frames", defaultValue = "20000", description = "Frames of a run without service time.")
    long frames;

    @Option(names = "--service", defaultValue = "2", description = "Milliseconds slept per frame where one is slow.")
    long serviceMillis;

    @Option(names = "--seconds", defaultValue = "1", description = "Length of a run with service time, ideally.")
    double seconds;

    @Override
    public void run(Findings findings) throws Exception {
        Comparison comparison = new Comparison(List.of(
                new RingHandOver(LIVE_BACKLOG),
                new RingHandOver(SLOTS - workers),
                new QueueHandOver(),
                new ShardedHandOver()));
        Duration service = Duration.ofMillis(serviceMillis);
        findings.line(
                "Same source, restorer and sink in every design; lossless; every pixel checked in capture order.");
        comparison.run(work("Hand-over alone", frames, ServiceTime::none), rounds, findings);
        comparison.run(slept("Equal workers", () -> ServiceTime.of(service)), rounds, findings);
        comparison.run(
                slept(
                        "One worker " + SLOW_FACTOR + " times slower",
                        () -> ServiceTime.withOneSlow(service, SLOW_FACTOR)),
                rounds,
                findings);
    }

    private Comparison.Work slept(String title, Supplier<ServiceTime> service) {
        long enough = Math.max(1, Math.round(seconds * service.get().framesPerSecond(workers)));
        return work(title + ", " + serviceMillis + " ms each", enough, service);
    }

    private Comparison.Work work(String title, long count, Supplier<ServiceTime> service) {
        return new Comparison.Work(title, new FrameSpec(size, size, PixelType.UINT16), count, workers, SLOTS, service);
    }
}
