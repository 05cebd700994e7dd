package io.nocturne.acquisition;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.FrameWriter.Claim;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.RecordedStack;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays one epoch of a recorded run again, to complete it: every frame in order with the index it had, gaps as gaps, as
 * fast as there is room and without loss. Normalisation is preset from the ledger's outcomes, so that what is restored
 * now equals what would have been restored live; frames that have their product are marked and pass as neighbours only.
 *
 * <p>A frame that was acquired but can't be had back (not stored, its ledger line or its pixels damaged) leaves as a gap
 * of one: SOURCE_ABORTED, or BAD_FRAME where pixels are damaged. Repair the run first to keep those few.
 */
public final class RunReplaySource implements FrameSource {
    private static final Logger LOG = LoggerFactory.getLogger(RunReplaySource.class);

    private final Path run;
    private final String streamName;
    private final int epoch;
    private final boolean productsKept;
    private RecordedStack reader;
    private RunRecord record;
    private boolean damageTold;

    /**
     * A source over a run.
     *
     * @param run the run's folder
     * @param stream which stream of it
     * @param epoch which epoch of that, from 0
     * @param productsKept whether the run keeps products on disk, where one must lie to count; otherwise the ledger is
     *     believed
     */
    public RunReplaySource(Path run, String stream, int epoch, boolean productsKept) {
        this.productsKept = productsKept;
        this.run = Objects.requireNonNull(run, "run");
        this.streamName = Objects.requireNonNull(stream, "stream");
        this.epoch = epoch;
    }

    /** {@inheritDoc} The stream is the recorded one, its length what the ledger knows. */
    @Override
    public StreamSpec open() throws SourceException {
        try (RunFolder folder = RunFolder.open(run)) {
            reader = RecordedStack.open(folder.raw(streamName, epoch));
            StreamSpec recorded = reader.stream();
            StreamSpec named = named(recorded, recorded.totalFrames());
            record = readRecord(folder, named);
            if (record.frames() == 0) {
                throw new SourceException("The ledger of " + run + " knows no frames of " + streamName + ", epoch "
                        + epoch + ": run 'verify --repair' on it");
            }
            return named(recorded, record.frames());
        } catch (IOException e) {
            throw new SourceException(
                    "Epoch " + epoch + " of stream " + streamName + " in " + run + " can't be replayed: "
                            + e.getMessage(),
                    e);
        }
    }

    private RunRecord readRecord(RunFolder folder, StreamSpec stream) throws IOException {
        Path products = folder.restored(streamName, epoch);
        if (!productsKept || !Files.exists(products)) {
            return RunRecord.read(folder.ledger(), stream, epoch, entry -> !productsKept);
        }
        try (RecordedStack restored = RecordedStack.open(products)) {
            return RunRecord.read(
                    folder.ledger(),
                    stream,
                    epoch,
                    entry -> restored.has(entry.timePoint, entry.channel, entry.zSlice, entry.position));
        }
    }

    private StreamSpec named(StreamSpec recorded, long frames) {
        return new StreamSpec(
                streamName,
                recorded.frame(),
                recorded.channels(),
                recorded.zSlices(),
                recorded.positions(),
                recorded.pixelSizeUm(),
                recorded.zStepUm(),
                recorded.significantBits(),
                recorded.framePeriodNanos(),
                recorded.exposureNanos(),
                frames);
    }

    /** Frames that still lack a product. After {@link #open}. */
    public long unrestoredFrames() {
        long count = 0;
        for (long i = 0; i < record.frames(); i++) {
            RunRecord.Entry entry = record.entry(i);
            count += entry.stored() && !entry.restored ? 1 : 0;
        }
        return count;
    }

    @Override
    public SourceEnd run(FrameWriter writer) {
        damageTold = false;
        long index = 0;
        while (index < record.frames() && !writer.stopRequested()) {
            RunRecord.Entry entry = record.entry(index);
            int count = entry.stored() ? 1 : gapLength(index);
            Claim claim = entry.stored() ? writer.tryClaim() : writer.gap(count, entry.gap, entry.cameraNumber);
            if (claim == Claim.CLOSED) {
                break;
            }
            if (claim == Claim.BACK_PRESSURED) {
                writer.idle();
                continue;
            }
            if (entry.stored()) {
                replay(entry, index, writer);
            }
            index += count;
        }
        return SourceEnd.FINISHED;
    }

    /** Frames from there on that are missing for the same cause. */
    private int gapLength(long first) {
        long end = first + 1;
        while (end < record.frames() && record.entry(end).gap == record.entry(first).gap) {
            end++;
        }
        return (int) (end - first);
    }

    private void replay(RunRecord.Entry entry, long index, FrameWriter writer) {
        boolean filled = false;
        Cause obstacle = Cause.SOURCE_ABORTED;
        try {
            FrameDraft draft = writer.draft();
            draft.at(entry.timePoint, entry.position, entry.zSlice, entry.channel)
                    .cameraNumber(entry.cameraNumber)
                    .exposureNanos(entry.exposureNanos)
                    .exposedNanos(entry.exposedNanos)
                    .alreadyRestored(entry.restored);
            if (entry.norm != null) {
                draft.norm(entry.norm, entry.norm.length);
            }
            filled = reader.read(entry.timePoint, entry.channel, entry.zSlice, entry.position, draft.pixels());
            if (!filled) {
                tell(index, null);
            }
        } catch (IOException e) {
            obstacle = Cause.BAD_FRAME;
            tell(index, e);
        } finally {
            if (filled) {
                writer.commit();
            } else {
                writer.abort(obstacle);
            }
        }
    }

    /** Once per run; the gaps count each. */
    private void tell(long index, IOException damage) {
        if (!damageTold) {
            damageTold = true;
            LOG.warn(
                    "Raw frame {} of {} in {} {}; it and others like it become gaps",
                    index,
                    streamName,
                    run,
                    damage == null ? "is missing" : "is damaged: " + damage.getMessage());
        }
    }

    @Override
    public void close() {
        Closing.quietly(reader);
        reader = null;
    }
}
