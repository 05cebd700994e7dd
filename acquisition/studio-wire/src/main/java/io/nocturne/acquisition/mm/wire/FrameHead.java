package io.nocturne.acquisition.mm.wire;

/** What a FRAME says of its frame, the pixels apart. Immutable. */
public final class FrameHead {
    public final long number;
    public final long skippedBefore;
    public final long stamp;
    public final double elapsedMillis;
    public final int t;
    public final int z;
    public final int c;
    public final int p;

    /**
     * @param number the camera's or acquisition's number of the frame, -1 if it has none
     * @param skippedBefore frames taken since the last FRAME and not sent
     * @param stamp of the sender's own clock, given back with the restored frame
     * @param elapsedMillis on the camera's clock, NaN if unknown
     */
    public FrameHead(long number, long skippedBefore, long stamp, double elapsedMillis, int t, int z, int c, int p) {
        this.number = number;
        this.skippedBefore = skippedBefore;
        this.stamp = stamp;
        this.elapsedMillis = elapsedMillis;
        this.t = t;
        this.z = z;
        this.c = c;
        this.p = p;
    }
}
