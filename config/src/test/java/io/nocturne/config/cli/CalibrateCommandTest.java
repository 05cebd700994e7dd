package io.nocturne.config.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.config.RunConfig;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackReader;
import io.nocturne.stream.stack.TiffWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CalibrateCommandTest {
    private static final FrameSpec FRAME = new FrameSpec(48, 40, PixelType.UINT16);
    private static final CameraModel CAMERA = new CameraModel(SensorSpec.scmos(), FRAME.width(), FRAME.height(), 9);

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... args) {
        CommandLine commandLine = new CommandLine(new CalibrateCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        CommandErrors.installOn(commandLine, () -> false);
        return commandLine.execute(Stream.of(args).map(Object::toString).toArray(String[]::new));
    }

    private Path movie(String name, int frames, double brightest) throws IOException {
        Path file = folder.resolve(name);
        NoiseRandom random = new NoiseRandom(name.hashCode());
        float[] photons = new float[FRAME.pixels()];
        for (int p = 0; p < photons.length; p++) {
            photons[p] = (float) (brightest * (1 + p % FRAME.width()) / FRAME.width());
        }
        short[] counts = new short[photons.length];
        StillFrame frame = new StillFrame(FRAME);
        try (TiffWriter writer =
                TiffWriter.create(file, Stack.raw(StreamSpec.movie("cam", FRAME, 0, frames)), frames)) {
            for (int t = 0; t < frames; t++) {
                CAMERA.expose(photons, random, counts);
                for (int p = 0; p < counts.length; p++) {
                    frame.set(p, counts[p] & 0xffff);
                }
                writer.write(t, 0, 0, 0, frame.pixels());
            }
        }
        return file;
    }

    @Test
    void theCameraIsFoundAndItsNoiseGoesIntoAConfigurationAsPrinted() throws Exception {
        Path dark = movie("dark.tif", 80, 0);
        Path bright = movie("bright.tif", 80, 300);
        Path camera = folder.resolve("cam.json");
        assertThat(run("--dark", dark, "--bright", bright, "--out", camera))
                .as(err.toString())
                .isZero();

        double gain = CAMERA.sensor().photons().varianceSlope();
        JsonNode found = new JsonMapper().readTree(camera.toFile());
        assertThat(found.get("offset").doubleValue()).isCloseTo(100, within(0.5));
        assertThat(found.get("gain").doubleValue())
                .isCloseTo(gain, within(4 * found.get("gainError").doubleValue()));
        try (StackReader map = StackReader.open(folder.resolve("cam-readnoise.tif"))) {
            StillFrame pixels = new StillFrame(map.stream().frame());
            map.read(0, pixels.pixels());
            float[] sorted = pixels.counts();
            Arrays.sort(sorted);
            assertThat((double) sorted[sorted.length / 2])
                    .isCloseTo(found.get("readNoise").doubleValue(), within(0.01));
        }
        assertThat(folder.resolve("cam-offset.tif")).exists();
        assertThat(folder.resolve("cam-gain.tif")).exists();

        String printed = out.toString();
        String snippet = printed.substring(printed.indexOf("restore:"));
        RunConfig config = ConfigReader.parse(
                "source: { pattern: {} }\n" + snippet, "run.yaml", folder, RunConfig.class, Map.of());
        assertThat(config.restore().noise().orElseThrow().gain())
                .isCloseTo(found.get("gain").doubleValue(), within(1e-3));
    }

    @Test
    void whatCannotBeMeasuredIsNamedAndNothingIsWritten() throws Exception {
        Path dark = movie("dark.tif", 30, 0);
        Path few = movie("few.tif", 3, 300);
        Path camera = folder.resolve("cam.json");
        assertThat(run("--dark", dark, "--bright", few, "--out", camera)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(err.toString()).contains("at least 20 frames", "there are 3");
        assertThat(run("--dark", dark, "--bright", dark, "--out", camera)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(run("--dark", dark, "--bright", folder.resolve("gone.tif"), "--out", camera))
                .isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(camera).doesNotExist();
        Files.writeString(camera, "{}");
        assertThat(run("--dark", dark, "--bright", dark, "--out", camera)).isEqualTo(CommandErrors.BAD_INPUT);
        assertThat(err.toString()).contains("cam.json");
    }
}
