package io.nocturne.inference.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.BitSet;
import java.util.List;

/**
 * Shows patches to a network and moves its weights. The loss is the mean over patches of the logarithm of their squared
 * error, in units of their noise, so that bright and dim patches count alike. Where there is nothing to be seen what stands
 * out may count more: it would be taken for structure. One thread of our own and one of PyTorch's,
 * so that the same seed gives the same bits.
 */
final class Teacher implements AutoCloseable {
    /** Keeps the slope of a root finite. */
    private static final float TINY = 1e-12f;

    private final Network network;
    private final Weights weights;
    private final Adam adam;
    private final float floor;
    private final float blankPeaks;
    private final Engine engine;
    private final NDManager memory;

    Teacher(Network network, Weights weights, Recipe.Schedule schedule) {
        this(network, weights, schedule, new BitSet());
    }

    /**
     * @param frozen numbers that stay as they are, by their place in {@link Weights#flat}
     */
    Teacher(Network network, Weights weights, Recipe.Schedule schedule, BitSet frozen) {
        this.network = network;
        this.weights = weights;
        floor = (float) schedule.lossFloor();
        blankPeaks = (float) schedule.blankPeaks();
        adam = new Adam(weights.flat(), frozen, schedule.clip(), schedule.average());
        engine = Torch.engine();
        memory = engine.newBaseManager(Device.cpu());
    }

    /** Learns from one batch; tells the loss before. */
    float learn(List<Patch> batch, double rate) {
        try (NDManager step = memory.newSubManager();
                GradientCollector gradients = engine.newGradientCollector()) {
            TorchAlgebra algebra = new TorchAlgebra(step, true);
            NDArray restored = network.restore(algebra, weights, noisy(step, batch), readVariance(step, batch));
            NDArray loss = loss(step, restored, batch);
            gradients.backward(loss);
            adam.step(algebra.gradients(weights), rate);
            weights.set(adam.weights());
            return loss.getFloat();
        }
    }

    private NDArray loss(NDManager step, NDArray restored, List<Patch> batch) {
        int n = batch.size();
        Picture first = batch.get(0).target();
        float[] targets = new float[n * first.values().length];
        float[] perNoise = new float[n];
        for (int i = 0; i < n; i++) {
            Patch patch = batch.get(i);
            System.arraycopy(patch.target().values(), 0, targets, i * first.values().length, first.values().length);
            perNoise[i] = 1 / patch.noiseVariance();
        }
        NDArray target = step.create(targets, new Shape(n, 1, first.height(), first.width()));
        NDArray squares = restored.sub(target).square().reshape(n, -1).mul(step.create(perNoise, new Shape(n, 1)));
        NDArray error = squares.mean(new int[] {1});
        if (blankPeaks > 0 && batch.stream().anyMatch(Patch::blank)) {
            error = error.add(peaks(squares).mul(step.create(shares(batch))));
        }
        return error.add(floor).log().mean();
    }

    /** Fourth root of the mean eighth power of each patch's errors, from their squares: few large errors weigh much. */
    private static NDArray peaks(NDArray squares) {
        return squares.square().square().mean(new int[] {1}).add(TINY).sqrt().sqrt();
    }

    private float[] shares(List<Patch> batch) {
        float[] shares = new float[batch.size()];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = batch.get(i).blank() ? blankPeaks : 0;
        }
        return shares;
    }

    static NDArray noisy(NDManager step, List<Patch> batch) {
        Picture first = batch.get(0).noisy();
        int pixels = first.values().length;
        float[] all = new float[batch.size() * pixels];
        for (int i = 0; i < batch.size(); i++) {
            System.arraycopy(batch.get(i).noisy().values(), 0, all, i * pixels, pixels);
        }
        return step.create(all, new Shape(batch.size(), 1, first.height(), first.width()));
    }

    static NDArray readVariance(NDManager step, List<Patch> batch) {
        float[] all = new float[batch.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = batch.get(i).readVariance();
        }
        return step.create(all, new Shape(all.length, 1, 1, 1));
    }

    /** What the network makes of patches, one after the other. */
    static float[] restore(Network network, Weights weights, List<Patch> batch) {
        try (NDManager memory = Torch.engine().newBaseManager(Device.cpu())) {
            TorchAlgebra algebra = new TorchAlgebra(memory, false);
            return network.restore(algebra, weights, noisy(memory, batch), readVariance(memory, batch))
                    .toFloatArray();
        }
    }

    /** Weights as they are kept: the running average. */
    Weights learned() {
        Weights kept = weights.copy();
        kept.set(adam.average());
        return kept;
    }

    @Override
    public void close() {
        memory.close();
    }
}
