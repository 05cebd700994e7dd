package io.nocturne.inference.unifmir;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.unifmir.UnifmirNetwork.Projector;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import io.nocturne.inference.unifmir.UnifmirNetwork.ViewNet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which parameters a network of given sizes has, and whether a state dict holds exactly them. */
final class ParameterCheck {
    private static final int NAMED = 3;

    private final UnifmirNetwork network;
    private final Map<String, List<Long>> expected = new LinkedHashMap<>();

    ParameterCheck(UnifmirNetwork network) {
        this.network = network;
        network.unet().ifPresent(this::expectUnet);
        network.projector().ifPresent(this::expectProjector);
        expectBody(network.body(), network.names());
    }

    /** Names and shapes, in the order in which they are used. */
    Map<String, long[]> expected() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        expected.forEach((name, shape) ->
                shapes.put(name, shape.stream().mapToLong(Long::longValue).toArray()));
        return shapes;
    }

    private void expectBody(SwinBody body, ParameterNames names) {
        int channels = body.channels();
        int hidden = body.hidden();
        convolution(names.first(), channels, body.inputs(), 3);
        vectors(names.patchNorm(), channels);
        for (int group = 0; group < body.depths().size(); group++) {
            for (int block = 0; block < body.depths().get(group); block++) {
                String name = names.block(group, block);
                long span = 2L * UnifmirNetwork.WINDOW - 1;
                vectors(name + "norm1", channels);
                expect(name + "attn.relative_position_bias_table", span * span, body.heads());
                linear(name + "attn.qkv", 3 * channels, channels);
                linear(name + "attn.proj", channels, channels);
                vectors(name + "norm2", channels);
                linear(name + "mlp.fc1", hidden, channels);
                linear(name + "mlp.fc2", channels, hidden);
            }
            convolution(names.groupConvolution(group), channels, channels, 3);
        }
        vectors(names.lastNorm(), channels);
        convolution(names.afterBody(), channels, channels, 3);
        convolution(names.before(), body.features(), channels, 3);
        if (body.scale() == 2) {
            convolution(names.upsample(), 4 * body.features(), body.features(), 3);
        }
        convolution(names.last(), body.outputs(), body.features(), 3);
    }

    private void expectProjector(Projector projector) {
        String prefix = ParameterNames.PROJECTOR;
        int features = projector.features();
        convolution(prefix + "head.0", features, projector.planes(), 3);
        int blocks = projector.attention().size();
        for (int block = 0; block < blocks; block++) {
            String name = prefix + "body." + block;
            if (projector.attention().get(block)) {
                convolution(name + ".conv_match1.0", projector.match(), features, 1);
                convolution(name + ".conv_match2.0", projector.match(), features, 1);
                convolution(name + ".conv_assembly.0", features, features, 1);
                expect(name + ".attn_fn.projection_matrix", projector.samples(), projector.match());
            } else {
                convolution(name + ".body.0", features, features, 3);
                convolution(name + ".body.2", features, features, 3);
            }
        }
        convolution(prefix + "body." + blocks, features, features, 3);
        convolution(prefix + "tl.1", 1, features, 3);
    }

    private void expectUnet(ViewNet unet) {
        String prefix = ParameterNames.UNET;
        convolution(prefix + "conv2d", unet.stem(), unet.views(), 7);
        int width = unet.stem();
        for (int step = 0; step < ViewNet.UP_STEPS; step++) {
            convolution(prefix + "layers." + step + ".0.0", width, width, 3);
            convolution(prefix + "layers." + step + ".1", width / 2, width / 4, 3);
            width /= 2;
        }
        convolution(prefix + "conv2d1.0", width, width, 3);
        batchNorm(prefix + "conv2d1.1", width);
        convolution(prefix + "conv2d2.0", unet.entry(), width, 3);
        batchNorm(prefix + "conv2d2.1", unet.entry());
        List<Integer> skips = new ArrayList<>();
        int input = unet.entry();
        for (int level = 0; level < unet.encoder().size(); level++) {
            skips.add(input);
            int output = unet.encoder().get(level);
            convolution(prefix + "encoder_layers." + level + ".0", output, input, 3);
            batchNorm(prefix + "encoder_layers." + level + ".1", output);
            input = output;
        }
        for (int level = 0; level < unet.decoder().size(); level++) {
            int skip = level < skips.size() ? skips.get(skips.size() - 1 - level) : 0;
            int output = unet.decoder().get(level);
            convolution(prefix + "decoder_layers." + level + ".0", output, skip + input, 3);
            batchNorm(prefix + "decoder_layers." + level + ".2", output);
            input = output;
        }
    }

    private void convolution(String name, int outputs, int inputs, int kernel) {
        expect(name + ".weight", outputs, inputs, kernel, kernel);
        expect(name + ".bias", outputs);
    }

    private void linear(String name, int outputs, int inputs) {
        expect(name + ".weight", outputs, inputs);
        expect(name + ".bias", outputs);
    }

    private void vectors(String name, int size) {
        expect(name + ".weight", size);
        expect(name + ".bias", size);
    }

    private void batchNorm(String name, int size) {
        vectors(name, size);
        expect(name + ".running_mean", size);
        expect(name + ".running_var", size);
    }

    private void expect(String name, long... shape) {
        List<Long> dims = new ArrayList<>();
        for (long dim : shape) {
            dims.add(dim);
        }
        expected.put(name, dims);
    }

    /**
     * Compares a state dict with what is expected.
     *
     * @throws ModelException naming the first few differences of each kind
     */
    void check(StateDict parameters) throws ModelException {
        List<String> missing = new ArrayList<>();
        List<String> misshapen = new ArrayList<>();
        expected.forEach((name, shape) -> {
            Optional<Parameter> parameter = parameters.find(name);
            if (parameter.isEmpty()) {
                missing.add(name);
            } else if (!parameter.get().shape().equals(shape)) {
                misshapen.add(name + " " + parameter.get().shape() + " instead of " + shape);
            }
        });
        List<String> unexpected = parameters.names().stream()
                .filter(name -> !expected.containsKey(name) && !network.names().passedOver(name))
                .toList();
        if (missing.isEmpty() && misshapen.isEmpty() && unexpected.isEmpty()) {
            return;
        }
        String message = parameters.source() + " holds no '"
                + network.task().title() + "' network: of " + expected.size() + " parameters " + missing.size()
                + " missing" + firstOf(missing) + ", " + misshapen.size() + " of another shape" + firstOf(misshapen)
                + ", " + unexpected.size() + " unexpected" + firstOf(unexpected) + ". ";
        throw new ModelException(message + advice(parameters));
    }

    private static String firstOf(List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        return " (" + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? ", ..." : "") + ")";
    }

    private String advice(StateDict parameters) {
        if (network.names().universal()) {
            return "It looks like a pre-trained network of all tasks, of a release that isn't known here";
        }
        Optional<UnifmirTask> guess = TaskGuess.of(parameters);
        if (guess.isEmpty()) {
            return "It looks like no UniFMIR network";
        }
        if (guess.get() == network.task()) {
            return "It looks like such a network all the same, of another release or cut short";
        }
        return "This looks like a " + guess.get().title() + " network: use --task "
                + guess.get().title();
    }
}
