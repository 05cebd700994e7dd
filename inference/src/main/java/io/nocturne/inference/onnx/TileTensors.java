package io.nocturne.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Input and output tensors for all tiles of an image, allocated once. One thread at a time. */
final class TileTensors {
    private final OrtSession session;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final FloatBuffer norm;
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
    private final List<Map<String, OnnxTensor>> outputs = new ArrayList<>();

    TileTensors(OnnxSession session, LanePlan plan) throws OrtException {
        this.session = session.ort();
        input = PinnedTensor.allocate(plan.inputFloats());
        output = PinnedTensor.allocate(plan.outputFloats());
        norm = PinnedTensor.allocate(Math.max(1, plan.normCount()));
        OnnxTensor normTensor = plan.normTensor().isEmpty() ? null : pin(norm, plan.normCount());
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
    }

    private OnnxTensor pin(FloatBuffer buffer, long... shape) throws OrtException {
        OnnxTensor tensor = PinnedTensor.over(buffer, shape);
        tensors.add(tensor);
        return tensor;
    }

    private static FloatBuffer part(FloatBuffer whole, int run, long floats) {
        return whole.slice(Math.toIntExact(run * floats), Math.toIntExact(floats));
    }

    FloatBuffer input() {
        return input;
    }

    FloatBuffer output() {
        return output;
    }

    void norm(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            norm.put(i, (float) values[i]);
        }
    }

    int runs() {
        return inputs.size();
    }

    void run(int number, RunOptions options) throws OrtException {
        session.run(inputs.get(number), Set.of(), outputs.get(number), options).close();
    }

    void runAll(RunOptions options) throws OrtException {
        for (int run = 0; run < inputs.size(); run++) {
            run(run, options);
        }
    }

    void close() {
        tensors.forEach(OnnxTensor::close);
    }
}
