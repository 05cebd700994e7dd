package io.nocturne.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
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
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Pipelines whose product isn't one frame for one frame, with networks small enough to be checked by hand. */
class StackPipelinesTest {
    private static final double[] NOTHING = {};
    private static final int TILE = 32;

    private static StreamSpec stacks(FrameSpec frame, int slices, double pixelUm, double stepUm) {
        return new StreamSpec(
                "cam0",
                frame,
                List.of("a"),
                slices,
                1,
                pixelUm,
                stepUm,
                8 * frame.pixelType().bytes(),
                0,
                0,
                -1);
    }

    private static RestorationModel network(
            ModelCard card, Shape in, Shape out, BiFunction<GraphBuilder, Value, Value> body) {
        GraphBuilder graph = GraphBuilder.named(card.name());
        Value image = graph.input("image", ElementType.FLOAT32, in);
        graph.output("restored", body.apply(graph, image), ElementType.FLOAT32, out);
        return RestorationModel.of(graph, card);
    }

    private static ModelCard isotropic() {
        return ModelCard.of("iso", "isotropic", "").withTile(new ModelCard.Tile(TILE, 12, 8, 0, 0));
    }

    private static RestorationModel isotropic(BiFunction<GraphBuilder, Value, Value> body) {
        Shape images = Shape.parse("n,1,32,32");
        return network(isotropic(), images, images, body);
    }

    private static List<TestFrame> slices(FrameSpec spec, int count, long seed) {
        Random random = new Random(seed);
        List<TestFrame> all = new ArrayList<>();
        for (int z = 0; z < count; z++) {
            all.add(new TestFrame(spec, i -> random.nextInt(spec.pixelType() == PixelType.UINT8 ? 256 : 4000)));
        }
        return all;
    }

    private static ByteBuffer restore(OnnxRestorer restorer, List<TestFrame> window, double... norm) throws Exception {
        ByteBuffer product = TestFrame.plane(restorer.spec().product());
        try (RestoreLane lane = restorer.openLane()) {
            lane.load(TestFrame.window(window), norm);
            lane.compute();
            lane.emit(product);
        }
        return product.rewind();
    }

    @Property(tries = 25)
    void theGeometricMeanOfTwoUntouchedViewsIsTheStack(
            @ForAll @IntRange(min = 1, max = 50) int width,
            @ForAll @IntRange(min = 1, max = 50) int height,
            @ForAll @IntRange(min = 2, max = 40) int count,
            @ForAll PixelType type,
            @ForAll @IntRange(min = 1, max = 9) int batch)
            throws Exception {
        FrameSpec spec = new FrameSpec(width, height, type);
        List<TestFrame> stack = slices(spec, count, width * 100L + height);
        StreamSpec stream = stacks(spec, count, Double.NaN, Double.NaN);
        RestorationModel model = isotropic((graph, image) -> image);
        try (OnnxRestorer restorer =
                OnnxRestorer.open(model, stream, Options.defaults().withTile(TILE, batch))) {
            assertThat(restorer.spec().product()).isEqualTo(new FrameSpec(width, height, count, type));
            ByteBuffer volume = restore(restorer, stack, NOTHING);
            for (int z = 0; z < count; z++) {
                assertThat(volume.slice(z * spec.bytes(), spec.bytes()))
                        .isEqualTo(stack.get(z).pixels());
            }
        }
    }

    @Test
    void viewsAreImagesAlongTheOtherAxesAndZRunsBackwardsInTheFirst() throws Exception {
        int width = 9;
        int height = 11;
        int depth = 7;
        FrameSpec spec = new FrameSpec(width, height, PixelType.FLOAT32);
        List<TestFrame> stack = slices(spec, depth, 5);
        RestorationModel rightNeighbour = isotropic((graph, image) -> graph.ops()
                .conv(
                        graph.ops().pad(image, Ops.Edge.REPLICATE, 0, 0, 0, 1),
                        graph.constant("right", new float[] {0, 0, 1}, 1, 1, 1, 3)));
        StreamSpec stream = stacks(spec, depth, Double.NaN, Double.NaN);
        try (OnnxRestorer restorer = OnnxRestorer.open(rightNeighbour, stream, Options.defaults())) {
            ByteBuffer volume = restore(restorer, stack, NOTHING);
            for (int z = 1; z < depth - 1; z++) {
                for (int i = 0; i < spec.pixels(); i++) {
                    double earlier = TestFrame.get(spec, stack.get(z - 1).pixels(), i);
                    double later = TestFrame.get(spec, stack.get(z + 1).pixels(), i);
                    assertThat(volume.getFloat(4 * (z * spec.pixels() + i)))
                            .isEqualTo((float) Math.sqrt(earlier * later));
                }
            }
        }
    }

    @Test
    void aCoarseStackIsInterpolatedToPlanesAsFarApartAsPixels() throws Exception {
        FrameSpec spec = new FrameSpec(5, 4, PixelType.FLOAT32);
        List<TestFrame> stack = new ArrayList<>();
        for (int z = 0; z < 6; z++) {
            int slice = z;
            stack.add(new TestFrame(spec, i -> 100 * slice + i));
        }
        StreamSpec stream = stacks(spec, 6, 0.1, 0.25);
        try (OnnxRestorer restorer =
                OnnxRestorer.open(isotropic((graph, image) -> image), stream, Options.defaults())) {
            assertThat(restorer.spec().product().depth()).isEqualTo(15);
            assertThat(restorer.report()).contains("6 slices interpolated to 15");
            ByteBuffer volume = restore(restorer, stack, NOTHING);
            for (int z = 0; z < 15; z++) {
                double at = Math.max(0, Math.min(5, (z + 0.5) / 2.5 - 0.5));
                assertThat(volume.getFloat(4 * (z * 20 + 7))).isCloseTo((float) (100 * at + 7), within(1e-3f));
            }
        }
    }

    @Test
    void isotropicNormalisesBeforeTheNetworkAndUndoesItAfterTheMean() throws Exception {
        FrameSpec spec = new FrameSpec(12, 10, PixelType.UINT16);
        List<TestFrame> stack = slices(spec, 5, 3);
        StreamSpec stream = stacks(spec, 5, 0.1, 0.1);
        Shape images = Shape.parse("n,1,32,32");
        RestorationModel model = network(
                isotropic().withNormalization(Normalization.percentile(2, 99.8)),
                images,
                images,
                (graph, image) -> graph.ops().mul(image, graph.scalar(0.5f)));
        double[] norm = {200, 3200};
        try (OnnxRestorer restorer = OnnxRestorer.open(model, stream, Options.defaults())) {
            ByteBuffer volume = restore(restorer, stack, norm);
            for (int z = 0; z < 5; z++) {
                for (int i = 0; i < spec.pixels(); i++) {
                    double x = TestFrame.get(spec, stack.get(z).pixels(), i);
                    double expected = 200 + Math.max(0, (x - 200) * 0.5);
                    assertThat((double) (volume.getShort(2 * (z * spec.pixels() + i)) & 0xffff))
                            .isCloseTo(expected, within(0.51));
                }
            }
        }
    }

    @Test
    void aLaneTakesTheMemoryThatThePlanSays() throws Exception {
        StreamSpec stream = stacks(new FrameSpec(130, 110, PixelType.UINT16), 20, 0.1, 0.3);
        try (OnnxRestorer restorer =
                OnnxRestorer.open(isotropic((graph, image) -> image), stream, Options.defaults())) {
            long before = direct();
            try (RestoreLane lane = restorer.openLane()) {
                assertThat(direct() - before)
                        .isGreaterThanOrEqualTo(restorer.laneBytes())
                        .isLessThan(restorer.laneBytes() + 4096);
                lane.cancel();
            }
        }
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void isotropicOfAMovieSaysThatItNeedsStacks() {
        StreamSpec movie = StreamSpec.movie("cam0", new FrameSpec(8, 8, PixelType.UINT16), 0, -1);
        assertThatThrownBy(() -> OnnxRestorer.open(isotropic((graph, image) -> image), movie, Options.defaults()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("needs z-stacks")
                .hasMessageContaining("source.replay.zSlices");
    }

    private static ModelCard lightField(int tile) {
        return ModelCard.of("lightfield", "volumetric", "")
                .withTile(new ModelCard.Tile(tile, 0, 8, 0, 0))
                .withInput(new ModelCard.Input("image", ModelCard.Layout.NCHW, List.of(), "", 2))
                .withOutput(new ModelCard.Output("restored", 3, 0.7))
                .withNormalization(Normalization.lightField());
    }

    @Test
    void aLightFieldFrameBecomesAVolumeOfItsOwnDepthAndStep() throws Exception {
        RestorationModel model = network(
                lightField(16), Shape.parse("n,1,16,16"), Shape.parse("n,3,16,16"), (graph, image) -> graph.ops()
                        .concat(
                                1,
                                image,
                                graph.ops().mul(image, graph.scalar(-1)),
                                graph.ops().mul(image, graph.scalar(9))));
        FrameSpec spec = new FrameSpec(12, 10, PixelType.UINT16);
        StreamSpec stream = StreamSpec.movie("cam0", spec, 0, -1);
        TestFrame frame = new TestFrame(spec, i -> 1000 + i);
        try (OnnxRestorer restorer = OnnxRestorer.open(model, stream, Options.defaults())) {
            assertThat(restorer.spec().product()).isEqualTo(new FrameSpec(12, 10, 3, PixelType.UINT16));
            assertThat(restorer.spec().zStepUm()).isEqualTo(0.7);
            double[] norm = new double[RestorerSpec.MAX_NORM];
            restorer.observe(frame, norm);
            assertThat(norm[0]).isEqualTo(1119);
            ByteBuffer volume = restore(restorer, List.of(frame), norm);
            double unit = 1.1 * 1119 / 2;
            for (int i = 0; i < spec.pixels(); i++) {
                double y = (1000 + i) / unit - 1;
                assertThat(volume.getShort(2 * i) & 0xffff).isCloseTo(1000 + i, within(1));
                assertThat(volume.getShort(2 * (120 + i)) & 0xffff)
                        .isCloseTo((int) Math.round((1 - y) * unit), within(1));
                assertThat(volume.getShort(2 * (240 + i)) & 0xffff)
                        .isCloseTo((int) Math.round((Math.min(1, 9 * y) + 1) * unit), within(1));
            }
        }
    }

    @Test
    void sidesThatAreNoMultiplesOfTheMicrolensPitchAreRefused() {
        RestorationModel model = network(
                lightField(16), Shape.parse("n,1,16,16"), Shape.parse("n,3,16,16"), (graph, image) -> graph.ops()
                        .concat(1, image, image, image));
        StreamSpec stream = StreamSpec.movie("cam0", new FrameSpec(13, 10, PixelType.UINT16), 0, -1);
        assertThatThrownBy(() -> OnnxRestorer.open(model, stream, Options.defaults()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("13")
                .hasMessageContaining("multiples of 2");
    }

    @Test
    void neighboursMayLieInTimeInsteadOfZ() throws Exception {
        ModelCard card = ModelCard.of("five", "denoise5", "")
                .withWindow(new WindowSpec(WindowSpec.Axis.Z, 2, 2))
                .withTile(ModelCard.Tile.whole(8));
        RestorationModel model =
                network(card, Shape.parse("n,5,h,w"), Shape.parse("n,1,h,w"), (graph, image) -> graph.ops()
                        .slice(image, 1, 2, 3));
        StreamSpec movie = StreamSpec.movie("cam0", new FrameSpec(8, 8, PixelType.UINT16), 0, -1);
        try (OnnxRestorer z = OnnxRestorer.open(model, movie, Options.defaults());
                OnnxRestorer time =
                        OnnxRestorer.open(model, movie, Options.defaults().withNeighbours(WindowSpec.Axis.TIME))) {
            assertThat(z.spec().window()).isEqualTo(new WindowSpec(WindowSpec.Axis.Z, 2, 2));
            assertThat(time.spec().window()).isEqualTo(new WindowSpec(WindowSpec.Axis.TIME, 2, 2));
        }
    }

    @Test
    void aModelOfWholeFramesTakesNoOtherSizeInsteadOfPaddingIt() throws Exception {
        RestorationModel model = network(
                ModelCard.of("proj", "projection", "")
                        .withWindow(WindowSpec.WHOLE_STACK)
                        .withTile(ModelCard.Tile.whole(1)),
                Shape.parse("n,5,20,30"),
                Shape.parse("n,1,20,30"),
                (graph, image) -> graph.ops().slice(image, 1, 2, 3));
        StreamSpec exact = stacks(new FrameSpec(30, 20, PixelType.UINT16), 5, 0.1, 0.1);
        try (OnnxRestorer restorer = OnnxRestorer.open(model, exact, Options.defaults())) {
            assertThat(restorer.report()).contains("whole frame as 30x20");
        }
        StreamSpec smaller = stacks(new FrameSpec(24, 20, PixelType.UINT16), 5, 0.1, 0.1);
        assertThatThrownBy(() -> OnnxRestorer.open(model, smaller, Options.defaults()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("takes whole frames of 30 x 20 pixels; this stream's are 24 x 20")
                .hasMessageContaining("--frame");
    }

    @Test
    void aProjectionOfAnotherNumberOfPlanesSaysHowManyItNeeds() {
        RestorationModel model = network(
                ModelCard.of("proj", "projection", "")
                        .withWindow(WindowSpec.WHOLE_STACK)
                        .withTile(ModelCard.Tile.whole(8)),
                Shape.parse("n,5,h,w"),
                Shape.parse("n,1,h,w"),
                (graph, image) -> graph.ops().slice(image, 1, 2, 3));
        StreamSpec stream = stacks(new FrameSpec(8, 8, PixelType.UINT16), 3, 0.1, 0.1);
        assertThatThrownBy(() -> OnnxRestorer.open(model, stream, Options.defaults()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("takes stacks of 5 slices")
                .hasMessageContaining("3");
    }
}
