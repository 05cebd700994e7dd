package io.nocturne.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import io.nocturne.inference.TileBlender;
import io.nocturne.inference.TileLoader;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.RestoreLane;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A worker's input and output tensors, allocated once. Cancelling ends a run at the next operator of the graph, not
 * inside one. Closing while a run is under way cancels it, and the run's thread frees the memory when it comes back.
 */
final class OnnxLane implements RestoreLane {
    private enum State {
        IDLE,
        RUNNING,
        CLOSED
    }

    private final OnnxSession session;
    private final TileLoader loader;
    private final TileBlender blender;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer normInput;
    private final double[] norm;
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
    private final List<Map<String, OnnxTensor>> outputs = new ArrayList<>();
    private final RunOptions runOptions;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private boolean terminating;

    OnnxLane(OnnxSession session, LanePlan plan, TileLoader loader, TileBlender blender) throws OrtException {
        this.session = session;
        this.loader = loader;
        this.blender = blender;
        norm = new double[plan.normCount()];
        input = PinnedTensor.allocate(plan.inputFloats());
        output = PinnedTensor.allocate(plan.outputFloats());
        normInput = PinnedTensor.allocate(Math.max(1, norm.length));
        OnnxTensor normTensor = plan.normTensor().isEmpty() ? null : pin(normInput, norm.length);
        long inputChunk = plan.inputFloats() / plan.runs();
        long outputChunk = plan.outputFloats() / plan.runs();
        for (int run = 0; run < plan.runs(); run++) {
            OnnxTensor in = pin(part(input, run, inputChunk), plan.inputShape());
            OnnxTensor out = pin(part(output, run, outputChunk), plan.outputShape());
            inputs.add(
                    normTensor == null
                            ? Map.of(plan.inputTensor(), in)
                            : Map.of(plan.inputTensor(), in, plan.normTensor(), normTensor));
            outputs.add(Map.of(plan.outputTensor(), out));
        }
        runOptions = new RunOptions();
        session.hold();
    }

    private OnnxTensor pin(FloatBuffer buffer, long... shape) throws OrtException {
        OnnxTensor tensor = PinnedTensor.over(buffer, shape);
        tensors.add(tensor);
        return tensor;
    }

    private static FloatBuffer part(FloatBuffer whole, int run, long floats) {
        return whole.slice(Math.toIntExact(run * floats), Math.toIntExact(floats));
    }

    @Override
    public void load(FrameWindow window, double[] frameNorm) {
        terminate(false);
        System.arraycopy(frameNorm, 0, norm, 0, norm.length);
        for (int i = 0; i < norm.length; i++) {
            normInput.put(i, (float) norm[i]);
        }
        loader.load(window, norm, input);
    }

    @Override
    public void compute() throws OrtException {
        if (!state.compareAndSet(State.IDLE, State.RUNNING)) {
            throw new IllegalStateException("This lane is " + state.get());
        }
        OrtSession ort = session.ort();
        try {
            for (int run = 0; run < inputs.size(); run++) {
                ort.run(inputs.get(run), Set.of(), outputs.get(run), runOptions).close();
            }
        } finally {
            if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
                free();
            }
        }
    }

    @Override
    public int emit(ByteBuffer product) {
        return blender.emit(output, norm, product);
    }

    @Override
    public void cancel() {
        terminate(true);
    }

    @Override
    public void close() {
        if (state.compareAndSet(State.IDLE, State.CLOSED)) {
            free();
        } else if (state.compareAndSet(State.RUNNING, State.CLOSED)) {
            cancel();
        }
    }

    /** Sets or clears ONNX Runtime's wish to end; the lock keeps it from touching options that are freed. */
    private void terminate(boolean wish) {
        synchronized (runOptions) {
            if (terminating == wish || (state.get() == State.CLOSED && !wish)) {
                return;
            }
            try {
                runOptions.setTerminate(wish);
                terminating = wish;
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime refused to end or begin a run", e);
            }
        }
    }

    private void free() {
        synchronized (runOptions) {
            terminating = true; // nobody sets it on freed options any more
            runOptions.close();
        }
        tensors.forEach(OnnxTensor::close);
        session.release();
    }

    /** What a lane's tensors look like. */
    record LanePlan(
            String inputTensor,
            String normTensor,
            String outputTensor,
            List<Long> inputDims,
            List<Long> outputDims,
            int runs,
            int normCount) {

        LanePlan {
            inputDims = List.copyOf(inputDims);
            outputDims = List.copyOf(outputDims);
        }

        long[] inputShape() {
            return inputDims.stream().mapToLong(Long::longValue).toArray();
        }

        long[] outputShape() {
            return outputDims.stream().mapToLong(Long::longValue).toArray();
        }

        long inputFloats() {
            return runs * inputDims.stream().reduce(1L, Math::multiplyExact);
        }

        long outputFloats() {
            return runs * outputDims.stream().reduce(1L, Math::multiplyExact);
        }
    }
}
