package io.nocturne.inference.unifmir;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.unifmir.UnifmirNetwork.Projector;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import io.nocturne.inference.unifmir.UnifmirNetwork.ViewNet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads a network's sizes from the shapes of some of its parameters. Where one is missing the published size stands in;
 * {@link ParameterCheck} then names it.
 */
final class NetworkReader {
    private static final int MOST_GROUPS = 16;
    private static final int MOST_BLOCKS = 32;
    private static final int MOST_CHANNELS = 1024;
    private static final int MOST_PROJECTOR_BLOCKS = 256;
    private static final int MOST_VIEWS = 31 * 31;
    private static final int MOST_LEVELS = 8;

    /** Halved at each step up but the last, and quartered within it. */
    private static final int STEM_MULTIPLE = 4 << (ViewNet.UP_STEPS - 1);

    private final StateDict parameters;
    private final UnifmirTask task;
    private final ParameterNames names;

    NetworkReader(StateDict parameters, UnifmirTask task) {
        this.parameters = parameters;
        this.task = task;
        this.names = ParameterNames.of(task, TaskGuess.isUniversal(parameters));
    }

    UnifmirNetwork read() throws ModelException {
        if (names.universal() && task == UnifmirTask.DENOISE) {
            throw new ModelException(
                    parameters.source() + " holds the universal network, which denoises a slice with two"
                            + " neighbours on either side: use --task " + UnifmirTask.DENOISE5.title());
        }
        Optional<Projector> projector = task == UnifmirTask.PROJECTION ? Optional.of(projector()) : Optional.empty();
        Optional<ViewNet> unet = task == UnifmirTask.VOLUMETRIC ? Optional.of(unet()) : Optional.empty();
        return new UnifmirNetwork(task, names, body(unet), projector, unet);
    }

    private SwinBody body(Optional<ViewNet> unet) throws ModelException {
        int inputs = unet.map(ViewNet::planes).orElse(task == UnifmirTask.DENOISE5 ? 5 : 1);
        int channels = size(names.first() + ".weight", 4, 0, 90, MOST_CHANNELS);
        String firstBlock = names.block(0, 0);
        int heads = size(firstBlock + "attn.relative_position_bias_table", 2, 1, 6, 64);
        if (channels % heads != 0) {
            throw new ModelException(parameters.source() + ": " + channels + " channels can't be shared out to " + heads
                    + " attention heads");
        }
        return new SwinBody(
                inputs,
                unet.isPresent() ? inputs : 1,
                channels,
                depths(),
                heads,
                size(firstBlock + "mlp.fc1.weight", 2, 0, 180, MOST_CHANNELS),
                size(names.before() + ".weight", 4, 0, unet.isPresent() ? channels : 32, MOST_CHANNELS),
                task == UnifmirTask.SR ? 2 : 1,
                hasLongSkip());
    }

    /** The volumetric network never had it; the universal one leaves it out where a first stage comes before. */
    private boolean hasLongSkip() {
        return switch (task) {
            case SR, DENOISE, DENOISE5, ISOTROPIC -> true;
            case PROJECTION -> !names.universal();
            case VOLUMETRIC -> false;
        };
    }

    private List<Integer> depths() throws ModelException {
        List<Integer> depths = new ArrayList<>();
        for (int group = 0; has(names.block(group, 0) + "norm1.weight"); group++) {
            int blocks = 0;
            while (has(names.block(group, blocks) + "norm1.weight")) {
                blocks++;
                bound(names.block(group, 0), blocks, MOST_BLOCKS, "blocks");
            }
            depths.add(blocks);
            bound(names.block(group, 0), depths.size(), MOST_GROUPS, "residual groups");
        }
        return depths.isEmpty() ? List.of(6, 6, 6) : depths;
    }

    private Projector projector() throws ModelException {
        String prefix = ParameterNames.PROJECTOR;
        List<Boolean> attention = new ArrayList<>();
        while (true) {
            String block = prefix + "body." + attention.size();
            if (has(block + ".conv_match1.0.weight")) {
                attention.add(true);
            } else if (has(block + ".body.0.weight")) {
                attention.add(false);
            } else {
                break;
            }
            bound(block, attention.size(), MOST_PROJECTOR_BLOCKS, "blocks");
        }
        return new Projector(
                size(prefix + "head.0.weight", 4, 1, 50, MOST_CHANNELS),
                size(prefix + "head.0.weight", 4, 0, 256, MOST_CHANNELS),
                size(prefix + "body.0.conv_match1.0.weight", 4, 0, 64, MOST_CHANNELS),
                size(prefix + "body.0.attn_fn.projection_matrix", 2, 0, 128, MOST_CHANNELS),
                attention.isEmpty() ? publishedAttention() : attention);
    }

    /** Of 73 blocks every ninth. */
    private static List<Boolean> publishedAttention() {
        return IntStream.range(0, 73).mapToObj(block -> block % 9 == 0).toList();
    }

    private ViewNet unet() throws ModelException {
        String prefix = ParameterNames.UNET;
        int views = size(prefix + "conv2d.weight", 4, 1, 121, MOST_VIEWS);
        int side = (int) Math.round(Math.sqrt(views));
        if (side * side != views) {
            throw new ModelException(parameters.source() + ": " + prefix + "conv2d reads " + views
                    + " views, which is no square number");
        }
        int stem = size(prefix + "conv2d.weight", 4, 0, 128, MOST_CHANNELS);
        if (stem % STEM_MULTIPLE != 0) {
            throw new ModelException(parameters.source() + ": " + prefix + "conv2d has " + stem
                    + " channels; a multiple of " + STEM_MULTIPLE + " can be enlarged " + ViewNet.UP_STEPS + " times");
        }
        int entry = size(prefix + "conv2d2.0.weight", 4, 0, 64, MOST_CHANNELS);
        List<Integer> encoder = widths(prefix + "encoder_layers.", List.of(128, 256, 512, 512, 512));
        List<Integer> decoder = widths(prefix + "decoder_layers.", List.of(512, 512, 256, 128, 61));
        checkLevels(entry, encoder, decoder);
        return new ViewNet(side, stem, entry, encoder, decoder);
    }

    private void checkLevels(int entry, List<Integer> encoder, List<Integer> decoder) throws ModelException {
        int input = entry;
        for (int width : encoder) {
            if (width < input) {
                throw new ModelException(
                        parameters.source() + ": the U-Net's widths " + encoder + " must not shrink on the way down");
            }
            input = width;
        }
        if (encoder.size() != decoder.size()) {
            throw new ModelException(parameters.source() + ": the U-Net has " + encoder.size() + " levels down and "
                    + decoder.size() + " up");
        }
    }

    private List<Integer> widths(String prefix, List<Integer> published) throws ModelException {
        List<Integer> widths = new ArrayList<>();
        while (has(prefix + widths.size() + ".0.weight")) {
            widths.add(size(prefix + widths.size() + ".0.weight", 4, 0, 0, MOST_CHANNELS));
            bound(prefix, widths.size(), MOST_LEVELS, "levels");
        }
        return widths.isEmpty() ? published : widths;
    }

    private boolean has(String name) {
        return parameters.find(name).isPresent();
    }

    private int size(String name, int rank, int axis, int published, int most) throws ModelException {
        Optional<Parameter> parameter = parameters.find(name);
        if (parameter.isEmpty() || parameter.get().shape().size() != rank) {
            return published;
        }
        long size = parameter.get().shape().get(axis);
        bound(name, size, most, "along axis " + axis);
        return (int) size;
    }

    private void bound(String name, long size, int most, String what) throws ModelException {
        if (size < 1 || size > most) {
            throw new ModelException(parameters.source() + ": " + name + " has " + size + " " + what + "; 1 to " + most
                    + " are supported");
        }
    }
}
