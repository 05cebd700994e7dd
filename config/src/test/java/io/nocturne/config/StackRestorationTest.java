package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackReader;
import io.nocturne.stream.stack.TiffWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Models whose products are no frames, from file to file: geometry, scale and depth of what is written. */
class StackRestorationTest {
    private static final int WIDTH = 24;
    private static final int HEIGHT = 20;
    private static final int SLICES = 6;
    private static final int TIMES = 2;

    @TempDir
    Path folder;

    private static int pixel(int t, int z, int i) {
        return 100 + 1000 * t + 50 * z + i % 37;
    }

    private Path stacks(double pixelUm, double stepUm) throws Exception {
        FrameSpec frame = new FrameSpec(WIDTH, HEIGHT, PixelType.UINT16);
        StreamSpec stream =
                new StreamSpec("stacks", frame, List.of("a"), SLICES, 1, pixelUm, stepUm, 16, 0, 0, SLICES * TIMES);
        Path path = folder.resolve("stacks.tif");
        try (TiffWriter tiff = TiffWriter.create(path, Stack.raw(stream), SLICES * TIMES)) {
            for (int k = 0; k < SLICES * TIMES; k++) {
                ByteBuffer plane = ByteBuffer.allocateDirect(frame.bytes()).order(ByteOrder.nativeOrder());
                for (int i = 0; i < frame.pixels(); i++) {
                    plane.putShort(2 * i, (short) pixel(k / SLICES, k % SLICES, i));
                }
                tiff.write(k, plane);
            }
        }
        return path;
    }

    private Path model(ModelCard card, String in, String out, BiFunction<GraphBuilder, Value, Value> body)
            throws Exception {
        GraphBuilder graph = GraphBuilder.named(card.name());
        Value image = graph.input("image", ElementType.FLOAT32, Shape.parse(in));
        graph.output("restored", body.apply(graph, image), ElementType.FLOAT32, Shape.parse(out));
        Path path = folder.resolve(card.name() + ".onnx");
        RestorationModel.write(path, graph, card);
        return path;
    }

    private String nocturne(int exit, String... args) {
        CommandLine commandLine = Main.commandLine();
        StringWriter out = new StringWriter();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(out));
        assertThat(commandLine.execute(args)).as(out.toString()).isEqualTo(exit);
        return out.toString();
    }

    private String restore(Path model, Path in, String out, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "restore",
                "--model",
                model.toString(),
                "--in",
                in.toString(),
                "--out",
                folder.resolve(out).toString()));
        args.addAll(List.of(more));
        return nocturne(0, args.toArray(String[]::new));
    }

    private interface Check {
        void on(StackReader reader, ByteBuffer pixels) throws Exception;
    }

    private void read(String name, Check check) throws Exception {
        try (StackReader reader = StackReader.open(folder.resolve(name))) {
            ByteBuffer pixels =
                    ByteBuffer.allocateDirect(reader.stream().frame().bytes()).order(ByteOrder.nativeOrder());
            check.on(reader, pixels);
        }
    }

    private Path isotropic() throws Exception {
        ModelCard card = ModelCard.of("iso", "isotropic", "").withTile(new ModelCard.Tile(32, 8, 8, 0, 0));
        return model(
                card, "n,1,32,32", "n,1,32,32", (graph, image) -> graph.ops().identity(image));
    }

    @Test
    void isotropicStacksBecomeVolumesWithPixelsAsDeepAsWide() throws Exception {
        String said = restore(isotropic(), stacks(0.2, 0.5), "iso.tif");
        assertThat(said)
                .contains("6 slices interpolated to 15")
                .contains("a whole stack of 6 gives one product of 24x20x15");
        read("iso.tif", (reader, pixels) -> {
            assertThat(reader.stream().zSlices()).isEqualTo(15);
            assertThat(reader.stream().zStepUm()).isCloseTo(0.2, within(1e-9));
            assertThat(reader.stream().pixelSizeUm()).isCloseTo(0.2, within(1e-5));
            assertThat(reader.frames()).isEqualTo(15 * TIMES);
            for (int t = 0; t < TIMES; t++) {
                for (int z = 0; z < 15; z++) {
                    double at = Math.max(0, Math.min(5, (z + 0.5) / 2.5 - 0.5));
                    reader.read(t * 15 + z, pixels);
                    assertThat((double) pixels.getShort(2 * 7)).isCloseTo(pixel(t, 0, 7) + 50 * at, within(0.51));
                }
            }
        });
    }

    @Test
    void stacksAreProjectedToOnePlaneEach() throws Exception {
        ModelCard card = ModelCard.of("proj", "projection", "")
                .withWindow(WindowSpec.WHOLE_STACK)
                .withTile(new ModelCard.Tile(16, 8, 8, 0, 0));
        Path model = model(
                card, "n,6,16,16", "n,1,16,16", (graph, image) -> graph.ops().slice(image, 1, 4, 5));
        restore(model, stacks(0.2, 0.5), "proj.zarr");
        read("proj.zarr", (reader, pixels) -> {
            assertThat(reader.stream().zSlices()).isEqualTo(1);
            assertThat(reader.stream().pixelSizeUm()).isCloseTo(0.2, within(1e-5));
            assertThat(reader.frames()).isEqualTo(TIMES);
            for (int t = 0; t < TIMES; t++) {
                reader.read(t, pixels);
                for (int i = 0; i < WIDTH * HEIGHT; i++) {
                    assertThat(pixels.getShort(2 * i)).isEqualTo((short) pixel(t, 4, i));
                }
            }
        });
    }

    @Test
    void lightFieldFramesBecomeVolumesOfTheModelsDepthAndStep() throws Exception {
        ModelCard card = ModelCard.of("vol", "volumetric", "")
                .withTile(new ModelCard.Tile(32, 0, 8, 0, 0))
                .withInput(new ModelCard.Input("image", ModelCard.Layout.NCHW, List.of(), "", 4))
                .withOutput(new ModelCard.Output("restored", 3, 0.7))
                .withNormalization(Normalization.lightField());
        Path model = model(card, "n,1,32,32", "n,3,32,32", (graph, image) -> {
            Ops ops = graph.ops();
            return ops.concat(1, image, ops.mul(image, graph.scalar(0)), image);
        });
        restore(model, stacks(0.2, Double.NaN), "vol.tif", "--z-slices", "1", "--float");
        read("vol.tif", (reader, pixels) -> {
            assertThat(reader.stream().frame().pixelType()).isEqualTo(PixelType.FLOAT32);
            assertThat(reader.stream().zSlices()).isEqualTo(3);
            assertThat(reader.stream().zStepUm()).isEqualTo(0.7);
            assertThat(reader.frames()).isEqualTo(3L * SLICES * TIMES);
            int peak = pixel(1, 3, 36);
            reader.read(3 * 9, pixels);
            assertThat(pixels.getFloat(4 * 11)).isCloseTo(pixel(1, 3, 11), within(0.01f));
            reader.read(3 * 9 + 1, pixels);
            assertThat(pixels.getFloat(4 * 11)).isCloseTo(1.1f * peak / 2, within(0.01f));
        });
    }

    @Test
    void twiceTheSizeHalvesThePixel() throws Exception {
        ModelCard card = ModelCard.of("sr", "sr", "").withScale(2).withTile(new ModelCard.Tile(16, 8, 8, 0, 0));
        Path model = model(card, "n,1,16,16", "n,1,32,32", (graph, image) -> graph.ops()
                .resize(image, 2, Ops.Interpolation.NEAREST));
        restore(model, stacks(0.2, 0.5), "sr.zarr");
        read("sr.zarr", (reader, pixels) -> {
            assertThat(reader.stream().frame()).isEqualTo(new FrameSpec(2 * WIDTH, 2 * HEIGHT, PixelType.UINT16));
            assertThat(reader.stream().pixelSizeUm()).isCloseTo(0.1, within(1e-5));
            assertThat(reader.stream().zStepUm()).isCloseTo(0.5, within(1e-9));
            assertThat(reader.stream().zSlices()).isEqualTo(SLICES);
            reader.read(7, pixels);
            assertThat(pixels.getShort(2 * (2 * WIDTH * 3 + 9))).isEqualTo((short) pixel(1, 1, WIDTH + 4));
        });
    }

    @Test
    void aModelThatNeedsWholeStacksIsRefusedForWorkersBeforeAnythingStarts() throws Exception {
        Path model = isotropic();
        Path config = Files.writeString(
                folder.resolve("elsewhere.yaml"),
                """
                source: { replay: { path: "%s", pace: maximal } }
                restore: { model: "%s", elsewhere: true }
                kafka: { bootstrap: 127.0.0.1:1 }
                """
                        .formatted(slashed(stacks(0.2, 0.5)), slashed(model)));
        String why = "Model iso needs a whole z-stack at a time; a worker restores single frames";
        assertThat(nocturne(2, "check", config.toString())).contains(why, "Leave restore.elsewhere out");
        assertThat(nocturne(2, "run", config.toString())).contains(why);
        assertThat(nocturne(
                        2,
                        "worker",
                        "--brokers",
                        "127.0.0.1:1",
                        "--raw",
                        "a",
                        "--topic",
                        "b",
                        "--model",
                        model.toString()))
                .contains(why);
    }

    private static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }

    @Test
    void aLiveRunFromAReplayMakesAVolumeOfEveryStack() throws Exception {
        Path in = stacks(0.2, 0.5);
        Path run = folder.resolve("run");
        Path config = Files.writeString(
                folder.resolve("run.yaml"),
                """
                run: { folder: run }
                source: { replay: { path: stacks.tif, pace: 60 fps, zSlices: 3 } }
                restore: { model: %s, workers: 1, backlog: 4 }
                view: { enabled: false }
                """
                        .formatted(isotropic().getFileName()));
        assertThat(in).exists();
        String said = nocturne(0, "run", config.toString());
        assertThat(said)
                .contains("a whole stack of 3 gives one product of 24x20x8")
                .contains("at least 33.3 ms");
        read(run.resolve("stacks-0/restored.ome.zarr").toString(), (reader, pixels) -> {
            assertThat(reader.stream().frame().depth() * reader.stream().zSlices())
                    .isEqualTo(8);
            assertThat(reader.stream().zStepUm()).isCloseTo(1.5 / 8, within(1e-9));
            assertThat(reader.frames()).isEqualTo(SLICES * TIMES / 3);
            assertThat(reader.has(3)).isTrue();
        });
    }
}
