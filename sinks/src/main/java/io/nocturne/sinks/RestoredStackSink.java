package io.nocturne.sinks;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.FreeSpace;
import io.nocturne.stream.stack.RecordedStackWriter;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes products to {@code RUN/STREAM-EPOCH}, with the state of every camera frame beside them. Frames
 * without a product leave a hole and their state. If the stack is there already, its holes are filled and frames are added:
 * so a run is completed.
 *
 * <p>A failure loses that product only, and the next frame is tried again. It stops at twice the free-space reserve of raw
 * frames: a product can be made again.
 */
public final class RestoredStackSink implements FrameSink {
    private final RunFolder run;
    private final RawStackSink.Options options;
    private StreamSpec stream;
    private RunClock clock;
    private RecordedStackWriter writer;
    private FreeSpace space;

    public RestoredStackSink(RunFolder run) {
        this(run, RawStackSink.Options.DEFAULT);
    }

    /** With the options that raw frames of the run have. */
    public RestoredStackSink(RunFolder run, RawStackSink.Options options) {
        this.run = Objects.requireNonNull(run, "run");
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public String name() {
        return "restored-disk";
    }

    @Override
    public void open(SinkContext context) throws IOException {
        stream = context.stream();
        clock = context.clock();
        RestorerSpec restorer = context.restorer()
                .orElseThrow(() -> new StackException(
                        "No model is set for stream " + stream.name() + ": leave the restored stack out"));
        Path path = options.format().restored(run, stream.name(), context.epoch());
        Stack stack = Stack.restored(stream, restorer);
        writer = Files.exists(path)
                ? options.format().append(path, stack)
                : options.format().create(path, stack);
        space = FreeSpace.of(run.root(), options.space().doubled(), options.warnings());
    }

    @Override
    public Delivery onFrame(FrameView frame) throws IOException {
        if (frame.state() == FrameState.RESTORED) {
            space.require(frame.spec().bytes(), clock.nanoTime());
            writer.write(frame.timePoint(), frame.channel(), frame.zSlice(), frame.position(), frame.pixels());
            return Delivery.DELIVERED;
        }
        if (frame.count() > 1) {
            StateMarks.mark(writer, stream, frame.index(), frame.count(), frame.state());
        } else {
            writer.mark(frame.timePoint(), frame.channel(), frame.zSlice(), frame.position(), frame.state());
        }
        return Delivery.SKIPPED;
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
