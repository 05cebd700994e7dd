package io.nocturne.inference.unifmir;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.checkpoint.StateDict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Sizes of a UniFMIR network, read from its parameters. The published networks have 90 channels, three groups of six
 * blocks and six heads; others of the same build, within stated limits, are read as well.
 *
 * @param task what it is used for
 * @param names under which names its parameters are stored
 * @param body windows and shifted windows (Liu et al. 2021, Liang et al. 2021), part of every network
 * @param projector first stage of the projection network
 * @param unet first stage of the volumetric network
 */
public record UnifmirNetwork(
        UnifmirTask task, ParameterNames names, SwinBody body, Optional<Projector> projector, Optional<ViewNet> unet) {
    /** Side of an attention window, pixels; the only one there is. */
    public static final int WINDOW = 8;

    /**
     * Residual Swin transformer with its convolutions before and after.
     *
     * @param inputs channels of what it reads
     * @param outputs channels of what it gives
     * @param channels width of the residual stream
     * @param depths blocks of each residual group
     * @param heads of each attention
     * @param hidden width of each multilayer perceptron
     * @param features width of the convolutions behind
     * @param scale output pixels per input pixel along each axis, 1 or 2
     * @param longSkip whether the first convolution's result is added behind the last group
     */
    public record SwinBody(
            int inputs,
            int outputs,
            int channels,
            List<Integer> depths,
            int heads,
            int hidden,
            int features,
            int scale,
            boolean longSkip) {
        public SwinBody {
            depths = List.copyOf(depths);
        }

        /** Channels of one head. */
        public int headChannels() {
            return channels / heads;
        }
    }

    /**
     * Efficient non-local contrastive attention network (Xia et al. 2022), planes to one surface.
     *
     * @param planes it reads
     * @param features width of its convolutions
     * @param match width of the embeddings that are compared
     * @param samples random features of the exponential kernel
     * @param attention for each block whether it attends; the others are residual convolutions
     */
    public record Projector(int planes, int features, int match, int samples, List<Boolean> attention) {
        public Projector {
            attention = List.copyOf(attention);
        }
    }

    /**
     * U-Net from light-field views to planes; pixels of a view become {@code side} x {@code side} pixels.
     *
     * @param side views along each axis of the lens
     * @param stem width of the first convolution
     * @param entry width after enlarging
     * @param encoder widths down
     * @param decoder widths up; the last is the number of planes
     */
    public record ViewNet(int side, int stem, int entry, List<Integer> encoder, List<Integer> decoder) {
        /** Steps of enlarging by two before the encoder. */
        static final int UP_STEPS = 4;

        public ViewNet {
            encoder = List.copyOf(encoder);
            decoder = List.copyOf(decoder);
        }

        int views() {
            return side * side;
        }

        int planes() {
            return decoder.get(decoder.size() - 1);
        }
    }

    /**
     * Reads the sizes and checks that every parameter is there, in the right shape, and nothing else. Attention masks and
     * position indices are computed anew, and mean shifts that the published network never uses are passed over.
     *
     * @param parameters names without the {@code module.} of parallel training
     * @throws ModelException naming the first missing, unexpected and wrongly shaped parameters and their numbers, and the
     *     task that the file would fit; or naming a size that is out of bounds
     */
    public static UnifmirNetwork read(StateDict parameters, UnifmirTask task) throws ModelException {
        UnifmirNetwork network = new NetworkReader(parameters, task).read();
        new ParameterCheck(network).check(parameters);
        return network;
    }

    /** The published network's sizes. */
    public static UnifmirNetwork published(UnifmirTask task) {
        try {
            return new NetworkReader(StateDict.of("published", List.of()), task).read();
        } catch (ModelException e) {
            throw new IllegalStateException("The published sizes are within bounds", e);
        }
    }

    /** Names and shapes of the parameters that it reads, in the order of their use. */
    public Map<String, long[]> parameters() {
        return new ParameterCheck(this).expected();
    }

    /** How many numbers a training changes. */
    public long weights() {
        return parameters().entrySet().stream()
                .filter(parameter -> !ParameterNames.fixed(parameter.getKey()))
                .mapToLong(parameter -> LongStream.of(parameter.getValue()).reduce(1, (a, b) -> a * b))
                .sum();
    }

    /** Channels of the image that it reads: frames, slices, planes or views. */
    public int inputs() {
        return projector.map(Projector::planes).orElse(unet.map(ViewNet::views).orElse(body.inputs()));
    }

    /** Planes that it gives. */
    public int outputs() {
        return body.outputs();
    }

    /** Output pixels per pixel of the image that it reads, along each axis: 2, 1, or the views per axis of a light field. */
    public int scale() {
        return unet.map(ViewNet::side).orElse(body.scale());
    }
}
