package io.nocturne.inference.unifmir;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.checkpoint.StateDict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The published networks' sizes, and recipe weights for networks. */
final class PublishedNetworks {
    /** Blocks of the published projector, of which every ninth attends. */
    private static final int PROJECTOR_BLOCKS = 73;

    private PublishedNetworks() {}

    /** Sizes that the reader falls back on where parameters are missing; only the projector's blocks can't be guessed. */
    static UnifmirNetwork of(UnifmirTask task) {
        try {
            UnifmirNetwork network = new NetworkReader(StateDict.of("nothing", List.of()), task).read();
            return new UnifmirNetwork(
                    task,
                    network.names(),
                    network.body(),
                    network.projector().map(PublishedNetworks::withAllBlocks),
                    network.unet());
        } catch (ModelException e) {
            throw new AssertionError(e);
        }
    }

    /** The projection network with a projector of 32 features and 10 blocks. */
    static UnifmirNetwork smallProjection() {
        UnifmirNetwork full = of(UnifmirTask.PROJECTION);
        return new UnifmirNetwork(
                full.task(),
                full.names(),
                full.body(),
                Optional.of(new UnifmirNetwork.Projector(50, 32, 8, 128, everyNinth(10))),
                full.unet());
    }

    private static UnifmirNetwork.Projector withAllBlocks(UnifmirNetwork.Projector sizes) {
        return new UnifmirNetwork.Projector(
                sizes.planes(), sizes.features(), sizes.match(), sizes.samples(), everyNinth(PROJECTOR_BLOCKS));
    }

    private static List<Boolean> everyNinth(int blocks) {
        List<Boolean> attention = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            attention.add(block % 9 == 0);
        }
        return attention;
    }

    /** Recipe weights for all that a network reads. */
    static StateDict weights(UnifmirNetwork network) {
        return RecipeWeights.stateDict("recipe", new ParameterCheck(network).expected());
    }
}
