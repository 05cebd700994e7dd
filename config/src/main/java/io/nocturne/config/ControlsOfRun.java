package io.nocturne.config;

import io.nocturne.config.units.ModelRef;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelException;
import io.nocturne.sinks.view.RunControls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What the live view's page may do to one epoch of the run. Safe from any thread. */
final class ControlsOfRun implements RunControls {
    private final String stream;
    private final int epoch;
    private final Marks marks;
    private final StopSwitch stop;
    private final ModelSwitch models;
    private final boolean mayTurn;

    /**
     * @param mayTurn whether another epoch may follow this one; not where a recording is restored
     */
    ControlsOfRun(String stream, int epoch, Marks marks, StopSwitch stop, ModelSwitch models, boolean mayTurn) {
        this.stream = stream;
        this.epoch = epoch;
        this.marks = marks;
        this.stop = stop;
        this.models = models;
        this.mayTurn = mayTurn;
    }

    @Override
    public List<String> models() {
        List<String> names = new ArrayList<>();
        if (mayTurn) {
            ModelCatalog.open(models.restore().folders()).list().stream()
                    .filter(entry -> entry.problem().isEmpty())
                    .map(ModelCatalog.Entry::name)
                    .forEach(names::add);
            names.add(ModelRef.NONE.text());
        }
        return names;
    }

    @Override
    public String mark(long index, String note) {
        try {
            marks.mark(stream, epoch, index, note);
        } catch (IOException e) {
            throw new UncheckedIOException("The ledger could not be written", e);
        }
        return index < 0 ? "Marked." : "Marked at frame " + index + ".";
    }

    @Override
    public String useModel(String name) {
        if (!models().contains(name)) {
            throw new IllegalArgumentException("There is no model '" + name + "' to change to");
        }
        try {
            models.choose(new ModelRef(name));
        } catch (ModelException e) {
            throw new IllegalStateException(name + " can't restore these frames: " + e.getMessage(), e);
        }
        return (name.equals(ModelRef.NONE.text()) ? "No model" : name) + " from the next epoch on, which begins now.";
    }

    @Override
    public String stop() {
        try {
            marks.stop(stream, epoch);
        } catch (IOException e) {
            throw new UncheckedIOException("The ledger could not be written", e);
        } finally {
            stop.request();
        }
        return "The run ends: what is under way is being finished.";
    }
}
