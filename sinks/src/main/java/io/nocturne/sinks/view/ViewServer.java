package io.nocturne.sinks.view;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.UnauthorizedResponse;
import io.javalin.util.JavalinException;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsContext;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.AcceptRateLimit;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;

/**
 * The web server around the view: the page's few files, {@code /health}, {@code /metrics} and {@code /ws}, and who may ask
 * for them. A
 * request must name a host that is ours, so that no foreign site can reach us through a name of its own; a browser's
 * request must come from our own page; and where others can reach the address, pictures and health need the token.
 */
final class ViewServer implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 4096;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final Duration IDLE = Duration.ofMinutes(3);
    private static final String VIEWER = "viewer";
    private static final String BEARER = "Bearer ";
    /** Open connections besides the pages' own: each page has one, and asks for its files over a few more. */
    static final int SPARE_CONNECTIONS = 32;
    /** Connections accepted in that time: a page that is opened makes seven, an attack as many as it may. */
    private static final int MOST_ACCEPTED = 10;

    private static final long ACCEPT_MILLIS = 100;
    private static final int ACCEPT_QUEUE = 256;

    private static final int TOO_MANY = 4001;
    private static final int BAD_MESSAGE = 1008;

    private final LiveView.Settings settings;
    private final List<Viewer> viewers;
    private final HealthBoard health;
    private final ControlDesk desk;
    private final Thread viewThread;
    private final String token;
    private final OwnHosts hosts;
    private Optional<Javalin> javalin = Optional.empty();

    ViewServer(
            LiveView.Settings settings, List<Viewer> viewers, HealthBoard health, ControlDesk desk, Thread viewThread) {
        this.desk = desk;
        this.settings = settings;
        this.viewers = viewers;
        this.health = health;
        this.viewThread = viewThread;
        token = settings.token().orElseGet(ViewServer::randomToken);
        hosts = OwnHosts.of(settings);
    }

    URI start() {
        Javalin server = Javalin.create(this::configure);
        try {
            server.start();
        } catch (JavalinException e) {
            server.stop();
            throw new IllegalStateException(
                    "The live view can't listen on " + settings.address() + ":" + settings.port()
                            + "; close what uses that port, or set the view's port to 0 for any free one",
                    e);
        }
        javalin = Optional.of(server);
        return URI.create("http://" + hosts.shown() + ":" + server.port() + "/#token=" + token);
    }

    private void configure(JavalinConfig config) {
        QueuedThreadPool threads = new QueuedThreadPool(12, 2);
        threads.setName("nocturne-web");
        threads.setDaemon(true);
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = 0;
        config.http.generateEtags = false;
        config.router.ignoreTrailingSlashes = false;
        config.jetty.host = settings.address();
        config.jetty.port = settings.port();
        config.jetty.threadPool = threads;
        config.jetty.modifyServer(this::bound);
        config.jetty.modifyHttpConfiguration(ViewServer::harden);
        config.jetty.modifyServletContextHandler(ViewServer::sendPixelsAsTheyAre);
        config.jetty.modifyWebSocketServletFactory(factory -> {
            factory.setMaxTextMessageSize(MAX_MESSAGE_BYTES);
            factory.setMaxBinaryMessageSize(1);
            factory.setIdleTimeout(IDLE);
        });
        config.routes.before(this::admit);
        config.routes.after(ViewServer::partFromTheRefused);
        config.routes.wsBeforeUpgrade(this::admit);
        config.routes.wsBeforeUpgrade(this::askForToken);
        for (PageFile file : PageFile.ALL) {
            config.routes.get(file.path(), context -> file.send(context));
        }
        config.routes.get("/health", context -> {
            askForToken(context);
            context.contentType("application/json").result(health.latest().toString());
        });
        config.routes.get("/metrics", context -> {
            askForToken(context);
            context.contentType(MetricsText.CONTENT_TYPE).result(MetricsText.of(health.latest()));
        });
        config.routes.ws("/ws", this::connect);
    }

    /** Limits on connections, at the acceptor: what comes too fast waits with the operating system and costs nothing here. */
    private void bound(Server server) {
        server.addBean(new AcceptRateLimit(MOST_ACCEPTED, ACCEPT_MILLIS, TimeUnit.MILLISECONDS, server));
        ConnectionBound bound = new ConnectionBound(settings.maxViewers() + SPARE_CONNECTIONS);
        server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                for (Connector connector : server.getConnectors()) {
                    if (connector instanceof ServerConnector socket) {
                        socket.setAcceptQueueSize(ACCEPT_QUEUE);
                        socket.addBean(bound);
                    }
                }
            }
        });
    }

    private static void harden(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        http.setIdleTimeout(30_000);
    }

    /** Compressing noise costs a core and saves little: browsers offer it, we decline. */
    private static void sendPixelsAsTheyAre(ServletContextHandler handler) {
        handler.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                WebSocketServerComponents.ensureWebSocketComponents(handler.getServer(), handler)
                        .getExtensionRegistry()
                        .unregister("permessage-deflate");
            }
        });
    }

    private void admit(Context context) {
        String host = context.header("Host");
        if (!hosts.own(host)) {
            context.header("Connection", "close");
            throw new ForbiddenResponse("This view is not served under that host name");
        }
        String origin = context.header("Origin");
        if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
            context.header("Connection", "close");
            throw new ForbiddenResponse("Requests from other sites are refused");
        }
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Referrer-Policy", "no-referrer");
        context.header("Cross-Origin-Resource-Policy", "same-origin");
        context.header("Cross-Origin-Opener-Policy", "same-origin");
        context.header("X-Frame-Options", "DENY");
        context.header("Cache-Control", "no-store");
        context.header(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
                        + "connect-src 'self' ws://" + host + " wss://" + host
                        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    /** Who is refused needs a new connection for another try, and those are limited. */
    private static void partFromTheRefused(Context context) {
        if (context.statusCode() >= HttpStatus.BAD_REQUEST_400) {
            context.header("Connection", "close");
        }
    }

    private void askForToken(Context context) {
        if (!settings.loopbackOnly() && !matches(context.queryParam("token")) && !matches(bearer(context))) {
            context.header("Connection", "close");
            throw new UnauthorizedResponse("Open the address that was printed with its token");
        }
    }

    /** What Prometheus brings its token in. */
    private static String bearer(Context context) {
        String header = context.header("Authorization");
        return header != null && header.startsWith(BEARER) ? header.substring(BEARER.length()) : null;
    }

    private boolean matches(String given) {
        return given != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    private void connect(WsConfig ws) {
        ws.onConnect(context -> {
            Viewer viewer = new Viewer(context.session, matches(context.queryParam("token")), desk, viewThread);
            if (admit(viewer)) {
                context.attribute(VIEWER, viewer);
                LockSupport.unpark(viewThread);
            } else {
                context.closeSession(TOO_MANY, settings.maxViewers() + " pages are open already; close one");
            }
        });
        ws.onMessage(context -> {
            Viewer viewer = context.attribute(VIEWER);
            if (viewer == null) {
                return;
            }
            try {
                viewer.onText(context.message(), settings.clock().nanoTime());
            } catch (IllegalArgumentException e) {
                leave(context);
                context.closeSession(BAD_MESSAGE, "Message refused");
            }
        });
        ws.onClose(this::leave);
        ws.onError(this::leave);
    }

    private boolean admit(Viewer viewer) {
        synchronized (viewers) {
            return viewers.size() < settings.maxViewers() && viewers.add(viewer);
        }
    }

    private void leave(WsContext context) {
        Viewer viewer = context.attribute(VIEWER);
        if (viewer != null) {
            viewers.remove(viewer);
        }
    }

    private static String randomToken() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        javalin.ifPresent(Javalin::stop);
        javalin = Optional.empty();
        viewers.clear();
    }
}
