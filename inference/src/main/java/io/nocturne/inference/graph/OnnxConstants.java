package io.nocturne.inference.graph;

import io.nocturne.inference.graph.proto.OnnxProto.ModelProto;
import io.nocturne.inference.graph.proto.OnnxProto.TensorProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/** The float32 constants of an ONNX model, by name: the way back from a model file to weights that can be trained on. */
public final class OnnxConstants {
    private OnnxConstants() {}

    /**
     * Reads all float32 constants that lie in the file itself; others are left out.
     *
     * @throws IOException if reading fails or this is no ONNX model
     */
    public static Map<String, float[]> read(InputStream model) throws IOException {
        Map<String, float[]> constants = new LinkedHashMap<>();
        for (TensorProto tensor : ModelProto.parseFrom(model).getGraph().getInitializerList()) {
            boolean inside = tensor.getExternalDataCount() == 0;
            if (inside && tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber()) {
                constants.put(tensor.getName(), values(tensor));
            }
        }
        return constants;
    }

    private static float[] values(TensorProto tensor) {
        if (tensor.getFloatDataCount() > 0) {
            float[] values = new float[tensor.getFloatDataCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = tensor.getFloatData(i);
            }
            return values;
        }
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[raw.remaining() / Float.BYTES];
        raw.asFloatBuffer().get(values);
        return values;
    }
}
