package io.nocturne.inference.training;

import io.nocturne.inference.unifmir.ParameterNames;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import io.nocturne.inference.unifmir.UnifmirTask;
import io.nocturne.stream.optics.NoiseRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * UniFMIR's body, smaller and on blocks of pixels instead of pixels: what a laptop can carry of it.
 *
 * <pre>
 *   z --+---------------------------------------------- concat conv --> z'
 *       conv conv / 8 --SwinTrunk--> features * 8
 * </pre>
 *
 * Layer norms know directions of tokens, not lengths, and how bright a block is against its noise must not get lost. So two
 * rectified convolutions come first, whose features grow with brightness and reach the end by the body's long skip; and the
 * biases of the body's own first convolution, which lengths are measured by, start at random, not at zero. The eight makes
 * tokens of dim cells about as long as these biases.
 *
 * @param block side of the blocks, 2 or 4
 * @param scale output pixels per input pixel along an axis, 1 or 2
 * @param channels of a token, a multiple of {@code heads}
 * @param depths blocks of attention of each residual group
 * @param heads of each attention
 */
record Swin(int block, int scale, int channels, List<Integer> depths, int heads) implements PhotonNetwork {
    /** How it is described. */
    static final String FORM = "'swin BLOCK SCALE CHANNELS DEPTH[,DEPTH ..] HEADS'";

    private static final float UNIT = 8;
    private static final double BIAS = 0.3;
    private static final String FIRST = "shallow.0";
    private static final String SECOND = "shallow.1";
    private static final String LAST = "out";
    private static final ParameterNames NAMES =
            UnifmirNetwork.published(UnifmirTask.DENOISE).names();

    Swin {
        depths = List.copyOf(depths);
        boolean shape = (block == 2 || block == 4) && (scale == 1 || scale == 2);
        boolean body = heads > 0 && channels >= heads && channels % heads == 0 && channels <= 256;
        boolean deep =
                !depths.isEmpty() && depths.size() <= 6 && depths.stream().allMatch(d -> d >= 1 && d <= 12);
        if (!shape || !body || !deep) {
            throw new IllegalArgumentException(
                    "A Swin network has blocks of 2 or 4, a scale of 1 or 2, up to 256 channels"
                            + " that its heads divide, and up to 6 groups of up to 12 blocks, not " + block + ", "
                            + scale + ", "
                            + channels + " by " + heads + ", and " + depths);
        }
    }

    @Override
    public int multiple() {
        return block * UnifmirNetwork.WINDOW;
    }

    @Override
    public String describe() {
        String groups = String.join(",", depths.stream().map(String::valueOf).toList());
        return "swin " + block + " " + scale + " " + channels + " " + groups + " " + heads;
    }

    /** From the words of a description. */
    static Swin parse(String... words) {
        if (words.length != 6) {
            throw new IllegalArgumentException("it has " + words.length + " words");
        }
        List<Integer> depths =
                Arrays.stream(words[4].split(",", -1)).map(Integer::valueOf).toList();
        return new Swin(
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                depths,
                Integer.parseInt(words[5]));
    }

    /** The published body with this network's sizes; the tail's are never asked for. */
    private SwinBody body() {
        return new SwinBody(channels, 1, channels, depths, heads, 2 * channels, channels, 1, true);
    }

    @Override
    public Weights begin(long seed) {
        NoiseRandom random = new NoiseRandom(seed);
        Weights weights = new Weights();
        weights.addConvolution(FIRST, block * block, channels, 3, 1, random);
        weights.addConvolution(SECOND, channels, channels, 3, 1, random);
        UnifmirNetwork whole =
                new UnifmirNetwork(UnifmirTask.DENOISE, NAMES, body(), Optional.empty(), Optional.empty());
        whole.parameters().forEach((name, shape) -> {
            if (!name.startsWith(NAMES.before()) && !name.startsWith(NAMES.last())) {
                weights.addParameter(name, first(name, shape, random), shape);
            }
        });
        addLast(weights, LAST, channels, 0.02, random);
        return weights;
    }

    /** What a parameter starts from: norms that change nothing, residual branches that add little. */
    private static float[] first(String name, long[] shape, NoiseRandom random) {
        int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        float[] values = new float[count];
        boolean norm = name.contains("norm") && name.endsWith(".weight");
        if (norm) {
            Arrays.fill(values, 1);
            return values;
        }
        double deviation = deviation(name, (double) count / shape[0]);
        for (int i = 0; i < count && deviation > 0; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    private static double deviation(String name, double inputs) {
        if (name.equals(NAMES.first() + ".bias")) {
            return BIAS;
        }
        if (name.endsWith(".bias")) {
            return 0;
        }
        if (name.endsWith("table")) {
            return 0.02;
        }
        boolean branch = name.endsWith("proj.weight") || name.endsWith("fc2.weight") || name.endsWith(".conv.weight");
        return (branch ? 0.3 : 1) / Math.sqrt(inputs);
    }

    @Override
    public <T> T between(Algebra<T> algebra, Weights weights, T blocks) {
        T first = algebra.relu(algebra.conv(blocks, weights.layer(FIRST)));
        T second = algebra.relu(algebra.conv(first, weights.layer(SECOND)));
        T features = new SwinTrunk(body(), NAMES).features(algebra, weights, algebra.times(second, 1 / UNIT));
        return algebra.conv(algebra.times(features, UNIT), channels, blocks, weights.layer(LAST));
    }
}
