package io.nocturne.config.cli;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.checkpoint.CheckpointReader;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import io.nocturne.inference.unifmir.UnifmirTask;
import io.nocturne.inference.unifmir.pipeline.CheckpointNetwork;
import io.nocturne.inference.unifmir.pipeline.Planes;
import io.nocturne.inference.unifmir.pipeline.UpstreamPipeline;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackException;
import io.nocturne.stream.stack.StackReader;
import io.nocturne.stream.stack.StackWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Restores a recording as UniFMIR's published programs do, from the checkpoint itself, into 32-bit floats. A file that
 * doesn't speak of z-slices is taken for one volume where the task wants volumes. One use, one thread.
 */
final class UpstreamRestoration {
    private final StackReader reader;
    private final UpstreamPipeline pipeline;
    private final StreamSpec stream;
    private final PrintWriter progress;
    private final ByteBuffer raw;
    private StackWriter writer;
    private ByteBuffer product;

    private UpstreamRestoration(
            StackReader reader, UpstreamPipeline pipeline, Optional<Integer> zSlices, PrintWriter progress)
            throws StackException {
        this.reader = reader;
        this.pipeline = pipeline;
        this.progress = progress;
        stream = taken(reader, pipeline, zSlices);
        raw = ByteBuffer.allocateDirect(stream.frame().bytes()).order(ByteOrder.nativeOrder());
    }

    /**
     * Restores a recording.
     *
     * @param zSlices slices of a volume, where the recording doesn't say or says wrong
     * @param chop whether images are cut into quadrants, as the published programs do unless told otherwise
     */
    static void run(
            Path checkpoint,
            UnifmirTask task,
            Path in,
            Optional<Integer> zSlices,
            boolean chop,
            Path out,
            PrintWriter progress)
            throws IOException, ModelException {
        StateDict parameters = CheckpointReader.read(checkpoint);
        UnifmirNetwork network = UnifmirNetwork.read(parameters, task);
        int threads = Runtime.getRuntime().availableProcessors();
        try (StackReader reader = StackReader.open(in);
                CheckpointNetwork running = new CheckpointNetwork(network, parameters, threads)) {
            UpstreamPipeline pipeline = UpstreamPipeline.of(task, running, chop);
            new UpstreamRestoration(reader, pipeline, zSlices, progress).into(out);
        }
        progress.println("Restored frames: " + out);
    }

    private static StreamSpec taken(StackReader reader, UpstreamPipeline pipeline, Optional<Integer> zSlices)
            throws StackException {
        StreamSpec recorded = reader.stream();
        long frames = reader.frames();
        boolean unsaid = zSlices.isEmpty() && recorded.zSlices() == 1 && recorded.positions() == 1;
        int channels = recorded.channels().size();
        int slices = zSlices.orElse(
                unsaid && pipeline.takesVolumes() ? Math.toIntExact(frames / channels) : recorded.zSlices());
        int positions = slices == recorded.zSlices() ? recorded.positions() : 1;
        if (frames == 0 || frames % ((long) slices * channels * positions) != 0) {
            throw new StackException("The recording's " + frames + " frames are no whole number of stacks of " + slices
                    + " slices in " + channels + " channels; give --z-slices");
        }
        return new StreamSpec(
                recorded.name(),
                recorded.frame(),
                recorded.channels(),
                slices,
                positions,
                recorded.pixelSizeUm(),
                recorded.zStepUm(),
                recorded.significantBits(),
                recorded.framePeriodNanos(),
                recorded.exposureNanos(),
                frames);
    }

    private void into(Path out) throws IOException, ModelException {
        long times = reader.frames() / stream.framesPerTimePoint();
        int together = pipeline.takesVolumes() ? stream.zSlices() : 1;
        try {
            for (long t = 0; t < times; t++) {
                for (int position = 0; position < stream.positions(); position++) {
                    for (int channel = 0; channel < stream.channels().size(); channel++) {
                        for (int z = 0; z < stream.zSlices(); z += together) {
                            Planes restored = pipeline.restore(read(t, position, channel, z, together));
                            write(out, restored, t, position, channel, z, together);
                        }
                    }
                }
                progress.println("time point " + (t + 1) + " of " + times);
                progress.flush();
            }
        } finally {
            if (writer != null) {
                writer.close();
            }
        }
    }

    private Planes read(long t, int position, int channel, int firstSlice, int slices) throws IOException {
        FrameSpec frame = stream.frame();
        float[] pixels = new Planes(slices, frame.height(), frame.width()).pixels();
        for (int i = 0; i < slices; i++) {
            long index = ((t * stream.positions() + position) * stream.zSlices() + firstSlice + i)
                            * stream.channels().size()
                    + channel;
            if (!reader.read(index, raw)) {
                throw new StackException("Frame " + index + " is missing; the published pipelines need every frame");
            }
            int from = i * frame.pixels();
            for (int k = 0; k < frame.pixels(); k++) {
                pixels[from + k] = pixel(frame.pixelType(), k);
            }
        }
        return new Planes(slices, frame.height(), frame.width(), pixels);
    }

    private float pixel(PixelType type, int k) {
        return switch (type) {
            case UINT8 -> raw.get(k) & 0xff;
            case UINT16 -> raw.getShort(2 * k) & 0xffff;
            case FLOAT32 -> raw.getFloat(4 * k);
        };
    }

    /** Slices for slices, or one product of some planes for all that was read together. */
    private void write(Path out, Planes restored, long t, int position, int channel, int z, int together)
            throws IOException {
        boolean slices = together > 1 && restored.count() == together;
        int depth = slices ? 1 : restored.count();
        FrameSpec spec = new FrameSpec(restored.width(), restored.height(), depth, PixelType.FLOAT32);
        if (writer == null) {
            boolean perStack = together > 1 && !slices;
            writer = StackExport.create(out, new Stack(stream, spec, true, perStack, Double.NaN), reader.frames());
            product = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
        }
        for (int i = 0; i < restored.count() / depth; i++) {
            product.clear();
            product.asFloatBuffer().put(restored.pixels(), i * spec.pixels(), spec.pixels());
            writer.write(t, channel, z + i, position, product);
        }
    }
}
