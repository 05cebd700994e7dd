package io.nocturne.stream.spi;

/**
 * The header of a slot: plain fields, written by the slot's owner of the moment, read by consumers behind the ring's
 * publication. Also a plain copy outside the ring, see {@link #copyFrom}. Not safe for use from multiple threads.
 */
public final class FrameHeader {
    public FrameState state = FrameState.END;
    public Cause cause = Cause.NONE;
    public long index;
    public int count;
    public long cameraNumber;
    public int channel;
    public int zSlice;
    public int position;
    public long timePoint;
    public long exposureNanos;
    public long exposedNanos;
    public long coreNanos;
    public long receivedNanos;
    public long committedNanos;
    public long intakeNanos;
    public long restoreStartNanos;
    public long restoreEndNanos;
    public double lightDose;
    public int clippedPixels;
    public boolean normPreset;
    public boolean alreadyRestored;
    public int normCount;
    public final double[] norm = new double[RestorerSpec.MAX_NORM];

    /** Back to an empty header of that state. */
    public void reset(FrameState newState, Cause newCause, long newIndex, int newCount) {
        state = newState;
        cause = newCause;
        index = newIndex;
        count = newCount;
        cameraNumber = -1;
        channel = 0;
        zSlice = 0;
        position = 0;
        timePoint = 0;
        exposureNanos = 0;
        exposedNanos = 0;
        coreNanos = 0;
        receivedNanos = 0;
        committedNanos = 0;
        intakeNanos = 0;
        restoreStartNanos = 0;
        restoreEndNanos = 0;
        lightDose = 0;
        clippedPixels = 0;
        normPreset = false;
        alreadyRestored = false;
        normCount = 0;
    }

    /** Sets the coordinates that {@link StreamSpec} gives to {@link #index}. */
    public void placeByIndex(StreamSpec stream) {
        channel = stream.channelOf(index);
        zSlice = stream.zSliceOf(index);
        position = stream.positionOf(index);
        timePoint = stream.timePointOf(index);
    }

    /** Copies every field. */
    public void copyFrom(FrameHeader other) {
        state = other.state;
        cause = other.cause;
        index = other.index;
        count = other.count;
        cameraNumber = other.cameraNumber;
        channel = other.channel;
        zSlice = other.zSlice;
        position = other.position;
        timePoint = other.timePoint;
        exposureNanos = other.exposureNanos;
        exposedNanos = other.exposedNanos;
        coreNanos = other.coreNanos;
        receivedNanos = other.receivedNanos;
        committedNanos = other.committedNanos;
        intakeNanos = other.intakeNanos;
        restoreStartNanos = other.restoreStartNanos;
        restoreEndNanos = other.restoreEndNanos;
        lightDose = other.lightDose;
        clippedPixels = other.clippedPixels;
        normPreset = other.normPreset;
        alreadyRestored = other.alreadyRestored;
        normCount = other.normCount;
        System.arraycopy(other.norm, 0, norm, 0, norm.length);
    }
}
