package io.nocturne.acquisition.mm;

import java.util.List;

/**
 * What Nocturne needs of a Micro-Manager core, and nothing else: narrow, so that a fake can play it. The rules of the real
 * thing stand here once: {@link #facts}, {@link #load}, {@link #apply} and {@link #property} only while no sequence runs,
 * because reading a camera's property races, inside the camera's adapter, with its own thread and can crash the process.
 *
 * <p>One thread at a time; {@link #shutter}, {@link #set} and {@link #exposureMillis} from any thread.
 */
public interface CameraPort extends AutoCloseable {
    /** Name and version of what is behind it. */
    String version();

    /** Loads configuration and devices and chooses the camera. */
    void load(CoreSetup setup) throws PortException;

    /** Sets up the camera: binning, pixel type, region, exposure, buffer, in this order. */
    void apply(CameraSettings settings) throws PortException;

    /** Reads what the camera's frames will be. */
    CameraFacts facts() throws PortException;

    /** Reads what the frames of each physical camera behind it will be; only while no sequence runs. */
    List<CameraFacts> factsOfEach() throws PortException;

    /**
     * Starts a sequence.
     *
     * @param frames after how many the camera stops by itself, or {@link Long#MAX_VALUE} for none
     * @param stopOnOverflow true: a full buffer ends the sequence and keeps what it holds; false: it is wiped whole and
     *     the sequence goes on, seen only in the frames' numbers
     */
    void start(long frames, boolean stopOnOverflow) throws PortException;

    /** Ends the sequence; takes up to an exposure. What is queued stays. Nothing happens if none runs. */
    void stop() throws PortException;

    /** Whether a sequence runs. Takes a lock of the camera's: ask now and then, not for every frame. */
    boolean running();

    /** Frames that wait to be taken. Cheap. */
    int waiting();

    /** Whether a full buffer ended the last sequence. */
    boolean overflowed();

    /**
     * Takes the oldest frame that waits.
     *
     * @return its pixels as {@code byte[]} or {@code short[]}, the caller's own; null if none waits any more: the buffer may
     *     be wiped between a look at {@link #waiting} and this
     */
    Object pop() throws PortException;

    /** The tags of the frame last taken, as {@link FrameTags#read} takes them. */
    String tags();

    /** Sets the exposure, even while a sequence runs: it holds from the next exposure on. */
    void exposure(double millis) throws PortException;

    /** The exposure as last set or reported by the core; no call into the camera. */
    double exposureMillis();

    /** Reads a device's property. */
    String property(String device, String name) throws PortException;

    /** Sets a device's property; a camera refuses most while it runs. */
    void set(String device, String name, String value) throws PortException;

    /** Smallest and largest value of a property, or null if it has no limits. */
    double[] limits(String device, String name) throws PortException;

    /** Opens or closes a shutter; the core no longer moves it by itself from then on. */
    void shutter(String device, boolean open) throws PortException;

    /** Stops what runs and lets every device go. */
    @Override
    void close();
}
