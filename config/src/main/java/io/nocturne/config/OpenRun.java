package io.nocturne.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.config.cli.Version;
import io.nocturne.config.yaml.ConfigWriter;
import io.nocturne.sinks.kafka.embedded.EmbeddedBroker;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.stack.RunDescription;
import io.nocturne.stream.stack.RunFolder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that lives as long as a run does: its folder, log and ledger, and the broker and live view it may bring.
 * Closed in reverse order. The run's thread only.
 */
final class OpenRun implements AutoCloseable {
    private static final DateTimeFormatter FOLDER_NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss");

    private final RunClock clock = RunClock.system();
    private final Deque<Closeable> open = new ArrayDeque<>();
    private final RunFolder folder;
    private final Ledger ledger;
    private final ViewOfRun view;
    private final Marks marks;
    private final RunConfig config;
    private Optional<String> bootstrap;
    private RunDescription description;

    private OpenRun(RunFolder folder, RunConfig config, RunDescription description, boolean live) throws Exception {
        this.folder = opened(folder, folder);
        this.description = description;
        this.config = config;
        try {
            RunLog log = new RunLog(folder.logFile());
            opened(log, log::close);
            Ledger opening = Ledger.open(folder.ledger());
            ledger = opened(opening, opening::close);
            if (live) {
                bootstrap();
            }
            view = live ? view(config.view()) : null;
            marks = live && config.view().enabled() ? new Marks(ledger.page()) : null;
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Begins a run in a new folder. */
    static OpenRun begin(RunConfig config) throws Exception {
        RunFolder folder = RunFolder.create(newFolder(config.run()));
        RunDescription description = RunDescription.begin(
                new JsonMapper().valueToTree(ConfigWriter.toMap(config)),
                Models.cards(config.restore()),
                Map.of("nocturne", Version.number(), "java", System.getProperty("java.version")));
        folder.describe(description);
        return new OpenRun(folder, config, description, true);
    }

    /** Opens a run that has ended, to complete it. */
    static OpenRun resume(RunFolder folder, RunConfig config) throws Exception {
        return new OpenRun(folder, config, folder.description(), false);
    }

    private static Path newFolder(RunConfig.Run run) {
        if (run.folder().isPresent()) {
            return run.folder().get();
        }
        String name = LocalDateTime.now(ZoneId.systemDefault()).format(FOLDER_NAME);
        Path folder = run.parent().resolve(name);
        for (int i = 2; Files.exists(folder); i++) {
            folder = run.parent().resolve(name + "-" + i);
        }
        return folder;
    }

    private String brokers(RunConfig.Kafka kafka) throws IOException {
        if (!kafka.bootstrap().equals(RunConfig.Kafka.EMBEDDED)) {
            return kafka.bootstrap();
        }
        EmbeddedBroker broker = EmbeddedBroker.start(folder.root().resolve("kafka"));
        return opened(broker, broker).bootstrapServers();
    }

    private ViewOfRun view(RunConfig.View config) {
        if (!config.enabled()) {
            return null;
        }
        ViewOfRun opening = new ViewOfRun(config, clock);
        return opened(opening, opening::close);
    }

    private <T> T opened(T part, Closeable close) {
        open.push(close);
        return part;
    }

    RunFolder folder() {
        return folder;
    }

    Ledger ledger() {
        return ledger;
    }

    RunClock clock() {
        return clock;
    }

    RunDescription description() {
        return description;
    }

    /** Keeps the cards of models that join the run. */
    void addModels(List<JsonNode> cards) throws IOException {
        description = description.withModels(cards);
        folder.describe(description);
    }

    /**
     * Where Kafka is, if this run publishes. A broker of the run's own is started by the first call: anew for a run that
     * is completed, on the log that it left in the run's folder.
     */
    Optional<String> bootstrap() throws IOException {
        if (bootstrap == null) {
            bootstrap = config.kafka().isEmpty()
                    ? Optional.empty()
                    : Optional.of(brokers(config.kafka().get()));
        }
        return bootstrap;
    }

    /** The live view, if this run has one. */
    Optional<ViewOfRun> view() {
        return Optional.ofNullable(view);
    }

    /** Where the live view's wishes are noted, if this run has one. */
    Optional<Marks> marks() {
        return Optional.ofNullable(marks);
    }

    /** Writes into {@code run.json} that the run has ended, and how. */
    void ended(JsonNode totals) throws IOException {
        description = description.end(totals);
        folder.describe(description);
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (IOException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
