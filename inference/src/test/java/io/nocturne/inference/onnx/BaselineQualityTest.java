package io.nocturne.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.TestFrame;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the baselines reach on real wide-field pairs (W2S: one noisy frame, and the mean of 400). */
class BaselineQualityTest {
    private static final Path PAIRS =
            Path.of(System.getProperty("nocturne.shared", "../shared"), "data", "w2s_8bit_pairs");

    private static TestFrame read(Path file) throws IOException {
        try (StackReader reader = StackReader.open(file)) {
            FrameSpec spec = reader.stream().frame();
            ByteBuffer plane = TestFrame.plane(spec);
            reader.read(0, plane);
            return new TestFrame(spec, i -> TestFrame.get(spec, plane, i));
        }
    }

    /** PSNR of a x + b against the reference, a and b by least squares, over the reference's range. */
    private static double fittedPsnr(FrameSpec spec, ByteBuffer restored, TestFrame reference) {
        int n = spec.pixels();
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double sxy = 0;
        double syy = 0;
        double low = Double.MAX_VALUE;
        double high = -Double.MAX_VALUE;
        for (int i = 0; i < n; i++) {
            double x = TestFrame.get(spec, restored, i);
            double y = TestFrame.get(reference.spec(), reference.pixels(), i);
            sx += x;
            sy += y;
            sxx += x * x;
            sxy += x * y;
            syy += y * y;
            low = Math.min(low, y);
            high = Math.max(high, y);
        }
        double cxx = sxx - sx * sx / n;
        double cxy = sxy - sx * sy / n;
        double error = (syy - sy * sy / n - cxy * cxy / cxx) / n;
        return 10 * Math.log10((high - low) * (high - low) / error);
    }

    private static double meanPsnr(String model, int every) throws Exception {
        List<Path> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(PAIRS)) {
            files.filter(f -> f.getFileName().toString().startsWith("input"))
                    .sorted()
                    .forEach(inputs::add);
        }
        double sum = 0;
        int count = 0;
        for (int i = 0; i < inputs.size(); i += every) {
            Path input = inputs.get(i);
            TestFrame noisy = read(input);
            TestFrame clean =
                    read(input.resolveSibling(input.getFileName().toString().replace("input_avg1", "target_avg400")));
            StreamSpec stream = StreamSpec.movie("cam0", noisy.spec(), 0, 1);
            OnnxRestorer.Options options = OnnxRestorer.Options.defaults().withProductType(PixelType.FLOAT32);
            try (OnnxRestorer restorer =
                            OnnxRestorer.open(ModelCatalog.open(List.of()).find(model), stream, options);
                    RestoreLane lane = restorer.openLane()) {
                double[] norm = new double[RestorerSpec.MAX_NORM];
                ByteBuffer product = TestFrame.plane(restorer.spec().product());
                restorer.observe(noisy, norm);
                lane.load(noisy.alone(), norm);
                lane.compute();
                lane.emit(product);
                sum += fittedPsnr(restorer.spec().product(), product, clean);
                count++;
            }
        }
        return sum / count;
    }

    @Test
    void blurringHelpsAndAdaptingHelpsMore() throws Exception {
        assumeTrue(Files.isDirectory(PAIRS));
        int every = Integer.getInteger("nocturne.everyPair", 8);
        double raw = meanPsnr("passthrough", every);
        double narrow = meanPsnr("gaussian:1.5", every);
        double wide = meanPsnr("gaussian:2", every);
        double adaptive = meanPsnr("adaptive", every);
        System.out.printf(
                "W2S, every %d. pair: raw %.2f dB, gaussian 1.5 %.2f, gaussian 2 %.2f, adaptive %.2f%n",
                every, raw, narrow, wide, adaptive);
        assertThat(narrow).isGreaterThan(raw + 8);
        assertThat(adaptive).isGreaterThan(Math.max(narrow, wide) + 0.3);
    }
}
