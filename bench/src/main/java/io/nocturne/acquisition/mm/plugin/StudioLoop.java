package io.nocturne.acquisition.mm.plugin;

import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.Rendezvous;
import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Plays Micro-Manager's side of the plugin, for the bench: what isn't public there is measured from here. One thread. */
public final class StudioLoop implements Closeable {
    private static final int REMEMBERED = 4096;

    private final Announcement stream;
    private final Outbox outbox = new Outbox(1);
    private final ArrayDeque<WeakReference<Object>> frames = new ArrayDeque<>();
    private final Histogram offerNanos = new Histogram(3);
    private final Histogram roundTripMicros = new Histogram(3);
    private final List<String> ends = new ArrayList<>();
    private StudioLink link;
    private long next;
    private long returned;

    public StudioLoop(int size) throws IOException {
        stream = new Announcement("live", size, size, 2, 16, 1000.0 / 30, 0);
    }

    /** Connects to the companion of that file. */
    public void connect(Path rendezvous) throws IOException {
        link = StudioLink.connect(
                Rendezvous.read(rendezvous),
                outbox,
                (width, height, bytes, pixels) -> {},
                why -> ends.add(String.valueOf(why.getMessage())));
    }

    /** What Micro-Manager's thread does for a frame: hands it on. The time that this takes is the time it waits. */
    public void frame() {
        short[] pixels = new short[stream.width * stream.height];
        frames.add(new WeakReference<>(pixels));
        if (frames.size() > REMEMBERED) {
            frames.remove();
        }
        long start = System.nanoTime();
        outbox.offer(new Taken(stream, next++, 0, 0, 0, 0, 0, pixels));
        offerNanos.recordValue(System.nanoTime() - start);
        if (link.returned() != returned) {
            returned = link.returned();
            roundTripMicros.recordValue(Math.max(0, link.roundTripNanos() / 1000));
        }
    }

    /** Frames of those last made that are still held by anyone, after a full collection. */
    public long framesHeld() {
        System.gc();
        return frames.stream().filter(frame -> frame.get() != null).count();
    }

    /** Time that handing on took, nanoseconds. */
    public Histogram offerNanos() {
        return offerNanos;
    }

    /** From a frame's sending to its restored twin's arrival, microseconds, sampled at each frame. */
    public Histogram roundTripMicros() {
        return roundTripMicros;
    }

    public long made() {
        return next;
    }

    public long replaced() {
        return outbox.replaced();
    }

    public long sent() {
        return link.sent();
    }

    public long returned() {
        return link.returned();
    }

    /** No more frames: the companion's run ends. */
    public void end() {
        link.close();
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
    }
}
