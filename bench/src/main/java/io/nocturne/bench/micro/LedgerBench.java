package io.nocturne.bench.micro;

import io.nocturne.bench.BenchFrame;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.FrameSink.Delivery;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One ledger line, written to a file. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LedgerBench {
    private ScratchFolder folder;
    private Ledger ledger;
    private LedgerPage page;
    private BenchFrame frame;
    private long index;

    /** Opens a ledger in a temporary folder. */
    @Setup
    public void open() throws IOException {
        folder = new ScratchFolder(null);
        ledger = Ledger.open(folder.path().resolve("ledger.ndjson"));
        page = ledger.page();
        frame = new BenchFrame(StreamSpec.movie("cam0", new FrameSpec(1, 1, PixelType.UINT16), 0, 1));
    }

    /** A raw line with its CRC. */
    @Benchmark
    public void rawLine() throws IOException {
        long now = System.nanoTime();
        frame.draft(index++).coreNanos(now).receivedNanos(now);
        frame.commit(now);
        page.raw(frame, "cam0", 0, now, 1_700_000_000_000_000_000L + now, Delivery.DELIVERED, index & 0xffff_ffffL);
    }

    /** Deletes it. */
    @TearDown
    public void close() throws IOException {
        ledger.close();
        folder.close();
    }
}
