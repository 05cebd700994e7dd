package io.nocturne.config.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.CameraCalibration;
import io.nocturne.stream.optics.PixelMoments;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackException;
import io.nocturne.stream.stack.StackReader;
import io.nocturne.stream.stack.TiffWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a camera: offset, gain and read noise from dark frames and frames of still scenes. */
@Command(
        name = "calibrate",
        description = {
            "Measure a camera's offset, gain and read noise.",
            "--dark: 100 frames with the lens cap on; --bright: 100 frames of a flat field or of anything that holds still,"
                    + " with the exposure and the settings of your experiments."
        })
public final class CalibrateCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--dark", paramLabel = "FILE|DIR", required = true, description = "Frames without light.")
    Path dark;

    @Option(
            names = "--bright",
            paramLabel = "FILE|DIR",
            required = true,
            description = "Frames of one scene that holds still; once per scene or light level.")
    List<Path> bright;

    @Option(
            names = "--out",
            paramLabel = "CAMERA.json",
            required = true,
            description = "What was found; maps of offset, gain and read noise go beside it as TIFF files.")
    Path out;

    /** What the file holds. */
    @JsonPropertyOrder({"format", "width", "height"})
    private record Measured(
            String format,
            int width,
            int height,
            double offset,
            double gain,
            double gainError,
            double readNoise,
            double noisyPixelShare,
            double flicker,
            String dark,
            List<String> bright) {}

    /** Frames of one file, and how large they are. */
    private record Scene(FrameSpec frame, PixelMoments moments) {}

    @Override
    public Integer call() throws Exception {
        PrintWriter console = spec.commandLine().getOut();
        for (Path file : List.of(out, map("offset"), map("gain"), map("readnoise"))) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
        ProgressLine progress = new ProgressLine(console, Terminal.isInteractive());
        Scene darkness = read(dark, progress);
        List<PixelMoments> scenes = new ArrayList<>();
        for (Path file : bright) {
            Scene scene = read(file, progress);
            if (!scene.frame.equals(darkness.frame)) {
                throw new StackException(file + " holds frames of " + scene.frame + ", " + dark + " of "
                        + darkness.frame + ": take both with the same settings of the camera");
            }
            scenes.add(scene.moments);
        }
        progress.end();
        CameraCalibration found;
        try {
            found = CameraCalibration.of(darkness.moments, scenes, saturation(darkness.frame.pixelType(), scenes));
        } catch (IllegalArgumentException e) {
            throw new StackException(e.getMessage(), e);
        }
        write(darkness.frame, found);
        tell(console, found);
        return 0;
    }

    private static Scene read(Path file, ProgressLine progress) throws IOException {
        try (StackReader reader = StackReader.open(file)) {
            StreamSpec stream = reader.stream();
            if (stream.channels().size() > 1) {
                throw new StackException(file + " holds " + stream.channels().size()
                        + " channels: calibrate with frames of one, taken as your experiments are");
            }
            StillFrame frame = new StillFrame(stream.frame());
            PixelMoments moments = new PixelMoments(stream.frame().pixels());
            long frames = reader.frames();
            for (long i = 0; i < frames; i++) {
                if (reader.read(i, frame.pixels())) {
                    moments.add(frame.counts());
                }
                progress.tell((i + 1.0) / frames, file.getFileName() + ": frame " + (i + 1) + " of " + frames);
            }
            return new Scene(stream.frame(), moments);
        }
    }

    /** Where pixels stop to follow the light: just below the type's end, or below where many pixels end together. */
    private static double saturation(PixelType type, List<PixelMoments> scenes) {
        float top = 0;
        for (PixelMoments scene : scenes) {
            for (int p = 0; p < scene.pixels(); p++) {
                top = Math.max(top, scene.highest(p));
            }
        }
        int there = 0;
        for (PixelMoments scene : scenes) {
            for (int p = 0; p < scene.pixels(); p++) {
                there += scene.highest(p) == top ? 1 : 0;
            }
        }
        double end = type.maxValue();
        return there > 10 ? Math.min(top, end) : end;
    }

    private Path map(String what) {
        String name = out.getFileName().toString();
        String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
        return out.resolveSibling(stem + "-" + what + ".tif");
    }

    private void write(FrameSpec frame, CameraCalibration found) throws IOException {
        Path folder = out.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        writeMap(map("offset"), frame, found.offsets());
        writeMap(map("gain"), frame, found.gains());
        writeMap(map("readnoise"), frame, found.readNoises());
        Measured measured = new Measured(
                "nocturne-camera-1",
                frame.width(),
                frame.height(),
                found.offset(),
                found.gain(),
                found.gainError(),
                found.readNoise(),
                found.noisyShare(),
                found.flicker(),
                dark.getFileName().toString(),
                bright.stream().map(file -> file.getFileName().toString()).toList());
        Files.write(
                out,
                JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsBytes(measured));
    }

    private static void writeMap(Path file, FrameSpec frame, float[] values) throws IOException {
        FrameSpec floats = new FrameSpec(frame.width(), frame.height(), PixelType.FLOAT32);
        StillFrame map = new StillFrame(floats);
        for (int i = 0; i < values.length; i++) {
            map.set(i, values[i]);
        }
        try (TiffWriter writer = TiffWriter.create(file, Stack.raw(StreamSpec.movie("camera", floats, 0, 1)), 1)) {
            writer.write(0, 0, 0, 0, map.pixels());
        }
    }

    private void tell(PrintWriter console, CameraCalibration found) {
        console.printf(Locale.ROOT, "offset      %.2f counts%n", found.offset());
        console.printf(
                Locale.ROOT,
                "gain        %.4g +- %.2g counts squared per count; %.3g photoelectrons per count, unless the camera"
                        + " multiplies them%n",
                found.gain(),
                found.gainError(),
                1 / found.gain());
        console.printf(
                Locale.ROOT,
                "read noise  %.3g counts, %.3g photoelectrons; %.2f %% of the pixels have five times that%n",
                found.readNoise(),
                found.readNoise() / found.gain(),
                100 * found.noisyShare());
        if (found.flicker() > 0.002) {
            console.printf(
                    Locale.ROOT,
                    "flicker     the light varied by %.1f %% from frame to frame%n",
                    100 * found.flicker());
        }
        console.println("Written to " + out + ", maps beside it. In a configuration:");
        console.printf(
                Locale.ROOT,
                "restore:%n  noise: { offset: %.2f, gain: %.5g, readNoise: %.4g }%n",
                found.offset(),
                found.gain(),
                found.readNoise());
        console.flush();
    }
}
