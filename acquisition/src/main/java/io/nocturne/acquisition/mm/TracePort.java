package io.nocturne.acquisition.mm;

import io.nocturne.acquisition.mm.Trace.Event;
import io.nocturne.acquisition.mm.Trace.Kind;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A camera that says again what another one said when its {@link Trace} was recorded, at the same times; pixels are black. It
 * takes settings and does nothing about them. Calls from any thread.
 */
public final class TracePort implements CameraPort {
    private final Trace trace;
    private final LongSupplier nanoTime;
    private long start;
    private int next;
    private boolean started;
    private String tags = "";

    /**
     * @param nanoTime the clock by which it plays
     */
    public TracePort(Trace trace, LongSupplier nanoTime) {
        this.trace = trace;
        this.nanoTime = nanoTime;
    }

    @Override
    public String version() {
        return "a trace of " + trace.facts().camera();
    }

    @Override
    public void load(CoreSetup setup) {}

    @Override
    public void apply(CameraSettings settings) {}

    @Override
    public CameraFacts facts() {
        return trace.facts();
    }

    @Override
    public List<CameraFacts> factsOfEach() {
        return List.of(trace.facts());
    }

    @Override
    public synchronized void start(long frames, boolean stopOnOverflow) {
        start = nanoTime.getAsLong();
        next = 0;
        started = true;
    }

    @Override
    public synchronized void stop() {
        started = false;
    }

    /** The event whose turn it is, null if none is due. */
    private Event due() {
        boolean more = started && next < trace.events().size();
        Event event = more ? trace.events().get(next) : null;
        return event != null && event.nanos() <= nanoTime.getAsLong() - start ? event : null;
    }

    @Override
    public synchronized boolean running() {
        Event due = due();
        return started && next < trace.events().size() && (due == null || due.kind() != Kind.END);
    }

    @Override
    public synchronized int waiting() {
        Event due = due();
        return due == null || due.kind() == Kind.END ? 0 : 1;
    }

    @Override
    public synchronized boolean overflowed() {
        Event due = due();
        return due != null && due.kind() == Kind.END && Boolean.parseBoolean(due.text());
    }

    @Override
    public synchronized Object pop() {
        Event due = due();
        if (due == null || due.kind() == Kind.END) {
            return null;
        }
        next++;
        if (due.kind() == Kind.GONE) {
            return null;
        }
        tags = due.text();
        return trace.facts().bytesPerPixel() == 1 ? new byte[due.length()] : (Object) new short[due.length()];
    }

    @Override
    public synchronized String tags() {
        return tags;
    }

    @Override
    public void exposure(double millis) {}

    @Override
    public double exposureMillis() {
        return trace.facts().exposureMillis();
    }

    @Override
    public String property(String device, String name) throws PortException {
        throw new PortException("A trace has no property " + device + "-" + name);
    }

    @Override
    public void set(String device, String name, String value) {}

    @Override
    public double[] limits(String device, String name) {
        return null;
    }

    @Override
    public void shutter(String device, boolean open) {}

    @Override
    public synchronized void close() {
        started = false;
    }
}
