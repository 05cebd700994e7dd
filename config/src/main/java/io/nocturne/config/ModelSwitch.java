package io.nocturne.config;

import io.nocturne.config.units.ModelRef;
import io.nocturne.inference.ModelException;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.spi.StreamSpec;
import java.util.Optional;

/**
 * Which model restores, epoch by epoch. Another one is opened beside the running one, which may take seconds, and only
 * then is the running epoch asked to end; so a model that can't be opened changes nothing. {@link #choose} on any thread,
 * everything else on the run's.
 */
final class ModelSwitch {
    private RunConfig.Restore restore;
    private Optional<Models> ready = Optional.empty();
    private FramePipeline running;
    private StreamSpec stream;

    ModelSwitch(RunConfig.Restore restore) {
        this.restore = restore;
    }

    /** How the epoch that runs or comes next is restored. */
    synchronized RunConfig.Restore restore() {
        return restore;
    }

    /** The models for an epoch of that stream: those that were made ready, or new ones. */
    synchronized Optional<Models> open(StreamSpec forStream) throws ModelException {
        Optional<Models> opened = ready;
        ready = Optional.empty();
        return opened.isPresent() ? opened : Models.open(restore, forStream);
    }

    /** This pipeline runs from now on. */
    synchronized void arm(FramePipeline pipeline, StreamSpec ofStream) {
        running = pipeline;
        stream = ofStream;
    }

    /** No pipeline runs whose model could be exchanged. */
    synchronized void disarm() {
        running = null;
    }

    /** Closes what was made ready and is not going to be used. */
    synchronized void discard() {
        ready.ifPresent(models -> models.restorer().close());
        ready = Optional.empty();
    }

    /**
     * Makes a model ready and asks the running epoch to end for it.
     *
     * @throws IllegalStateException if no epoch runs, or another model is being waited for
     * @throws ModelException if the model can't be used on these frames; the run goes on as it was
     */
    void choose(ModelRef model) throws ModelException {
        FramePipeline before;
        StreamSpec frames;
        RunConfig.Restore changed;
        synchronized (this) {
            before = requireRunning();
            frames = stream;
            changed = restore.withModel(model);
        }
        Optional<Models> opened = Models.open(changed, frames);
        synchronized (this) {
            if (running != before || ready.isPresent()) {
                opened.ifPresent(models -> models.restorer().close());
                throw new IllegalStateException("The epoch ended meanwhile; the model was not changed");
            }
            ready = opened;
            restore = changed;
            running.requestTurn();
        }
    }

    private FramePipeline requireRunning() {
        if (running == null) {
            throw new IllegalStateException("No frames flow now whose model could be changed");
        }
        if (ready.isPresent()) {
            throw new IllegalStateException("Another model is on its way already");
        }
        return running;
    }
}
