package io.nocturne.inference.unifmir;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.checkpoint.StateDict;
import java.util.List;

/** UniFMIR's denoising network in its published size, with weights by recipe: no checkpoint is needed to measure it. */
public final class RecipeNetwork {
    private RecipeNetwork() {}

    /** Sizes of the published network. */
    public static UnifmirNetwork denoising() throws ModelException {
        return new NetworkReader(StateDict.of("recipe", List.of()), UnifmirTask.DENOISE).read();
    }

    /** Every parameter that a network reads. */
    public static StateDict weights(UnifmirNetwork network) {
        return RecipeWeights.stateDict("recipe", new ParameterCheck(network).expected());
    }
}
