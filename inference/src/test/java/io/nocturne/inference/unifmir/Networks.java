package io.nocturne.inference.unifmir;

import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.unifmir.UnifmirNetwork.Projector;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import io.nocturne.inference.unifmir.UnifmirNetwork.ViewNet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Networks that tests use beside the published ones, and recipe weights for any. */
final class Networks {
    private Networks() {}

    /** Recipe weights for all that a network reads. */
    static StateDict weights(UnifmirNetwork network) {
        return RecipeWeights.stateDict("recipe", network.parameters());
    }

    /** The projection network with a projector of 32 features and 10 blocks. */
    static UnifmirNetwork smallProjection() {
        UnifmirNetwork full = UnifmirNetwork.published(UnifmirTask.PROJECTION);
        List<Boolean> everyNinth =
                IntStream.range(0, 10).mapToObj(block -> block % 9 == 0).toList();
        Projector projector = new Projector(50, 32, 8, 128, everyNinth);
        return new UnifmirNetwork(full.task(), full.names(), full.body(), Optional.of(projector), full.unet());
    }

    /** A network of a few thousand parameters, with groups of an even and an odd number of blocks. */
    static UnifmirNetwork tiny(UnifmirTask task) {
        return tiny(task, false);
    }

    static UnifmirNetwork tiny(UnifmirTask task, boolean universal) {
        boolean volumetric = task == UnifmirTask.VOLUMETRIC;
        boolean projection = task == UnifmirTask.PROJECTION;
        int inputs = volumetric ? 5 : task == UnifmirTask.DENOISE5 ? 5 : 1;
        SwinBody body = new SwinBody(
                inputs,
                volumetric ? inputs : 1,
                12,
                List.of(2, 3, 1),
                2,
                20,
                4,
                task == UnifmirTask.SR ? 2 : 1,
                !(volumetric || (universal && projection)));
        return new UnifmirNetwork(
                task,
                ParameterNames.of(task, universal),
                body,
                projection ? Optional.of(new Projector(3, 8, 4, 6, List.of(true, false, true))) : Optional.empty(),
                volumetric ? Optional.of(new ViewNet(3, 32, 8, List.of(8, 12), List.of(9, 5))) : Optional.empty());
    }
}
