package io.nocturne.sinks.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RunClock;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/**
 * One open page. It has its own window, channel and pause, and at most one message under way: the next picture leaves
 * only after the page has told that the last one is painted, and it is then the newest there is. So a slow page costs a
 * slot in a list and nothing else.
 *
 * <p>Messages from the page arrive on the server's threads and are put down in volatile fields; everything else is the
 * view thread's.
 */
final class Viewer implements Callback {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MESSAGES_PER_SECOND = 400;
    private static final long SEND_PATIENCE_NANOS = 30_000_000_000L;

    /** A picture was painted: which, how long the browser took, and when we heard. */
    private record Ack(int ticket, double browserMillis, long heardNanos) {}

    private final Session session;
    private final boolean mayControl;
    private final Thread viewThread;

    // Written by the server's threads.
    private volatile boolean sending;
    private volatile Optional<Viewport> window = Optional.empty();
    private volatile int channel = -1;
    private volatile boolean paused;
    private volatile Ack ack = new Ack(0, 0, 0);
    private long secondStartNanos;
    private int messagesThisSecond;

    // View thread only.
    private ByteBuffer wire = ByteBuffer.allocateDirect(0);
    private int ticket;
    private boolean awaitingAck;
    private long sentNanos;
    private long sentIndex = -1;
    private long sentCoreNanos;
    private long sentCommittedNanos;
    private boolean sentFresh;
    private int sentChannel = -1;
    private Optional<Viewport> sentWindow = Optional.empty();
    private int toldAttachment;
    private String toldHealth = "";
    private Optional<FramePair> held = Optional.empty();

    Viewer(Session session, boolean mayControl, Thread viewThread) {
        this.session = session;
        this.mayControl = mayControl;
        this.viewThread = viewThread;
    }

    Session session() {
        return session;
    }

    /** True if the page brought the token: what changes the run asks for it. */
    boolean mayControl() {
        return mayControl;
    }

    /**
     * A message from the page: {@code window}, {@code channel}, {@code pause}, {@code painted} or {@code alive}.
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
        switch (message.path("type").asText()) {
            case "painted" ->
                ack = new Ack(
                        message.path("ticket").asInt(),
                        message.path("browserMillis").asDouble(),
                        nowNanos);
            case "window" ->
                window = Optional.of(new Viewport(
                        message.path("x").asDouble(Double.NaN),
                        message.path("y").asDouble(Double.NaN),
                        message.path("width").asDouble(Double.NaN),
                        message.path("height").asDouble(Double.NaN),
                        message.path("zoom").asDouble(Double.NaN)));
            case "channel" -> channel = message.path("channel").asInt(-1);
            case "pause" -> paused = message.path("on").asBoolean();
            case "alive" -> {}
            default -> throw new IllegalArgumentException("unknown message type");
        }
        LockSupport.unpark(viewThread);
    }

    /** Takes note of a painted picture. View thread. */
    void hear(DisplayMeter meter) {
        Ack heard = ack;
        if (awaitingAck && heard.ticket() == ticket) {
            awaitingAck = false;
            if (sentFresh) {
                meter.painted(sentIndex, sentCoreNanos, sentCommittedNanos, heard.heardNanos(), heard.browserMillis());
            }
        }
    }

    /** True if a new frame could be sent now: the page has a window, and nothing is under way. */
    boolean wantsFrames() {
        return !sending && !awaitingAck && window.isPresent() && held.isEmpty();
    }

    /** Sends what is due, one message at most; true if something was sent. View thread. */
    boolean serve(NewestFrames frames, String health, PlaneBinner binner, RunClock clock, DisplayMeter meter) {
        long now = clock.nanoTime();
        if (sending) {
            if (now - sentNanos > SEND_PATIENCE_NANOS) {
                session.disconnect();
            }
            return false;
        }
        Attachment attachment = frames.attachment();
        if (toldAttachment != attachment.number()) {
            toldAttachment = attachment.number();
            sentIndex = -1;
            sentWindow = Optional.empty();
            awaitingAck = false;
            paused = false;
            held = Optional.empty();
            return sendText(StreamText.of(attachment, mayControl), now);
        }
        if (!health.equals(toldHealth)) {
            toldHealth = health;
            return sendText(health, now);
        }
        Optional<Viewport> wanted = window;
        if (awaitingAck || wanted.isEmpty()) {
            return false;
        }
        int wantedChannel = channel;
        hold(frames, wantedChannel);
        Optional<FramePair> found = held.isPresent() ? held : frames.of(wantedChannel);
        if (found.isEmpty() || found.get().empty()) {
            return false;
        }
        FramePair pair = found.get();
        boolean fresh = pair.header.index != sentIndex;
        if (!fresh && wanted.equals(sentWindow) && wantedChannel == sentChannel) {
            return false;
        }
        sentFresh = fresh;
        sentWindow = wanted;
        sentChannel = wantedChannel;
        sentIndex = pair.header.index;
        sentCoreNanos = pair.header.coreNanos;
        sentCommittedNanos = pair.header.committedNanos;
        fill(pair, attachment, wanted.get(), binner, clock);
        awaitingAck = true;
        meter.sent();
        sentNanos = now;
        sending = true;
        session.sendBinary(wire, this);
        return true;
    }

    private void hold(NewestFrames frames, int wantedChannel) {
        if (!paused) {
            held = Optional.empty();
        } else if (held.isEmpty()) {
            held = frames.of(wantedChannel).map(FramePair::copy);
        }
    }

    private void fill(FramePair pair, Attachment attachment, Viewport view, PlaneBinner binner, RunClock clock) {
        FrameSpec rawSpec = attachment.rawSpec();
        FrameSpec productSpec = attachment.productSpec();
        PlaneCut rawCut = PlaneCut.of(view, rawSpec, rawSpec);
        PlaneCut productCut = PlaneCut.of(view, productSpec, rawSpec);
        int bytes = WireFrame.HEADER_BYTES
                + (pair.hasRaw ? WireFrame.payloadBytes(rawCut, rawSpec.pixelType()) : 0)
                + (pair.hasRestored ? WireFrame.payloadBytes(productCut, productSpec.pixelType()) : 0);
        if (wire.capacity() < bytes) {
            wire = ByteBuffer.allocateDirect((bytes + 0xFFFF) & ~0xFFFF);
        }
        long committed = pair.header.committedNanos;
        double wallMillis = committed == 0 ? 0 : clock.epochNanos(committed) / 1e6;
        double ageMillis = committed == 0 ? 0 : (clock.nanoTime() - committed) / 1e6;
        ticket++;
        WireFrame.putHeader(wire, attachment.number(), ticket, pair.header, wallMillis, ageMillis, held.isPresent());
        if (pair.hasRaw) {
            int slice = NewestFrames.middle(rawSpec);
            WireFrame.putPlane(wire, 0, pair.raw, rawSpec, slice, rawCut, pair.rawLow, pair.rawHigh, binner);
        }
        if (pair.hasRestored) {
            int slice = NewestFrames.middle(productSpec);
            WireFrame.putPlane(
                    wire,
                    1,
                    pair.restored.orElseThrow(),
                    productSpec,
                    slice,
                    productCut,
                    pair.restoredLow,
                    pair.restoredHigh,
                    binner);
        }
        wire.flip();
    }

    private boolean sendText(String text, long now) {
        sentNanos = now;
        sending = true;
        session.sendText(text, this);
        return true;
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
