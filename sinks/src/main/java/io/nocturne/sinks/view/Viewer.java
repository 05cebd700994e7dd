package io.nocturne.sinks.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RunClock;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/**
 * One open page. It has its own window, channel and pause, and one picture under way, two if the page is prompt: the next
 * leaves only when the page has told what became of the one before, and it is then the newest there is. So a slow page
 * costs a slot in a list and nothing else.
 *
 * <p>Messages from the page arrive on the server's threads and are put down in volatile fields and queues; everything
 * else is the view thread's.
 */
final class Viewer implements Callback {
    /** Of {@link #onText}: all channels, one after the other. */
    private static final int EVERY_CHANNEL = -1;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MESSAGES_PER_SECOND = 400;
    /** A page that answers sooner than this may have two pictures under way; a slower one would only see them older. */
    private static final long PROMPT_NANOS = 100_000_000L;

    private static final long SEND_PATIENCE_NANOS = 30_000_000_000L;

    /** What became of a picture: which, whether it was painted, how long the browser took, and when we heard. */
    private record Ack(int ticket, boolean painted, double browserMillis, long heardNanos) {}

    /** A picture under way. */
    private record Sent(int ticket, boolean fresh, long index, long coreNanos, long committedNanos, long sentNanos) {}

    private final Session session;
    private final boolean mayControl;
    private final ControlDesk desk;
    private final Thread viewThread;

    // Written by the server's threads.
    private volatile boolean sending;
    private volatile Optional<Viewport> window = Optional.empty();
    private volatile int channel;
    private volatile boolean paused;
    private volatile boolean snapshotAsked;
    private final Queue<Ack> acks = new ConcurrentLinkedQueue<>();
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private long secondStartNanos;
    private int messagesThisSecond;

    // View thread only.
    private final Deque<Sent> underWay = new ArrayDeque<>();
    private ByteBuffer wire = ByteBuffer.allocateDirect(0);
    private boolean prompt;
    private int ticket;
    private long sentNanos;
    private long[] sentIndex = {};
    private Viewport[] sentWindow = {};
    private int toldAttachment;
    private JsonNode toldHealth = MissingNode.getInstance();
    private FramePair[] held = {};

    Viewer(Session session, boolean mayControl, ControlDesk desk, Thread viewThread) {
        this.session = session;
        this.mayControl = mayControl;
        this.desk = desk;
        this.viewThread = viewThread;
    }

    /**
     * A message from the page: {@code window}, {@code channel}, {@code pause}, {@code snapshot}, {@code painted},
     * {@code passed}, {@code control} or {@code alive}.
     *
     * @throws IllegalArgumentException if it is none of these or malformed; the connection is then closed
     */
    void onText(String text, long nowNanos) {
        if (nowNanos - secondStartNanos > 1_000_000_000L) {
            secondStartNanos = nowNanos;
            messagesThisSecond = 0;
        }
        if (++messagesThisSecond > MESSAGES_PER_SECOND) {
            throw new IllegalArgumentException("more than " + MESSAGES_PER_SECOND + " messages in a second");
        }
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
        int about = message.path("ticket").asInt();
        switch (message.path("type").asText()) {
            case "painted" ->
                acks.add(new Ack(about, true, message.path("browserMillis").asDouble(), nowNanos));
            case "passed" -> acks.add(new Ack(about, false, 0, nowNanos));
            case "window" ->
                window = Optional.of(new Viewport(
                        message.path("x").asDouble(Double.NaN),
                        message.path("y").asDouble(Double.NaN),
                        message.path("width").asDouble(Double.NaN),
                        message.path("height").asDouble(Double.NaN),
                        message.path("zoom").asDouble(Double.NaN)));
            case "channel" ->
                channel = Math.max(EVERY_CHANNEL, message.path("channel").asInt());
            case "pause" -> paused = message.path("on").asBoolean();
            case "snapshot" -> snapshotAsked = true;
            case "control" -> desk.ask(message, mayControl, this::answer);
            case "alive" -> {}
            default -> throw new IllegalArgumentException("unknown message type");
        }
        LockSupport.unpark(viewThread);
    }

    private void answer(String text) {
        answers.add(text);
        LockSupport.unpark(viewThread);
    }

    /** Takes note of what became of pictures. View thread. */
    void hear(DisplayMeter meter) {
        for (Ack ack = acks.poll(); ack != null; ack = acks.poll()) {
            // Pages answer in the order in which they were sent; one that was left out is not coming any more.
            while (!underWay.isEmpty() && underWay.peekFirst().ticket() - ack.ticket() <= 0) {
                Sent sent = underWay.pollFirst();
                prompt = ack.heardNanos() - sent.sentNanos() < PROMPT_NANOS;
                if (sent.ticket() == ack.ticket() && ack.painted() && sent.fresh()) {
                    meter.painted(
                            sent.index(),
                            sent.coreNanos(),
                            sent.committedNanos(),
                            ack.heardNanos(),
                            ack.browserMillis());
                }
            }
        }
    }

    /** True if a new frame could be sent now: the page has a window, and not too much is under way. */
    boolean wantsFrames() {
        return !sending && hasRoom() && window.isPresent() && held.length == 0;
    }

    private boolean hasRoom() {
        return underWay.size() < (prompt ? 2 : 1);
    }

    /** Sends what is due, one message at most. View thread. */
    void serve(NewestFrames frames, JsonNode health, PlaneBinner binner, RunClock clock, DisplayMeter meter) {
        long now = clock.nanoTime();
        if (sending) {
            if (now - sentNanos > SEND_PATIENCE_NANOS) {
                session.disconnect();
            }
            return;
        }
        Attachment attachment = frames.attachment();
        if (toldAttachment != attachment.number()) {
            begin(frames);
            sendText(StreamText.of(attachment, mayControl), now);
        } else if (!answers.isEmpty()) {
            sendText(answers.poll(), now);
        } else if (!health.equals(toldHealth)) {
            toldHealth = health;
            sendText(health.toString(), now);
        } else if (snapshotAsked) {
            sendSnapshot(frames, binner, clock, now);
        } else if (hasRoom() && window.isPresent()) {
            sendPicture(frames, binner, clock, meter, now);
        }
    }

    private void begin(NewestFrames frames) {
        toldAttachment = frames.attachment().number();
        sentIndex = new long[frames.channels()];
        Arrays.fill(sentIndex, -1);
        sentWindow = new Viewport[frames.channels()];
        underWay.clear();
        paused = false;
        snapshotAsked = false;
        held = new FramePair[0];
    }

    private void sendPicture(NewestFrames frames, PlaneBinner binner, RunClock clock, DisplayMeter meter, long now) {
        hold(frames);
        Viewport view = window.orElseThrow();
        int wanted = channel;
        int due = wanted == EVERY_CHANNEL ? mostOverdue(frames, view) : wanted;
        Optional<FramePair> found = due < 0 ? Optional.empty() : pair(frames, due);
        if (found.isEmpty() || !isNews(found.get(), due, view)) {
            return;
        }
        FramePair pair = found.get();
        Attachment attachment = frames.attachment();
        FrameSpec raw = attachment.rawSpec();
        FrameSpec product = attachment.productSpec();
        ticket++;
        fill(pair, attachment, PlaneCut.of(view, raw, raw), PlaneCut.of(view, product, raw), false, binner, clock);
        boolean fresh = pair.header.index != sentIndex[due];
        underWay.add(
                new Sent(ticket, fresh, pair.header.index, pair.header.coreNanos, pair.header.committedNanos, now));
        sentIndex[due] = pair.header.index;
        sentWindow[due] = view;
        meter.sent();
        send(now);
    }

    /** The channel whose last picture is oldest among those with something new, or -1. */
    private int mostOverdue(NewestFrames frames, Viewport view) {
        int due = -1;
        for (int c = 0; c < sentIndex.length; c++) {
            Optional<FramePair> pair = pair(frames, c);
            if (pair.isPresent() && isNews(pair.get(), c, view) && (due < 0 || sentIndex[c] < sentIndex[due])) {
                due = c;
            }
        }
        return due;
    }

    private boolean isNews(FramePair pair, int of, Viewport view) {
        return of < sentIndex.length
                && !pair.empty()
                && (pair.header.index != sentIndex[of] || !view.equals(sentWindow[of]));
    }

    private Optional<FramePair> pair(NewestFrames frames, int of) {
        return of < held.length ? Optional.ofNullable(held[of]) : frames.of(of);
    }

    private void hold(NewestFrames frames) {
        if (!paused) {
            held = new FramePair[0];
        } else if (held.length == 0) {
            held = new FramePair[frames.channels()];
            for (int c = 0; c < held.length; c++) {
                held[c] = frames.of(c).map(FramePair::copy).orElse(null);
            }
        }
    }

    private void sendSnapshot(NewestFrames frames, PlaneBinner binner, RunClock clock, long now) {
        snapshotAsked = false;
        Optional<FramePair> pair = pair(frames, Math.max(0, channel));
        if (pair.isPresent() && !pair.get().empty()) {
            Attachment attachment = frames.attachment();
            PlaneCut raw = PlaneCut.whole(attachment.rawSpec());
            fill(pair.get(), attachment, raw, PlaneCut.whole(attachment.productSpec()), true, binner, clock);
            send(now);
        }
    }

    private void fill(
            FramePair pair,
            Attachment attachment,
            PlaneCut rawCut,
            PlaneCut productCut,
            boolean snapshot,
            PlaneBinner binner,
            RunClock clock) {
        FrameSpec raw = attachment.rawSpec();
        FrameSpec product = attachment.productSpec();
        int bytes = WireFrame.HEADER_BYTES
                + (pair.hasRaw ? WireFrame.payloadBytes(rawCut, raw.pixelType()) : 0)
                + (pair.hasRestored ? WireFrame.payloadBytes(productCut, product.pixelType()) : 0);
        if (wire.capacity() < bytes) {
            wire = ByteBuffer.allocateDirect((bytes + 0xFFFF) & ~0xFFFF);
        }
        long committed = pair.header.committedNanos;
        double wallMillis = committed == 0 ? 0 : clock.epochNanos(committed) / 1e6;
        double ageMillis = committed == 0 ? 0 : (clock.nanoTime() - committed) / 1e6;
        boolean isHeld = held.length > 0;
        WireFrame.putHeader(wire, attachment.number(), ticket, pair.header, wallMillis, ageMillis, isHeld, snapshot);
        if (pair.hasRaw) {
            int slice = NewestFrames.middle(raw);
            WireFrame.putPlane(wire, 0, pair.raw, raw, slice, rawCut, pair.rawLow, pair.rawHigh, binner);
        }
        if (pair.hasRestored) {
            ByteBuffer pixels = pair.restored.orElseThrow();
            int slice = NewestFrames.middle(product);
            WireFrame.putPlane(
                    wire, 1, pixels, product, slice, productCut, pair.restoredLow, pair.restoredHigh, binner);
        }
        wire.flip();
    }

    private void send(long now) {
        sentNanos = now;
        sending = true;
        session.sendBinary(wire, this);
    }

    private void sendText(String text, long now) {
        sentNanos = now;
        sending = true;
        session.sendText(text, this);
    }

    /** The message under way has left; called by the server. */
    @Override
    public void succeed() {
        sending = false;
        LockSupport.unpark(viewThread);
    }

    /** The connection broke; its close is reported apart. */
    @Override
    public void fail(Throwable cause) {
        sending = false;
    }
}
