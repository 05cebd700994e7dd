package io.nocturne.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.config.report.RunReport;
import io.nocturne.config.units.ModelRef;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.inference.ModelException;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.stack.FreeSpace;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Sends, after the run, what Kafka could not take, and restores what the run left raw: same models, same values, same
 * result as live, to disk and, where the run publishes, to Kafka. One use, one thread.
 */
public final class RunCompletion {
    private final Path root;
    private final RunWatcher watcher;
    private final FreeSpace.Limits space;
    private final StopSwitch stop = new StopSwitch();

    /**
     * @param run the run's folder
     */
    public RunCompletion(Path run, RunWatcher watcher) {
        this(run, watcher, FreeSpace.Limits.DEFAULT);
    }

    RunCompletion(Path run, RunWatcher watcher, FreeSpace.Limits space) {
        this.root = run;
        this.watcher = watcher;
        this.space = space;
    }

    /**
     * Completes every epoch.
     *
     * @throws Exception if there is no such run, another process writes it, or its model is no longer what it was
     */
    public RunReport run() throws Exception {
        try (RunFolder folder = RunFolder.complete(root)) {
            JsonNode written = folder.description().config();
            RunConfig config = ConfigReader.parse(
                    written.toString(), folder.runJson().toString(), root, RunConfig.class, Map.of());
            Map<Integer, RunConfig.Restore> changed = changedModels(folder, config.restore());
            requireSameModels(folder.description().models(), Models.cards(config.restore()));
            for (RunConfig.Restore restore : changed.values()) {
                requireSameModels(folder.description().models(), Models.cards(restore));
            }
            try (OpenRun run = OpenRun.resume(folder, config)) {
                watcher.started(folder.root());
                SpilledRecords spilled = SpilledRecords.send(run, config, stop::asked);
                Passes passes = new Passes(config, run, watcher, stop, space);
                changed.forEach(passes::restoredWith);
                for (RunFolder.StreamEpoch epoch : folder.epochs()) {
                    passes.completion(epoch.stream(), epoch.epoch());
                }
                passes.problems().addAll(spilled.problems());
                List<String> notes = new ArrayList<>(spilled.told());
                notes.addAll(SmallerCopies.make(folder, config, watcher, stop));
                RunReport report = Reporting.report(run, List.of(), notes, passes);
                watcher.ended(folder.root(), report);
                return report;
            }
        }
    }

    /** Epochs that another model restored than the configuration's, by number: the ledger says so where it changed. */
    private static Map<Integer, RunConfig.Restore> changedModels(RunFolder folder, RunConfig.Restore first)
            throws IOException {
        NavigableMap<Integer, RunConfig.Restore> changes = new TreeMap<>();
        LedgerReader.forEach(folder.ledger(), line -> {
            if (line.kind().equals("event") && line.text(Marks.WHAT).equals(Marks.MODEL)) {
                changes.put(line.epoch(), first.withModel(new ModelRef(line.text("ref"))));
            }
        });
        Map<Integer, RunConfig.Restore> byEpoch = new TreeMap<>();
        for (RunFolder.StreamEpoch epoch : folder.epochs()) {
            Map.Entry<Integer, RunConfig.Restore> last = changes.floorEntry(epoch.epoch());
            if (last != null) {
                byEpoch.put(epoch.epoch(), last.getValue());
            }
        }
        return byEpoch;
    }

    private void requireSameModels(List<JsonNode> then, List<JsonNode> now) throws ModelException {
        for (JsonNode card : now) {
            String name = card.path("name").asText();
            String hash = card.path("sha256").asText();
            boolean same = then.stream().anyMatch(c -> c.path("sha256").asText().equals(hash));
            if (!same) {
                throw new ModelException("The run in " + root + " was restored with another version of model " + name
                        + "; to mix them would hide which frame came from which. Restore its raw frames into a new"
                        + " folder with 'restore --model --in --out'");
            }
        }
    }

    /** Ends it soon; what was restored by then is kept. Any thread. */
    public void requestStop() {
        stop.request();
    }
}
