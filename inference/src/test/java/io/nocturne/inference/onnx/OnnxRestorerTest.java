package io.nocturne.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.nocturne.inference.Baselines;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.NoiseModel;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.TestFrame;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.onnx.OnnxRestorer.Options;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OnnxRestorerTest {
    private static final double[] NOTHING = {};

    private static StreamSpec movie(int width, int height, PixelType type) {
        return StreamSpec.movie("cam0", new FrameSpec(width, height, type), 0, -1);
    }

    private static ByteBuffer restore(OnnxRestorer restorer, FrameWindow window, double... norm) throws Exception {
        ByteBuffer product = TestFrame.plane(restorer.spec().product());
        try (RestoreLane lane = restorer.openLane()) {
            lane.load(window, norm);
            lane.compute();
            lane.emit(product);
        }
        return product.rewind();
    }

    private static TestFrame noise(FrameSpec spec, long seed) {
        Random random = new Random(seed);
        return new TestFrame(spec, i -> switch (spec.pixelType()) {
            case UINT8 -> random.nextInt(256);
            case UINT16 -> random.nextInt(65536);
            case FLOAT32 -> random.nextGaussian() * 1e3;
        });
    }

    /** One input, one output, in tiles of free size. */
    private static RestorationModel model(ModelCard card, Shape in, Shape out, UnaryOperator<Value> body) {
        GraphBuilder graph = GraphBuilder.named(card.name());
        Value image = graph.input("image", ElementType.FLOAT32, in);
        graph.output("restored", body.apply(image), ElementType.FLOAT32, out);
        return RestorationModel.of(graph, card);
    }

    private static RestorationModel times(float factor) {
        GraphBuilder graph = GraphBuilder.named("times");
        Value image = graph.input("image", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        graph.output(
                "restored", graph.ops().mul(image, graph.scalar(factor)), ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        return RestorationModel.of(graph, ModelCard.of("times", "denoise", "").withTile(ModelCard.Tile.whole(1)));
    }

    @Property(tries = 40)
    void passThroughIsIdentityThroughTilesAndBlend(
            @ForAll @IntRange(min = 1, max = 90) int width,
            @ForAll @IntRange(min = 1, max = 90) int height,
            @ForAll PixelType type,
            @ForAll @IntRange(min = 1, max = 4) int batch)
            throws Exception {
        ModelCard card = ModelCard.of("tiled", "none", "").withTile(new ModelCard.Tile(32, 12, 8, 0, 0));
        RestorationModel model = model(card, Shape.parse("n,1,h,w"), Shape.parse("n,1,h,w"), image -> image);
        StreamSpec stream = movie(width, height, type);
        TestFrame frame = noise(stream.frame(), width * 100L + height);
        try (OnnxRestorer restorer =
                OnnxRestorer.open(model, stream, Options.defaults().withTile(32, batch))) {
            assertThat(restore(restorer, frame.alone(), NOTHING)).isEqualTo(frame.pixels());
        }
    }

    @Test
    void clippingDoesNotWrap() throws Exception {
        for (PixelType type : List.of(PixelType.UINT8, PixelType.UINT16)) {
            StreamSpec stream = movie(8, 1, type);
            double max = type.maxValue();
            double[] counts = {0, 1, 2, 3, max / 2 - 0.5, max - 1, max, 7};
            TestFrame frame = new TestFrame(stream.frame(), i -> counts[i]);
            try (OnnxRestorer doubled = OnnxRestorer.open(times(2), stream, Options.defaults());
                    OnnxRestorer negative = OnnxRestorer.open(times(-1), stream, Options.defaults());
                    RestoreLane up = doubled.openLane();
                    RestoreLane down = negative.openLane()) {
                ByteBuffer product = TestFrame.plane(doubled.spec().product());
                up.load(frame.alone(), NOTHING);
                up.compute();
                assertThat(up.emit(product)).as("clipped above").isEqualTo(2);
                double[] expected = {0, 2, 4, 6, max - 1, max, max, 14};
                for (int i = 0; i < 8; i++) {
                    assertThat(TestFrame.get(stream.frame(), product, i)).isEqualTo((float) expected[i]);
                }
                down.load(frame.alone(), NOTHING);
                down.compute();
                assertThat(down.emit(product)).as("clipped below").isEqualTo(7);
                for (int i = 0; i < 8; i++) {
                    assertThat(TestFrame.get(stream.frame(), product, i)).isZero();
                }
            }
        }
    }

    @Test
    void halvesAreRoundedUpAndNotANumberBecomesZero() throws Exception {
        StreamSpec stream = movie(5, 1, PixelType.FLOAT32);
        float[] values = {0.5f, 1.49f, 2.5f, Float.NaN, -0.5f};
        TestFrame frame = new TestFrame(stream.frame(), i -> values[i]);
        try (OnnxRestorer restorer =
                        OnnxRestorer.open(times(1), stream, Options.defaults().withProductType(PixelType.UINT16));
                RestoreLane lane = restorer.openLane()) {
            FrameSpec product = restorer.spec().product();
            ByteBuffer plane = TestFrame.plane(product);
            lane.load(frame.alone(), NOTHING);
            lane.compute();
            assertThat(lane.emit(plane)).isEqualTo(1);
            float[] expected = {1, 1, 3, 0, 0};
            for (int i = 0; i < 5; i++) {
                assertThat(TestFrame.get(product, plane, i)).isEqualTo(expected[i]);
            }
        }
    }

    @Test
    void foreignByteOrderIsRefused() {
        ByteBuffer bigEndian = ByteBuffer.allocateDirect(16).order(ByteOrder.BIG_ENDIAN);
        assertThatThrownBy(() -> PinnedTensor.over(bigEndian.asFloatBuffer(), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("native order");
        assertThatThrownBy(() -> PinnedTensor.over(FloatBuffer.allocate(4), 4)).hasMessageContaining("on the heap");
    }

    @Test
    void gaussianKeepsAFlatFieldAndBlursAPoint() throws Exception {
        StreamSpec stream = movie(64, 48, PixelType.UINT16);
        Options options =
                Options.defaults().withNoise(new NoiseModel(100, 2, 3)).withProductType(PixelType.FLOAT32);
        try (OnnxRestorer restorer = OnnxRestorer.open(Baselines.gaussian(1.5), stream, options)) {
            assertThat(restorer.spec().normNames()).containsExactly("offset", "gain", "readNoise");
            double[] norm = new double[3];
            TestFrame flat = new TestFrame(stream.frame(), i -> 600);
            restorer.observe(flat, norm);
            assertThat(norm).containsExactly(100, 2, 3);
            FrameSpec product = restorer.spec().product();
            ByteBuffer restored = restore(restorer, flat.alone(), norm);
            for (int i = 0; i < product.pixels(); i++) {
                // the inverse is unbiased for the mean of noisy values: a quarter of a photon above the noise-free one
                assertThat(TestFrame.get(product, restored, i)).isCloseTo(600f, within(0.6f));
            }
            TestFrame point = new TestFrame(stream.frame(), i -> i == 20 * 64 + 30 ? 2000 : 600);
            ByteBuffer blurred = restore(restorer, point.alone(), norm);
            float peak = TestFrame.get(product, blurred, 20 * 64 + 30);
            assertThat(peak).isBetween(620f, 760f);
            assertThat(TestFrame.get(product, blurred, 20 * 64 + 33))
                    .isEqualTo(TestFrame.get(product, blurred, 23 * 64 + 30), within(0.01f));
        }
    }

    @Test
    void gaussianGivesTheSameInTilesAsOnTheWholeFrame() throws Exception {
        StreamSpec stream = movie(150, 131, PixelType.UINT16);
        Random random = new Random(3);
        TestFrame frame = new TestFrame(stream.frame(), i -> 200 + random.nextInt(100));
        Options options =
                Options.defaults().withNoise(new NoiseModel(100, 2, 3)).withProductType(PixelType.FLOAT32);
        ModelCard tiledCard = Baselines.gaussian(1.5).card().withTile(new ModelCard.Tile(64, 32, 8, 0, 0));
        RestorationModel tiledModel = Baselines.gaussian(1.5).withCard(tiledCard);
        try (OnnxRestorer whole = OnnxRestorer.open(Baselines.gaussian(1.5), stream, options);
                OnnxRestorer tiled = OnnxRestorer.open(tiledModel, stream, options)) {
            ByteBuffer a = restore(whole, frame.alone(), 100, 2, 3);
            ByteBuffer b = restore(tiled, frame.alone(), 100, 2, 3);
            FrameSpec product = whole.spec().product();
            for (int y = 0; y < 120; y++) { // beyond, the last tile sees more of the mirrored frame
                for (int x = 0; x < 140; x++) {
                    int i = y * 150 + x;
                    assertThat(TestFrame.get(product, b, i)).isCloseTo(TestFrame.get(product, a, i), within(0.01f));
                }
            }
        }
    }

    @Test
    void adaptiveRemovesPureNoiseAndKeepsItsMean() throws Exception {
        StreamSpec stream = movie(200, 152, PixelType.UINT16);
        Random random = new Random(8);
        TestFrame frame = new TestFrame(stream.frame(), i -> Math.rint(500 + 30 * random.nextGaussian()));
        Options options = Options.defaults().withProductType(PixelType.FLOAT32);
        try (OnnxRestorer restorer = OnnxRestorer.open(Baselines.adaptive(), stream, options)) {
            FrameSpec product = restorer.spec().product();
            double[] norm = new double[3];
            restorer.observe(frame, norm);
            ByteBuffer restored = restore(restorer, frame.alone(), norm);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < product.pixels(); i++) {
                double v = TestFrame.get(product, restored, i);
                sum += v;
                squares += v * v;
            }
            double mean = sum / product.pixels();
            assertThat(mean).isCloseTo(500, within(1.5));
            assertThat(Math.sqrt(squares / product.pixels() - mean * mean)).isLessThan(0.2 * 30);
        }
    }

    @Test
    void adaptiveKeepsStrongStructure() throws Exception {
        StreamSpec stream = movie(128, 128, PixelType.UINT16);
        TestFrame frame = new TestFrame(stream.frame(), i -> i % 128 / 16 % 2 == 0 ? 500 : 5000);
        Options options = Options.defaults().withNoise(new NoiseModel(100, 2, 3));
        try (OnnxRestorer sharp = OnnxRestorer.open(Baselines.adaptive(), stream, options);
                OnnxRestorer blurred = OnnxRestorer.open(Baselines.gaussian(1.5), stream, options)) {
            ByteBuffer a = restore(sharp, frame.alone(), 100, 2, 3);
            ByteBuffer b = restore(blurred, frame.alone(), 100, 2, 3);
            int nearEdge = 64 * 128 + 30; // the bright stripe ends behind the next pixel
            double kept = 5000 - TestFrame.get(stream.frame(), a, nearEdge);
            double lost = 5000 - TestFrame.get(stream.frame(), b, nearEdge);
            assertThat(kept).isLessThan(0.6 * lost);
        }
    }

    @Test
    void framesOfAnySizeAreRestored() throws Exception {
        for (int[] size : new int[][] {{1, 1}, {3, 50}, {37, 23}}) {
            StreamSpec stream = movie(size[0], size[1], PixelType.UINT8);
            for (RestorationModel model : List.of(
                    Baselines.adaptive(), Baselines.gaussian(8), Baselines.upscale2x(), Baselines.passthrough())) {
                try (OnnxRestorer restorer = OnnxRestorer.open(model, stream, Options.defaults())) {
                    TestFrame flat = new TestFrame(stream.frame(), i -> 77);
                    double[] norm = new double[3];
                    restorer.observe(flat, norm);
                    ByteBuffer restored = restore(restorer, flat.alone(), norm);
                    FrameSpec product = restorer.spec().product();
                    for (int i = 0; i < product.pixels(); i++) {
                        assertThat(TestFrame.get(product, restored, i)).isEqualTo(77);
                    }
                }
            }
        }
    }

    @Test
    void threadsAndLanesChangeNoBit() throws Exception {
        StreamSpec stream = movie(301, 203, PixelType.UINT16);
        TestFrame frame = noise(stream.frame(), 12);
        for (RestorationModel model : List.of(Baselines.adaptive(), Baselines.gaussian(1.5))) {
            Options options = Options.defaults().withProductType(PixelType.FLOAT32);
            try (OnnxRestorer one = OnnxRestorer.open(model, stream, options.withThreads(1));
                    OnnxRestorer three = OnnxRestorer.open(model, stream, options.withThreads(3))) {
                ByteBuffer first = restore(one, frame.alone(), 100, 2, 3);
                assertThat(restore(one, frame.alone(), 100, 2, 3)).isEqualTo(first);
                assertThat(restore(three, frame.alone(), 100, 2, 3)).isEqualTo(first);
            }
        }
    }

    @Test
    void aLaneAllocatesNoFrames() throws Exception {
        StreamSpec stream = movie(256, 256, PixelType.UINT16);
        TestFrame frame = noise(stream.frame(), 7);
        ModelCard card = Baselines.gaussian(1.5).card().withTile(new ModelCard.Tile(128, 32, 8, 0, 0));
        try (OnnxRestorer restorer =
                        OnnxRestorer.open(Baselines.gaussian(1.5).withCard(card), stream, Options.defaults());
                RestoreLane lane = restorer.openLane()) {
            ByteBuffer product = TestFrame.plane(restorer.spec().product());
            FrameWindow window = frame.alone();
            double[] norm = new double[3];
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) { // the least of some rounds: compilation and tools allocate too
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20; i++) {
                    restorer.observe(frame, norm);
                    lane.load(window, norm);
                    lane.compute();
                    lane.emit(product);
                }
                allocated = Math.min(allocated, (threads.getCurrentThreadAllocatedBytes() - before) / 20);
            }
            assertThat(allocated).isLessThan(4096);
        }
    }

    @Test
    void twiceTheSizeKeepsPositionsAndCounts() throws Exception {
        StreamSpec stream = movie(33, 17, PixelType.UINT16);
        TestFrame frame = new TestFrame(stream.frame(), i -> 100 * (i % 33) + 1000);
        try (OnnxRestorer restorer = OnnxRestorer.open(Baselines.upscale2x(), stream, Options.defaults())) {
            FrameSpec product = restorer.spec().product();
            assertThat(product).isEqualTo(new FrameSpec(66, 34, PixelType.UINT16));
            ByteBuffer restored = restore(restorer, frame.alone(), NOTHING);
            for (int x = 8; x < 58; x++) {
                // pixel centres: column x of the product lies at (x + 0.5) / 2 - 0.5 of the frame
                double expected = 1000 + 100 * ((x + 0.5) / 2 - 0.5);
                assertThat((double) TestFrame.get(product, restored, 16 * 66 + x))
                        .isCloseTo(expected, within(0.51));
            }
        }
    }

    @Test
    void twiceTheSizeBlendsTilesOnTheFineGrid() throws Exception {
        ModelCard card = Baselines.upscale2x().card().withTile(new ModelCard.Tile(32, 16, 8, 0, 0));
        GraphBuilder graph = GraphBuilder.named("nearest2x");
        Value image = graph.input("image", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        graph.output(
                "restored",
                graph.ops().resize(image, 2, Ops.Interpolation.NEAREST),
                ElementType.FLOAT32,
                Shape.parse("n,1,h2,w2"));
        StreamSpec stream = movie(71, 45, PixelType.UINT8);
        TestFrame frame = noise(stream.frame(), 4);
        try (OnnxRestorer restorer = OnnxRestorer.open(RestorationModel.of(graph, card), stream, Options.defaults())) {
            FrameSpec product = restorer.spec().product();
            ByteBuffer restored = restore(restorer, frame.alone(), NOTHING);
            for (int i = 0; i < product.pixels(); i++) {
                int source = i / 142 / 2 * 71 + i % 142 / 2;
                assertThat(TestFrame.get(product, restored, i))
                        .isEqualTo(TestFrame.get(stream.frame(), frame.pixels(), source));
            }
        }
    }

    @Test
    void aStackBecomesItsProjection() throws Exception {
        FrameSpec spec = new FrameSpec(20, 10, PixelType.UINT16);
        StreamSpec stream = new StreamSpec("cam0", spec, List.of("a"), 5, 1, Double.NaN, Double.NaN, 16, 0, 0, -1);
        List<TestFrame> slices = new ArrayList<>();
        for (int z = 0; z < 5; z++) {
            int slice = z;
            slices.add(new TestFrame(spec, i -> i % 5 == slice ? 1000 + i : i));
        }
        try (OnnxRestorer restorer = OnnxRestorer.open(Baselines.maxProjection(), stream, Options.defaults())) {
            assertThat(restorer.spec().window()).isEqualTo(WindowSpec.WHOLE_STACK);
            ByteBuffer projected = restore(restorer, TestFrame.window(slices), NOTHING);
            for (int i = 0; i < spec.pixels(); i++) {
                assertThat(TestFrame.get(spec, projected, i)).isEqualTo(1000 + i);
            }
        }
    }

    @Test
    void framesOfAWindowBecomeChannelsInOrder() throws Exception {
        ModelCard card = ModelCard.of("middle", "denoise", "")
                .withWindow(new WindowSpec(WindowSpec.Axis.TIME, 2, 0))
                .withTile(ModelCard.Tile.whole(8));
        GraphBuilder graph = GraphBuilder.named("middle");
        Value image = graph.input("image", ElementType.FLOAT32, Shape.parse("n,3,h,w"));
        graph.output("restored", graph.ops().slice(image, 1, 1, 2), ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        StreamSpec stream = movie(9, 7, PixelType.UINT16);
        List<TestFrame> frames = List.of(noise(stream.frame(), 1), noise(stream.frame(), 2), noise(stream.frame(), 3));
        try (OnnxRestorer restorer = OnnxRestorer.open(RestorationModel.of(graph, card), stream, Options.defaults())) {
            assertThat(restore(restorer, TestFrame.window(frames), NOTHING))
                    .isEqualTo(frames.get(1).pixels());
        }
    }

    @Test
    void percentileNormalisationIsUndoneAfterTheModel() throws Exception {
        ModelCard card = ModelCard.of("norm", "denoise", "")
                .withTile(ModelCard.Tile.whole(1))
                .withNormalization(Normalization.blockPercentile(1, 99.5, 8));
        StreamSpec stream = movie(40, 30, PixelType.UINT16);
        TestFrame frame = noise(stream.frame(), 9);
        RestorationModel model = model(card, Shape.parse("n,1,h,w"), Shape.parse("n,1,h,w"), image -> image);
        try (OnnxRestorer restorer = OnnxRestorer.open(model, stream, Options.defaults())) {
            double[] norm = new double[RestorerSpec.MAX_NORM];
            restorer.observe(frame, norm);
            assertThat(norm[1]).isGreaterThan(norm[0]);
            assertThat(restore(restorer, frame.alone(), norm)).isEqualTo(frame.pixels());
        }
    }

    @Test
    void cancelEndsALongRunAndTheLaneWorksAgain() throws Exception {
        GraphBuilder graph = GraphBuilder.named("slow");
        Value x = graph.input("image", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        Value y = x;
        for (int i = 0; i < 200; i++) {
            y = graph.ops().matmul(y, x);
            y = graph.ops().clip(y, 0, 1);
        }
        graph.output("restored", y, ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        ModelCard card = ModelCard.of("slow", "none", "").withTile(ModelCard.Tile.whole(1));
        StreamSpec stream = movie(256, 256, PixelType.UINT8);
        TestFrame frame = new TestFrame(stream.frame(), i -> 1);
        RestorationModel model = RestorationModel.of(graph, card);
        try (OnnxRestorer restorer =
                        OnnxRestorer.open(model, stream, Options.defaults().withThreads(1));
                RestoreLane lane = restorer.openLane()) {
            lane.load(frame.alone(), NOTHING);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            CountDownLatch running = new CountDownLatch(1);
            Thread worker = new Thread(() -> {
                running.countDown();
                try {
                    lane.compute();
                } catch (Exception e) {
                    thrown.set(e);
                }
            });
            worker.start();
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            lane.cancel();
            worker.join(20_000);
            assertThat(worker.isAlive()).isFalse();
            assertThat(thrown.get()).hasMessageContaining("terminate");

            lane.load(frame.alone(), NOTHING);
            lane.compute();
            assertThat(lane.emit(TestFrame.plane(restorer.spec().product()))).isZero();
        }
    }

    @Test
    void lanesShareOneSessionThatOutlivesTheRestorer() throws Exception {
        StreamSpec stream = movie(16, 16, PixelType.UINT16);
        TestFrame frame = noise(stream.frame(), 2);
        OnnxRestorer restorer = OnnxRestorer.open(Baselines.passthrough(), stream, Options.defaults());
        ByteBuffer product = TestFrame.plane(restorer.spec().product());
        try (RestoreLane lane = restorer.openLane()) {
            restorer.close();
            lane.load(frame.alone(), NOTHING);
            lane.compute();
            lane.emit(product);
        }
        assertThat(product.rewind()).isEqualTo(frame.pixels());
    }

    @Test
    void cudaOnTheCpuBuildIsRefusedByName() {
        Options options = Options.defaults().withDevices(List.of(Device.of(Device.Provider.CUDA)), false);
        assertThatThrownBy(() -> OnnxRestorer.open(Baselines.passthrough(), movie(8, 8, PixelType.UINT8), options))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("CUDA (GPU 0) can't be used")
                .hasMessageContaining("CPU build of ONNX Runtime 1.29")
                .hasMessageContaining("mvn -Pgpu");
        assertThat(Accelerators.probe()).hasSize(2).allMatch(status -> status.problem()
                .isPresent());
    }

    @Test
    void cpuStandsInOnlyWhenAskedTo() throws Exception {
        Options options = Options.defaults().withDevices(List.of(Device.of(Device.Provider.TENSORRT)), true);
        try (OnnxRestorer restorer =
                OnnxRestorer.open(Baselines.passthrough(), movie(8, 8, PixelType.UINT8), options)) {
            assertThat(restorer.report()).contains("no TensorRT (GPU 0)").endsWith("then CPU");
        }
    }

    @Test
    void aMissingGpuLibraryIsNamed() {
        String message = "ORT_FAIL ... Failed to load library /tmp/x/libonnxruntime_providers_cuda.so with error:"
                + " libcublasLt.so.12: cannot open shared object file: No such file or directory";
        assertThat(Accelerators.explain(Device.of(Device.Provider.CUDA), message, "1.29.0"))
                .contains("the library libcublasLt.so.12 is missing")
                .contains("CUDA 12");
    }

    @Test
    void unknownGpuSettingsAreRefused() {
        assertThatThrownBy(() -> new Device(Device.Provider.CUDA, 0, Map.of("gpu_memlimit", "1")))
                .hasMessageContaining("gpu_memlimit")
                .hasMessageContaining("gpu_mem_limit");
    }

    @Test
    void aCardThatNamesWrongTensorsIsRefused() {
        ModelCard card = Baselines.passthrough().card().withInput(ModelCard.Input.image("picture"));
        RestorationModel model = Baselines.passthrough().withCard(card);
        assertThatThrownBy(() -> OnnxRestorer.open(model, movie(8, 8, PixelType.UINT8), Options.defaults()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("input 'picture'")
                .hasMessageContaining("[image]");
    }

    @Test
    void aWindowThatTheModelDoesNotTakeIsRefused() {
        ModelCard card = Baselines.passthrough().card().withWindow(new WindowSpec(WindowSpec.Axis.TIME, 4, 0));
        RestorationModel model = Baselines.passthrough().withCard(card);
        assertThatThrownBy(() -> OnnxRestorer.open(model, movie(8, 8, PixelType.UINT8), Options.defaults()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("[-1, 1, -1, -1]")
                .hasMessageContaining("[1, 5, 8, 8]");
    }

    @Test
    void benchmarkTimesAtLeastThreeProducts() throws Exception {
        try (OnnxRestorer restorer =
                OnnxRestorer.open(Baselines.gaussian(1.5), movie(64, 64, PixelType.UINT16), Options.defaults())) {
            OnnxRestorer.Benchmark benchmark = restorer.benchmark(Duration.ofMillis(50));
            assertThat(benchmark.products()).isGreaterThanOrEqualTo(3);
            assertThat(benchmark.medianMillis()).isPositive().isLessThanOrEqualTo(benchmark.worstMillis());
            assertThat(restorer.laneBytes()).isEqualTo(2L * 4 * 64 * 64);
        }
    }
}
