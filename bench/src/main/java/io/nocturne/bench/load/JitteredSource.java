package io.nocturne.bench.load;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands a source's frames on late, each by a random part of a frame period, as a camera's driver does. When frames are due
 * stays as it was, so end-to-end latency shows the delay.
 */
final class JitteredSource implements FrameSource {
    private final FrameSource source;
    private final long mostNanos;
    private final SplittableRandom random;

    /**
     * @param mostNanos longest delay; uniform from 0
     */
    JitteredSource(FrameSource source, long mostNanos, long seed) {
        this.source = source;
        this.mostNanos = mostNanos;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public StreamSpec open() throws SourceException {
        return source.open();
    }

    @Override
    public SourceEnd run(FrameWriter writer) throws Exception {
        return source.run(new LateWriter(writer));
    }

    @Override
    public void close() {
        source.close();
    }

    private final class LateWriter implements FrameWriter {
        private final FrameWriter writer;
        private long delayedIndex = -1;

        LateWriter(FrameWriter writer) {
            this.writer = writer;
        }

        @Override
        public Claim tryClaim() {
            if (delayedIndex != writer.nextIndex()) {
                delayedIndex = writer.nextIndex();
                LockSupport.parkNanos(this, random.nextLong(mostNanos + 1));
            }
            return writer.tryClaim();
        }

        @Override
        public FrameDraft draft() {
            return writer.draft();
        }

        @Override
        public void commit() {
            writer.commit();
        }

        @Override
        public void abort(Cause gapCause) {
            writer.abort(gapCause);
        }

        @Override
        public Claim gap(int count, Cause gapCause, long firstCameraNumber) {
            return writer.gap(count, gapCause, firstCameraNumber);
        }

        @Override
        public long nextIndex() {
            return writer.nextIndex();
        }

        @Override
        public boolean stopRequested() {
            return writer.stopRequested();
        }

        @Override
        public void idle() {
            writer.idle();
        }

        @Override
        public RunClock clock() {
            return writer.clock();
        }
    }
}
