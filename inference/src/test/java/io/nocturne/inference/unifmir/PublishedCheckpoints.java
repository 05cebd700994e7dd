package io.nocturne.inference.unifmir;

import io.nocturne.inference.checkpoint.CheckpointWriter;
import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.inference.checkpoint.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Checkpoints of the published networks' sizes, with recipe weights. */
public final class PublishedCheckpoints {
    private PublishedCheckpoints() {}

    /** Writes one, as training writes it: recipe weights, and a position index and a mask, which nobody needs. */
    public static Path write(Path file, UnifmirTask task) throws IOException {
        return write(file, task, parameter -> parameter);
    }

    /** Writes one with some parameters changed, or left out where the change gives null. */
    static Path write(Path file, UnifmirTask task, UnaryOperator<Parameter> change) throws IOException {
        StateDict weights = Networks.weights(UnifmirNetwork.published(task));
        List<Parameter> parameters = new ArrayList<>();
        for (String name : weights.names()) {
            Parameter parameter = change.apply(weights.find(name).orElseThrow());
            if (parameter != null) {
                parameters.add(parameter);
            }
        }
        parameters.add(Parameter.of(
                "layers.0.residual_group.blocks.0.attn.relative_position_index", new long[64 * 64], 64, 64));
        parameters.add(Parameter.of("layers.0.residual_group.blocks.1.attn_mask", new float[64 * 64], 1, 64, 64));
        CheckpointWriter.write(file, StateDict.of("recipe", parameters));
        return file;
    }
}
