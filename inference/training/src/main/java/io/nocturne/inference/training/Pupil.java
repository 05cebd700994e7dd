package io.nocturne.inference.training;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;

/** A trained network that goes on learning: how it comes out of a file, what it is shown, and the way back into one. */
interface Pupil {
    /**
     * Reads one of our own networks out of a model.
     *
     * @throws ModelException if it is none of ours
     */
    static Pupil of(RestorationModel model) throws ModelException, IOException {
        return PhotonPupil.of(model);
    }

    /**
     * Reads a published UniFMIR checkpoint.
     *
     * @param task as {@code import-unifmir} names it
     * @throws ModelException if it isn't one of that task, or the task's network can't learn here
     */
    static Pupil of(Path checkpoint, String task) throws ModelException, IOException {
        return UnifmirPupil.of(checkpoint, task);
    }

    /** The model that learning starts from. */
    RestorationModel model();

    Network network();

    /** Pixels of its answers per pixel of what it sees, along an axis. */
    int scale();

    /** The numbers that learning starts from: a copy. */
    Weights weights();

    /** Which numbers stay as they are when the body is frozen, by their place in {@link Weights#flat}. */
    BitSet body();

    /** Patches in a batch. */
    int batch();

    /** Side of the patches of pairs. */
    int side();

    /** A random part of a pair, in the units in which this network sees images. */
    Patch patch(RealPair pair, NoiseRandom random);

    /** The model with those weights, to be judged on frames that stand alone. */
    RestorationModel judged(Weights with);

    /** The same model with other weights, as a file. */
    RestorationModel write(Weights learned, Path out, String learnedFrom) throws IOException;

    /** A model's name from its file's. */
    static String nameOf(Path out) {
        return String.valueOf(out.getFileName()).replaceFirst("\\.onnx$", "").replaceAll("[^A-Za-z0-9._-]", "-");
    }
}
