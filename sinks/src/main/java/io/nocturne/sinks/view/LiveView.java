package io.nocturne.sinks.view;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.stream.spi.FrameTap;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live view: a page on a small web server that shows raw and restored frames of the running stream. It looks at the
 * newest frame through a {@link FrameTap} and so never gates a ring; every page gets the newest frame once it has
 * painted the last one, however slow it or another page is.
 *
 * <p>{@link #attach}, {@link #start} and {@link #close} may be called from any thread; {@code attach} again replaces the
 * stream on all open pages, at an epoch or run boundary. One thread of its own looks at the tap: ten times per camera
 * period, at most 500 times a second, while a page waits for a frame, and not at all otherwise.
 *
 * <pre>{@code
 * try (LiveView view = new LiveView(LiveView.Settings.loopback())) {
 *     view.attach(pipeline.openTap(), stream, Optional.of(restorer.spec()), () -> pipeline.live().json());
 *     System.out.println("Live view: " + view.start());
 *     pipeline.run();
 * }
 * }</pre>
 */
public final class LiveView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveView.class);
    private static final long LEAST_POLL_NANOS = 2_000_000L;
    private static final long MOST_POLL_NANOS = 10_000_000L;
    private static final int POLLS_PER_FRAME = 10;
    private static final long IDLE_NANOS = 250_000_000L;

    private final Settings settings;
    private final CopyOnWriteArrayList<Viewer> viewers = new CopyOnWriteArrayList<>();
    private final DisplayMeter meter;
    private final HealthBoard health;
    private final ControlDesk desk;
    private final Thread thread = new Thread(this::watch, "nocturne-view");
    private final ViewServer server;
    private volatile Optional<Attachment> attachment = Optional.empty();
    private volatile boolean running = true;
    private volatile Optional<Trust> trust = Optional.empty();
    private int attachments;
    private boolean failing;

    public LiveView(Settings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
        meter = new DisplayMeter(settings.listener());
        health = new HealthBoard(() -> attachment.orElseThrow(), meter::shown, () -> trust);
        desk = new ControlDesk(() -> attachment.flatMap(Attachment::controls));
        server = new ViewServer(settings, viewers, health, desk, thread);
        thread.setDaemon(true);
    }

    /**
     * Shows this stream from now on.
     *
     * @param tap a tap of the view's own
     * @param stream the stream that the tap looks at
     * @param restorer what makes its products; empty if frames stay raw
     * @param healthJson the run's health as JSON, in the members that the package's description names; asked twice a
     *     second on a thread of the view's, and never on a hot path
     */
    public void attach(FrameTap tap, StreamSpec stream, Optional<RestorerSpec> restorer, Supplier<String> healthJson) {
        attach(tap, stream, restorer, healthJson, Optional.empty());
    }

    /**
     * Shows this stream from now on, and lets the token's holder change its run.
     *
     * @param controls what may be done to the run; empty for nothing
     */
    public synchronized void attach(
            FrameTap tap,
            StreamSpec stream,
            Optional<RestorerSpec> restorer,
            Supplier<String> healthJson,
            Optional<RunControls> controls) {
        attachments++;
        attachment = Optional.of(new Attachment(attachments, tap, stream, restorer, healthJson, controls));
        LockSupport.unpark(thread);
    }

    /**
     * Starts serving.
     *
     * @return the page's address, with the token for control behind the {@code #}, where it is never sent to the server
     *     unasked
     * @throws IllegalStateException if nothing is attached, or the port is taken: the message says what to do
     */
    public synchronized URI start() {
        if (attachment.isEmpty()) {
            throw new IllegalStateException("Attach a stream before starting the view");
        }
        URI page = server.start();
        thread.start();
        health.start();
        return page;
    }

    /** What has been displayed so far; any thread. */
    public Displayed displayed() {
        return meter.shown();
    }

    /** Closes every page's connection and stops serving. */
    @Override
    public synchronized void close() {
        running = false;
        LockSupport.unpark(thread);
        health.close();
        desk.close();
        server.close();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Off-heap bytes of the view's own planes: the newest pair of each channel and one more. What each open page adds
     * depends on its window, at most {@link PlaneCut#MAX_PIXELS} pixels for each of its two pictures.
     */
    public static long offHeapBytes(StreamSpec stream, Optional<RestorerSpec> restorer) {
        long pair = stream.frame().bytes()
                + restorer.map(r -> (long) r.product().bytes()).orElse(0L);
        return pair * (stream.channels().size() + 1);
    }

    private void watch() {
        PlaneBinner binner = new PlaneBinner();
        NewestFrames frames = new NewestFrames(attachment.orElseThrow(), settings.clock());
        while (running) {
            Attachment current = attachment.orElseThrow();
            if (frames.attachment().number() != current.number()) {
                frames = new NewestFrames(current, settings.clock());
                trust = Optional.empty();
                meter.newEpoch();
            }
            long pause;
            try {
                pause = serveAll(frames, binner);
                failing = false;
            } catch (RuntimeException e) {
                if (!failing) {
                    LOG.warn("The live view can't show the newest frame; it goes on trying", e);
                }
                failing = true;
                pause = IDLE_NANOS;
            }
            if (pause > 0) {
                LockSupport.parkNanos(this, pause);
            }
        }
    }

    /** One round over all pages; how long to wait before the next. */
    private long serveAll(NewestFrames frames, PlaneBinner binner) {
        boolean wanted = false;
        for (Viewer viewer : viewers) {
            viewer.hear(meter);
            wanted |= viewer.wantsFrames();
        }
        if (wanted) {
            frames.poll();
            trust = frames.trust(frames.newestChannel());
        }
        JsonNode news = health.latest();
        for (Viewer viewer : viewers) {
            viewer.serve(frames, news, binner, settings.clock(), meter);
        }
        meter.publish(viewers.size(), settings.clock().nanoTime());
        return wanted ? pollNanos(frames.attachment().stream()) : IDLE_NANOS;
    }

    /** A tenth of the camera's period, within bounds: soon enough for the eye, and seldom enough for the memory bus. */
    private static long pollNanos(StreamSpec stream) {
        return Math.max(LEAST_POLL_NANOS, Math.min(MOST_POLL_NANOS, stream.framePeriodNanos() / POLLS_PER_FRAME));
    }

    /**
     * What the pages have painted.
     *
     * @param viewers open pages
     * @param sent pictures sent to any page
     * @param painted pictures that a page told it has painted, each index counted once per page
     * @param distinct frame indices painted on any page, each later than the one before
     * @param framesPerSecond rate of {@code distinct} over the last five seconds
     * @param toScreenP50Micros from a frame's commit to the page's word that it is painted, median of five seconds
     * @param toScreenP99Micros the same, 99th percentile
     * @param inBrowserP50Micros from a picture's arrival in the browser to painted, as the browser measures it
     * @param inBrowserP99Micros the same, 99th percentile
     */
    public record Displayed(
            int viewers,
            long sent,
            long painted,
            long distinct,
            double framesPerSecond,
            long toScreenP50Micros,
            long toScreenP99Micros,
            long inBrowserP50Micros,
            long inBrowserP99Micros) {
        static final Displayed NOTHING = new Displayed(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Told of every painted frame, on the view's thread: the place to record the view's latency. Must return soon. */
    @FunctionalInterface
    public interface DisplayListener {
        DisplayListener NONE = (index, coreNanos, committedNanos, paintedNanos) -> {};

        void painted(long index, long coreNanos, long committedNanos, long paintedNanos);
    }

    /**
     * Where and to whom the view is served.
     *
     * @param address address to bind; {@code 127.0.0.1} unless the person asked for another
     * @param port port to bind, 0 for any free one
     * @param token 16 to 128 letters, digits, {@code -} or {@code _}. Asked for by control, and on addresses other than
     *     loopback by the pictures too; empty means a random one, on loopback only
     * @param hosts further host names that pages may be opened under, such as a tunnel's
     * @param maxViewers most pages open at once, 1 to 64
     * @param clock the run's clock, on which the frames are stamped
     * @param listener told of painted frames
     */
    public record Settings(
            String address,
            int port,
            Optional<String> token,
            List<String> hosts,
            int maxViewers,
            RunClock clock,
            DisplayListener listener) {
        public Settings {
            Objects.requireNonNull(clock, "clock");
            Objects.requireNonNull(listener, "listener");
            hosts = List.copyOf(hosts);
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("The view's port must be 0 to 65535, not " + port);
            }
            if (maxViewers < 1 || maxViewers > 64) {
                throw new IllegalArgumentException("The view serves 1 to 64 pages at once, not " + maxViewers);
            }
            if (token.isPresent() && !token.get().matches("[A-Za-z0-9_-]{16,128}")) {
                throw new IllegalArgumentException(
                        "The view's token must be 16 to 128 letters, digits, '-' or '_'; the one given is not");
            }
            if (!isLoopback(address) && token.isEmpty()) {
                throw new IllegalArgumentException(
                        "On " + address + " others can reach the live view: give it a token, or bind it to 127.0.0.1");
            }
        }

        /** This machine only, any free port, a random token, eight pages. */
        public static Settings loopback() {
            return new Settings(
                    "127.0.0.1", 0, Optional.empty(), List.of(), 8, RunClock.system(), DisplayListener.NONE);
        }

        public Settings withPort(int newPort) {
            return new Settings(address, newPort, token, hosts, maxViewers, clock, listener);
        }

        /** Another address, which others may reach; they need the token. */
        public Settings onAddress(String newAddress, String newToken) {
            return new Settings(newAddress, port, Optional.of(newToken), hosts, maxViewers, clock, listener);
        }

        public Settings withHosts(List<String> newHosts) {
            return new Settings(address, port, token, newHosts, maxViewers, clock, listener);
        }

        public Settings withMaxViewers(int newMaxViewers) {
            return new Settings(address, port, token, hosts, newMaxViewers, clock, listener);
        }

        public Settings withClock(RunClock newClock) {
            return new Settings(address, port, token, hosts, maxViewers, newClock, listener);
        }

        public Settings withListener(DisplayListener newListener) {
            return new Settings(address, port, token, hosts, maxViewers, clock, newListener);
        }

        boolean loopbackOnly() {
            return isLoopback(address);
        }

        private static boolean isLoopback(String address) {
            try {
                return InetAddress.getByName(address).isLoopbackAddress();
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(
                        "The view's address '" + address + "' is not known on this machine", e);
            }
        }
    }
}
