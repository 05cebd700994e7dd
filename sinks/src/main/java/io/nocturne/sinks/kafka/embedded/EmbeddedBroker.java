package io.nocturne.sinks.kafka.embedded;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One KRaft broker and controller in this process, on loopback, keeping its log in a folder. Give each run a fresh folder;
 * a folder used before is opened again with what it holds.
 *
 * <p>Starts in a few seconds, and takes records up to {@value #MAX_RECORD_BYTES} bytes. Nothing is deleted by age or size.
 * The loggers {@code kafka} and {@code org.apache.kafka} speak at INFO about every step: set them to WARN.
 *
 * <p>Methods are safe from any thread.
 */
public final class EmbeddedBroker implements Closeable {
    /** Largest record the broker takes by default: 512 MiB. */
    public static final int MAX_RECORD_BYTES = 512 << 20;

    private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final String CLUSTER_ID = "Tm9jdHVybmVFbWJlZGRlZA";
    private static final int NODE_ID = 1;
    private static final int START_ATTEMPTS = 3;

    private final KafkaRaftServer server;
    private final int port;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedBroker(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts a broker on a free port.
     *
     * @param folder where its log goes; created if absent
     * @throws IOException if the broker can't start
     */
    public static EmbeddedBroker start(Path folder) throws IOException {
        return start(folder, 0);
    }

    /**
     * Starts a broker.
     *
     * @param folder where its log goes; created if absent
     * @param port on loopback, 0 for any free one
     * @throws IOException if the port is taken or the broker can't start
     */
    public static EmbeddedBroker start(Path folder, int port) throws IOException {
        return start(folder, port, 0);
    }

    /**
     * Starts a broker that stands behind a proxy.
     *
     * @param folder where its log goes; created if absent
     * @param port on loopback, 0 for any free one
     * @param advertisedPort where clients are told to find it, 0 for its own port
     * @throws IOException if the port is taken or the broker can't start
     */
    public static EmbeddedBroker start(Path folder, int port, int advertisedPort) throws IOException {
        String logDir = folder.toAbsolutePath().toString();
        if (logDir.indexOf(',') >= 0) {
            throw new IOException("The broker's folder " + logDir
                    + " has a comma in its path, which Kafka reads as a list of folders; choose another folder");
        }
        Files.createDirectories(folder);
        keepProcessAlive();
        for (int attempt = 1; ; attempt++) {
            int brokerPort = port;
            try {
                brokerPort = freePort(port);
                return start(logDir, brokerPort, freePort(0), advertisedPort == 0 ? brokerPort : advertisedPort);
            } catch (Exception e) {
                // Between finding a free port and binding it, another process may take it.
                if (port == 0 && attempt < START_ATTEMPTS && isBindFailure(e)) {
                    continue;
                }
                throw new IOException(
                        isBindFailure(e)
                                ? "Port " + brokerPort
                                        + " on 127.0.0.1 is in use; choose another, or 0 for any free one"
                                : "The embedded Kafka broker did not start in " + logDir + ": " + e.getMessage(),
                        e);
            }
        }
    }

    private static EmbeddedBroker start(String logDir, int port, int controllerPort, int advertisedPort)
            throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(CLUSTER_ID)
                .setNodeId(NODE_ID)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setIgnoreFormatted(true)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(logDir)
                .addDirectory(logDir)
                .run();
        KafkaRaftServer server = new KafkaRaftServer(
                KafkaConfig.fromProps(settings(logDir, port, controllerPort, advertisedPort), false), Time.SYSTEM);
        try {
            server.startup();
        } catch (Throwable e) {
            server.shutdown();
            throw e;
        }
        return new EmbeddedBroker(server, port);
    }

    private static Properties settings(String logDir, int port, int controllerPort, int advertisedPort) {
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", Integer.toString(NODE_ID));
        p.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        p.put("controller.listener.names", "CONTROLLER");
        p.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        p.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + advertisedPort);
        p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("inter.broker.listener.name", "PLAINTEXT");
        p.put("log.dirs", logDir);
        p.put("message.max.bytes", Integer.toString(MAX_RECORD_BYTES));
        p.put("replica.fetch.max.bytes", Integer.toString(MAX_RECORD_BYTES));
        p.put("socket.request.max.bytes", Integer.toString(MAX_RECORD_BYTES + (16 << 20)));
        p.put("log.retention.ms", "-1");
        p.put("log.retention.bytes", "-1");
        p.put("auto.create.topics.enable", "false");
        p.put("num.partitions", "1");
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            p.put(topic + ".replication.factor", "1");
            p.put(topic + ".num.partitions", "1");
        }
        p.put("transaction.state.log.min.isr", "1");
        p.put("share.coordinator.state.topic.min.isr", "1");
        p.put("group.initial.rebalance.delay.ms", "0");
        // A worker that died must not keep readers of committed records waiting for ten seconds more.
        p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // Small: one client or two, beside a camera.
        p.put("num.network.threads", "1");
        p.put("num.io.threads", "2");
        p.put("background.threads", "1");
        p.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
        p.put("log.cleaner.io.buffer.size", Integer.toString(64 << 10));
        p.put("metric.reporters", "");
        return p;
    }

    /** That port, or any one for 0, if it can be bound now. */
    private static int freePort(int wanted) throws IOException {
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isBindFailure(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof BindException || String.valueOf(t.getMessage()).contains("Address already in use")) {
                return true;
            }
        }
        return false;
    }

    /** Makes a fatal fault of the broker an error of its own thread. */
    private static void keepProcessAlive() {
        Exit.Procedure report = (status, message) -> {
            log.error(
                    "The embedded Kafka broker failed and would have ended the process (status {}): {}",
                    status,
                    message);
            throw new IllegalStateException("The embedded Kafka broker failed: " + message);
        };
        Exit.setHaltProcedure(report);
        Exit.setExitProcedure(report);
    }

    /** What a client needs as {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Stops the broker, cleanly; what it holds stays in its folder. Takes a second or two. */
    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            server.shutdown();
            server.awaitShutdown();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
