package io.nocturne.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.nocturne.inference.ModelException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph opened on the CPU and run by hand, array in, array out: for checks of what a graph computes and how fast. Frames
 * of a run go through {@link OnnxRestorer}. Not safe for use from multiple threads.
 */
public final class GraphRun implements AutoCloseable {
    private final OrtSession session;
    private final String where;

    private GraphRun(OrtSession session, String where) {
        this.session = session;
        this.where = where;
    }

    /**
     * Opens a graph in memory, with as many threads for one operator.
     *
     * @throws ModelException if ONNX Runtime refuses it, in its words
     */
    public static GraphRun open(byte[] model, int threads) throws ModelException {
        try (SessionOptions options = options(threads, Optional.empty())) {
            return new GraphRun(
                    DeepStack.open(() -> OnnxSession.environment().createSession(model, options)), "The graph");
        } catch (OrtException e) {
            throw new ModelException("ONNX Runtime can't open the graph: " + e.getMessage(), e);
        }
    }

    /**
     * Opens a graph from a file.
     *
     * @param profile start of the name of a file that tells when each operator ran; written by {@link #endProfile}
     * @throws ModelException if ONNX Runtime refuses it, in its words
     */
    public static GraphRun open(Path model, int threads, Optional<Path> profile) throws ModelException {
        try (SessionOptions options = options(threads, profile)) {
            return new GraphRun(
                    DeepStack.open(() -> OnnxSession.environment().createSession(model.toString(), options)),
                    model.toString());
        } catch (OrtException e) {
            throw new ModelException("ONNX Runtime can't open " + model + ": " + e.getMessage(), e);
        }
    }

    private static SessionOptions options(int threads, Optional<Path> profile) throws OrtException {
        SessionOptions options = new SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        if (profile.isPresent()) {
            options.enableProfiling(profile.get().toString());
        }
        return options;
    }

    /**
     * Runs the graph's first input through.
     *
     * @param shape of the input; its product is the array's length
     * @throws ModelException if it fails, in ONNX Runtime's words
     */
    public float[] run(float[] input, String output, long... shape) throws ModelException {
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (elements != input.length) {
            throw new IllegalArgumentException(
                    input.length + " elements are no tensor of shape " + Arrays.toString(shape));
        }
        FloatBuffer buffer = PinnedTensor.allocate(input.length);
        buffer.put(0, input);
        String name = session.getInputNames().iterator().next();
        try (OnnxTensor tensor = PinnedTensor.over(buffer, shape);
                OrtSession.Result result = session.run(Map.of(name, tensor), Set.of(output))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] array = new float[values.remaining()];
            values.get(array);
            return array;
        } catch (OrtException e) {
            throw new ModelException(where + " failed: " + e.getMessage(), e);
        }
    }

    /** Ends profiling and tells the file it was written to. */
    public Path endProfile() throws ModelException {
        try {
            return Path.of(session.endProfiling());
        } catch (OrtException e) {
            throw new ModelException(where + " could not be profiled: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close the session", e);
        }
    }
}
