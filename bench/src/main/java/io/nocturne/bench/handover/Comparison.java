package io.nocturne.bench.handover;

import com.sun.management.OperatingSystemMXBean;
import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.CopyRestorer;
import io.nocturne.bench.Findings;
import io.nocturne.bench.IntactSink;
import io.nocturne.bench.ServiceTime;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Runs several hand-overs alternately on the same work and compares medians. The order rotates from round to round, so
 * that a machine that gets slower or busier meets all of them alike; each ratio is the median of the rounds' ratios.
 */
public final class Comparison {
    /**
     * The same work for every design.
     *
     * @param title one line
     * @param service makes a new service time for each run
     */
    public record Work(
            String title, FrameSpec frame, long frames, int workers, int slots, Supplier<ServiceTime> service) {}

    /** One run: frames per second from first commit to last delivery, and CPU time of the process per frame. */
    public record Run(double framesPerSecond, double cpuMicrosPerFrame) {}

    private final List<HandOver> designs;
    private final OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /** The first design is the one that others are compared with. */
    public Comparison(List<HandOver> designs) {
        this.designs = List.copyOf(designs);
    }

    /**
     * Compares on one work and prints a table.
     *
     * @param rounds measured rounds, after one that isn't
     */
    public void run(Work work, int rounds, Findings findings) throws Exception {
        findings.line("");
        findings.line(work.title() + ": " + work.frames() + " frames of " + work.frame() + ", " + work.workers()
                + " workers, " + rounds + " alternating rounds");
        double[][] rates = new double[designs.size()][rounds];
        double[][] cpu = new double[designs.size()][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < designs.size(); i++) {
                int at = Math.floorMod(i + round, designs.size());
                Run run = once(designs.get(at), work);
                if (round >= 0) {
                    rates[at][round] = run.framesPerSecond();
                    cpu[at][round] = run.cpuMicrosPerFrame();
                }
            }
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("hand-over", "frames/s", "min", "max", "CPU us/frame", "ours / this"));
        for (int i = 0; i < designs.size(); i++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = rates[0][round] / rates[i][round];
            }
            rows.add(List.of(
                    designs.get(i).name(),
                    number(median(rates[i])),
                    number(Arrays.stream(rates[i]).min().orElseThrow()),
                    number(Arrays.stream(rates[i]).max().orElseThrow()),
                    String.format(Locale.ROOT, "%.1f", median(cpu[i])),
                    String.format(Locale.ROOT, "%.2f", median(ratios))));
        }
        findings.table(rows);
    }

    /**
     * One run of one design.
     *
     * @throws IllegalStateException if it lost, repeated, reordered or damaged a frame
     */
    public Run once(HandOver design, Work work) throws Exception {
        IntactSink sink = new IntactSink("sink");
        PatternSource source = new PatternSource(PatternSource.Settings.unpaced("cam0", work.frame(), work.frames()));
        StreamSpec stream = source.open();
        CopyRestorer restorer = new CopyRestorer(work.frame(), work.service().get());
        long cpu = process.getProcessCpuTime();
        design.run(source, stream, restorer, sink, work.workers(), work.slots());
        cpu = process.getProcessCpuTime() - cpu;
        if (!sink.sawExactly(work.frames())) {
            throw new IllegalStateException(design.name() + " delivered " + sink.frames() + " of " + work.frames()
                    + " frames, " + sink.wrongPixels() + " damaged, " + sink.outOfOrder() + " out of order");
        }
        return new Run(work.frames() / sink.seconds(), cpu / 1e3 / work.frames());
    }

    /** The middle value; the mean of the two middle ones if there is no single one. */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }
}
