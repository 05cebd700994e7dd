package io.nocturne.acquisition.mm.plugin;

import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.Axes;
import io.nocturne.acquisition.mm.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mmcorej.TaggedImage;
import org.micromanager.acqj.main.AcqEngMetadata;

/**
 * Images of a scripted acquisition on their way to the companion, with their axes: time, z, channel and position. {@link
 * #offer} never waits: what finds no room among 256 MiB pushes out the oldest that waits, which is counted and becomes
 * a gap in the companion's ledger. One acquisition each; offered from one thread, asked and closed from any.
 */
public final class ScriptLink implements Closeable {
    /** What may wait for the companion, which needs some seconds at the start; an eighth of the heap at most. */
    private static final long WAITING_BYTES =
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);

    private static final int LEAST_WAITING = 4;
    private static final long PATIENCE_SECONDS = 10;

    private final Axes axes;
    private final Outbox outbox = new Outbox(LEAST_WAITING);
    private final List<Object> positions = new ArrayList<>();
    private StudioLink link;
    private Announcement stream;
    private long number;
    private final AtomicLong unfit = new AtomicLong();
    private volatile String trouble = "";
    private volatile boolean closing;
    private final CountDownLatch ended = new CountDownLatch(1);

    private ScriptLink(Axes axes) {
        this.axes = axes;
    }

    /** Reaches the companion, for a movie: one channel, no z-stack, one position. */
    public static ScriptLink movie() throws IOException, InterruptedException {
        return connect(Axes.MOVIE, Companion.ofThisUser());
    }

    /**
     * Reaches the companion, starting it if it doesn't run.
     *
     * @param channels names, as the acquisition's channel axis has them
     * @param zSlices positions of its z axis, 1 for none
     * @param positions places on its position axis, 1 for none
     * @throws IOException if there is no companion; the message says what to do
     */
    public static ScriptLink connect(List<String> channels, int zSlices, int positions)
            throws IOException, InterruptedException {
        return connect(Axes.of(channels, zSlices, positions), Companion.ofThisUser());
    }

    static ScriptLink connect(Axes axes, Companion companion) throws IOException, InterruptedException {
        ScriptLink made = new ScriptLink(axes);
        made.link = companion.reach(at ->
                StudioLink.connect(at, made.outbox, (width, height, bytesPerPixel, pixels) -> {}, made::linkEnded));
        return made;
    }

    private void linkEnded(Exception why) {
        if (!closing) {
            trouble = String.valueOf(why.getMessage());
        }
        ended.countDown();
    }

    /** Hands an image on and returns at once; its pixels must not be written to afterwards. Never throws. */
    void offer(TaggedImage image) {
        try {
            outbox.offer(taken(image));
        } catch (WireException | RuntimeException e) {
            unfit.incrementAndGet();
            trouble = String.valueOf(e.getMessage());
        }
    }

    private Taken taken(TaggedImage image) throws WireException {
        boolean grey = image.pix instanceof short[] || image.pix instanceof byte[];
        int bytes = image.pix instanceof short[] ? 2 : 1;
        int bits = AcqEngMetadata.hasBitDepth(image.tags) ? AcqEngMetadata.getBitDepth(image.tags) : 8 * bytes;
        Announcement now = new Announcement(
                "script",
                AcqEngMetadata.getWidth(image.tags),
                AcqEngMetadata.getHeight(image.tags),
                grey ? bytes : 4,
                Math.max(1, Math.min(bits, 8 * bytes)),
                image.tags.optDouble("Exposure", 0),
                AcqEngMetadata.hasPixelSizeUm(image.tags) ? AcqEngMetadata.getPixelSizeUm(image.tags) : 0,
                axes);
        if (!now.sameShape(stream)) {
            stream = now;
            outbox.room((int) Math.max(LEAST_WAITING, WAITING_BYTES / now.frameBytes()));
        }
        Map<String, Object> at = AcqEngMetadata.getAxes(image.tags);
        int t = whole(at.get("time"));
        int z = whole(at.get("z"));
        int c = named(at.get("channel"), axes.channels, "channel");
        int p = position(at.get("position"));
        if (!axes.hold(t, z, c, p)) {
            throw new WireException("An image at " + at + " lies outside " + axes.channels + ", " + axes.zSlices
                    + " z-slices and " + axes.positions + " positions, which this link was opened for");
        }
        return new Taken(stream, number++, Double.NaN, t, z, c, p, image.pix);
    }

    private static int whole(Object value) {
        return value instanceof Number ? ((Number) value).intValue() : 0;
    }

    private static int named(Object value, List<String> names, String axis) throws WireException {
        if (value == null || value instanceof Number) {
            return whole(value);
        }
        int place = names.indexOf(value.toString());
        if (place < 0) {
            throw new WireException("There is no " + axis + " '" + value + "' among " + names);
        }
        return place;
    }

    /** By number, or, where positions have names, in the order in which they come. */
    private int position(Object value) {
        if (value == null || value instanceof Number) {
            return whole(value);
        }
        if (!positions.contains(value)) {
            positions.add(value);
        }
        return positions.indexOf(value);
    }

    /** Images sent to the companion so far. */
    public long sent() {
        return link.sent();
    }

    /** Images that gave way to newer ones, the companion being behind. */
    public long skipped() {
        return outbox.replaced();
    }

    /** Images that neither left nor gave way: those that wait, and after the end those that the companion never took. */
    public long unsent() {
        return outbox.offered() - outbox.replaced() - link.sent();
    }

    /** Images that can't be restored: in colour, or outside the axes that the link was opened for. */
    public long unfit() {
        return unfit.get();
    }

    /** Restored images that came back. */
    public long restored() {
        return link.returned();
    }

    /** What went wrong last, empty if nothing did. */
    public String trouble() {
        return trouble;
    }

    /** Sends what still waits, ends the companion's stream and lets it go; gives up on it after ten seconds. */
    @Override
    public void close() {
        closing = true;
        outbox.finish();
        try {
            ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.close();
        }
    }
}
