package io.nocturne.inference.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * What a model made of one made-up tile.
 *
 * @param outputShape shape of its result
 * @param least smallest value of the result
 * @param greatest largest value
 * @param openMillis how long opening took
 * @param runMillis how long the run took
 */
public record ModelTrial(List<Long> outputShape, float least, float greatest, long openMillis, long runMillis) {
    /** Sides that the model leaves free. */
    private static final long FREE_SIDE = 64;

    /**
     * Opens a model on the CPU and runs it once, on smooth values around 0.5 with some noise.
     *
     * @param expected shape of the result
     * @throws ModelException if it can't be opened or run, or the result has another shape, or holds infinities or
     *     not-a-numbers, or is the same everywhere
     */
    public static ModelTrial run(RestorationModel model, List<Long> expected) throws ModelException {
        String where = "Model " + model.card().name();
        long start = System.nanoTime();
        int threads = OnnxRestorer.sensibleThreads(1);
        OnnxSession session = OnnxSession.open(model, OnnxRestorer.Options.defaults(), threads, List.of());
        long opened = System.nanoTime();
        try {
            Map.Entry<String, NodeInfo> port = session.ort().getInputInfo().entrySet().stream()
                    .filter(input -> input.getKey().equals(model.card().input().tensor()))
                    .findFirst()
                    .orElseThrow(() -> new ModelException(
                            where + " has no input '" + model.card().input().tensor() + "'"));
            long[] shape = ((TensorInfo) port.getValue().getInfo()).getShape();
            for (int i = 0; i < shape.length; i++) {
                shape[i] = shape[i] > 0 ? shape[i] : i == 0 ? 1 : FREE_SIDE;
            }
            try (OnnxTensor image = OnnxTensor.createTensor(OnnxSession.environment(), tile(shape), shape);
                    OrtSession.Result result = session.ort().run(Map.of(port.getKey(), image))) {
                OnnxTensor restored =
                        (OnnxTensor) result.get(model.card().output().tensor()).orElseThrow();
                long ended = System.nanoTime();
                List<Long> found =
                        LongStream.of(restored.getInfo().getShape()).boxed().toList();
                if (!found.equals(expected)) {
                    throw new ModelException(where + " gives a result of shape " + found + ", expected " + expected);
                }
                float[] range = range(where, restored.getFloatBuffer());
                return new ModelTrial(
                        found, range[0], range[1], (opened - start) / 1_000_000, (ended - opened) / 1_000_000);
            }
        } catch (OrtException e) {
            throw new ModelException(where + " opens, but doesn't run: " + e.getMessage(), e);
        } finally {
            session.release();
        }
    }

    private static FloatBuffer tile(long[] shape) {
        int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        FloatBuffer tile = ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        Random random = new Random(1);
        int width = (int) shape[shape.length - 1];
        for (int i = 0; i < count; i++) {
            int row = i / width;
            double wave = Math.sin(i % width / 9.0) * Math.sin(row / 9.0);
            tile.put(i, (float) (0.5 + 0.3 * wave + 0.05 * random.nextGaussian()));
        }
        return tile;
    }

    private static float[] range(String where, FloatBuffer values) throws ModelException {
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        while (values.hasRemaining()) {
            float value = values.get();
            if (!Float.isFinite(value)) {
                throw new ModelException(where + " gives a result with " + value
                        + " in it; the weights are broken, or too large for half precision");
            }
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        if (least == greatest) {
            throw new ModelException(where + " gives " + least + " for every pixel; the weights are empty");
        }
        return new float[] {least, greatest};
    }
}
