package io.nocturne.stream.spi;

/** What a slot holds. On the raw ring: RAW, GAP or END; on the restored ring: everything but RAW. */
public enum FrameState {
    /** A camera frame, with pixels. */
    RAW(0),
    /** A product of restoration, with pixels. */
    RESTORED(1),
    /** No product was made; the raw frame is on disk. {@link FrameView#cause()} is a {@link Cause} of that kind. */
    RAW_ONLY(2),
    /** Restoring was tried and failed; the raw frame is on disk. */
    FAILED(3),
    /** {@link FrameView#count()} frames that never reached us, from {@link FrameView#index()} on. */
    GAP(4),
    /** The last entry of an epoch. */
    END(5);

    private final int code;

    FrameState(int code) {
        this.code = code;
    }

    /** Stable number of this state in files and on the wire; 0 in a restored stack's state array means "nothing yet". */
    public int code() {
        return code;
    }
}
