package io.nocturne.sinks;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.FreeSpace;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.RecordedStackWriter;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes every camera frame, untouched, to {@code RUN/STREAM-EPOCH}. Lost frames leave holes. The pixels go
 * from the ring's buffer to the file; {@link #lastCrc32c} is the CRC-32C of that same pass.
 *
 * <p>One sink serves one epoch of one stream. Any failure is thrown with its cause: raw frames that can't be stored end the
 * run.
 */
public final class RawStackSink implements FrameSink {
    /**
     * How raw frames are stored.
     *
     * @param format of the stack
     * @param space when to warn and to stop before the disk is full
     * @param warnings told once when space runs low, on the sink's thread
     */
    public record Options(StackFormat format, FreeSpace.Limits space, Consumer<String> warnings) {
        public static final Options DEFAULT =
                new Options(OmeZarrWriter.Options.DEFAULT, FreeSpace.Limits.DEFAULT, Options::log);

        public Options {
            Objects.requireNonNull(format, "format");
            Objects.requireNonNull(space, "space");
            Objects.requireNonNull(warnings, "warnings");
        }

        private static void log(String warning) {
            LOG.warn("{}", warning);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(RawStackSink.class);

    private final RunFolder run;
    private final Options options;
    private StreamSpec stream;
    private RunClock clock;
    private RecordedStackWriter writer;
    private FreeSpace space;

    public RawStackSink(RunFolder run) {
        this(run, Options.DEFAULT);
    }

    public RawStackSink(RunFolder run, Options options) {
        this.run = Objects.requireNonNull(run, "run");
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public String name() {
        return "raw-disk";
    }

    @Override
    public void open(SinkContext context) throws IOException {
        stream = context.stream();
        clock = context.clock();
        Path path = options.format().raw(run, stream.name(), context.epoch());
        writer = options.format().create(path, Stack.raw(stream));
        space = FreeSpace.of(run.root(), options.space(), options.warnings());
        space.require(stream.frame().bytes(), clock.nanoTime());
    }

    @Override
    public Delivery onFrame(FrameView frame) throws IOException {
        if (frame.state() != FrameState.RAW) {
            return Delivery.SKIPPED;
        }
        space.require(frame.spec().bytes(), clock.nanoTime());
        writer.write(frame.timePoint(), frame.channel(), frame.zSlice(), frame.position(), frame.pixels());
        return Delivery.DELIVERED;
    }

    @Override
    public void onGap(long firstIndex, int count, Cause cause) throws IOException {
        StateMarks.mark(writer, stream, firstIndex, count, FrameState.GAP);
    }

    @Override
    public void onEnd(Cause cause, long deadlineNanos) throws IOException {
        writer.flush();
    }

    @Override
    public long lastCrc32c() {
        return writer.lastCrc32c();
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }
}
