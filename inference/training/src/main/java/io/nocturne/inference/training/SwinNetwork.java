package io.nocturne.inference.training;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.unifmir.ParameterNames;
import io.nocturne.inference.unifmir.UnifmirNetwork;

/**
 * A whole UniFMIR network of published build as tensors with gradients: {@link SwinTrunk}, convolutions, pixel shuffle.
 * Images have sides that are multiples of 8.
 */
final class SwinNetwork implements Network {
    private static final float LEAK = 0.01f;

    private final SwinTrunk trunk;

    /**
     * @throws IllegalArgumentException for a network with a first stage of its own
     */
    SwinNetwork(UnifmirNetwork network) {
        if (network.projector().isPresent() || network.unet().isPresent()) {
            throw new IllegalArgumentException(
                    "The network for '" + network.task().title() + "' has a first stage that isn't taught here");
        }
        trunk = new SwinTrunk(network.body(), network.names());
    }

    /** All of a network's numbers. */
    static Weights weights(UnifmirNetwork network, StateDict parameters) {
        Weights weights = new Weights();
        network.parameters()
                .forEach((name, shape) -> weights.addParameter(
                        name, parameters.find(name).orElseThrow().floats(), shape));
        return weights;
    }

    @Override
    public NDArray restore(TorchAlgebra algebra, Weights weights, NDArray noisy, NDArray readVariance) {
        ParameterNames names = trunk.names();
        NDArray features = trunk.features(algebra, weights, noisy);
        NDArray x = Activation.leakyRelu(algebra.conv(features, weights.layer(names.before())), LEAK);
        if (trunk.body().scale() == 2) {
            x = algebra.shuffle(algebra.conv(x, weights.layer(names.upsample())), 2);
        }
        return algebra.conv(x, weights.layer(names.last()));
    }
}
