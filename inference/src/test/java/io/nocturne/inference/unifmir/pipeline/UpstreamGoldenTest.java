package io.nocturne.inference.unifmir.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every stage around the network against what the published programs' own helpers made of the same volume. */
class UpstreamGoldenTest {
    private static final Path GOLDEN = Path.of(System.getProperty("nocturne.shared", "../shared"), "golden", "unifmir");

    /** Of the largest reference value. */
    private static final double TOLERANCE = 1e-4;

    /** An array of the golden data as planes: all dimensions before the last two count as one. */
    static Planes read(String file) throws IOException {
        Path path = GOLDEN.resolve(file);
        assumeTrue(Files.exists(path), "no golden data at " + path);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = bytes.getShort(8) & 0xffff;
        String header = new String(bytes.array(), 10, headerBytes, StandardCharsets.US_ASCII);
        Matcher shape = Pattern.compile("'shape': \\(([^)]*)\\)").matcher(header);
        Matcher type = Pattern.compile("'descr': '([^']*)'").matcher(header);
        assertThat(shape.find() && type.find()).as(header).isTrue();
        int[] sizes = Arrays.stream(shape.group(1).split(",\\s*"))
                .mapToInt(Integer::parseInt)
                .toArray();
        int pixels = Arrays.stream(sizes).reduce(1, Math::multiplyExact);
        float[] values = new float[pixels];
        bytes.position(10 + headerBytes);
        for (int i = 0; i < pixels; i++) {
            values[i] = switch (type.group(1)) {
                case "<f4" -> bytes.getFloat();
                case "<u2" -> bytes.getShort() & 0xffff;
                case "|u1" -> bytes.get() & 0xff;
                default -> throw new IOException(path + " holds " + type.group(1));
            };
        }
        int height = sizes[sizes.length - 2];
        int width = sizes[sizes.length - 1];
        return new Planes(pixels / height / width, height, width, values);
    }

    static void compare(String what, float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            worst = Math.max(worst, Math.abs((double) found[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        System.out.printf(Locale.ROOT, "%-40s max|diff| %.1e, max|ref| %.4g%n", what, worst, largest);
        assertThat(worst).as(what).isLessThanOrEqualTo(TOLERANCE * largest);
    }

    @Test
    void volumesAreNormalisedAndBroughtBack() throws Exception {
        Planes raw = read("iso/pipe_raw_u16_12x17x20.npy");
        PercentileRange range = PercentileRange.of(raw.pixels(), 2, 99.8);
        compare(
                "iso/pipe_norm",
                range.normalised(raw.pixels()),
                read("iso/pipe_norm.npy").pixels());

        Planes stack = read("denoise5/pipe_raw_u16_7x56x67.npy");
        float[] restored = read("denoise5/pipe_norm_net_out.npy").pixels();
        PercentileRange.of(stack.pixels(), 2, 99.8).restore(restored);
        compare(
                "denoise5/pipe_out from its network's",
                restored,
                read("denoise5/pipe_out.npy").pixels());
    }

    @Test
    void isotropicViewsAreCutAndJoined() throws Exception {
        Planes volume = read("iso/pipe_norm.npy");
        Planes first = read("iso/pipe_batch_view1_wp0.npy");
        Planes second = read("iso/pipe_batch_view2_hp0.npy");
        compare("iso/pipe_batch_view1_wp0", UpstreamIsotropic.images(volume, 0, 0, first.count()), first.pixels());
        compare("iso/pipe_batch_view2_hp0", UpstreamIsotropic.images(volume, 1, 0, second.count()), second.pixels());

        Planes joined = UpstreamIsotropic.mean(read("iso/pipe_view1_net.npy"), read("iso/pipe_view2_net.npy"));
        Planes raw = read("iso/pipe_raw_u16_12x17x20.npy");
        PercentileRange.of(raw.pixels(), 2, 99.8).restore(joined.pixels());
        compare(
                "iso/pipe_out from its views",
                joined.pixels(),
                read("iso/pipe_out.npy").pixels());
    }

    @Test
    void lightFieldViewsAreCutOut() throws Exception {
        Planes frame = read("vol_recipe/lf_raw_u8_77x99.npy");
        Planes expected = read("vol_recipe/lf_views_7x9.npy");
        Planes views = UpstreamLightField.views(UpstreamLightField.normalised(frame));
        compare("vol_recipe/lf_views", views.pixels(), expected.pixels());
    }
}
