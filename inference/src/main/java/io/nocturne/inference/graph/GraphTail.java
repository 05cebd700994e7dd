package io.nocturne.inference.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.nocturne.inference.graph.proto.OnnxProto.AttributeProto;
import io.nocturne.inference.graph.proto.OnnxProto.GraphProto;
import io.nocturne.inference.graph.proto.OnnxProto.ModelProto;
import io.nocturne.inference.graph.proto.OnnxProto.NodeProto;
import io.nocturne.inference.graph.proto.OnnxProto.OperatorSetIdProto;
import io.nocturne.inference.graph.proto.OnnxProto.TensorProto;
import io.nocturne.inference.graph.proto.OnnxProto.TypeProto;
import io.nocturne.inference.graph.proto.OnnxProto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Puts a separable filter behind a finished model's output.
 *
 * <pre>
 *   the model as it is --> OUTPUT --pad, mirrored--> rows --> columns --> OUTPUT.filtered
 * </pre>
 */
public final class GraphTail {
    private static final String FILTERED = ".filtered";
    private static final int LEAST_OPERATORS = 11;
    private static final int PLANE_DIMENSIONS = 4;

    private GraphTail() {}

    /** Name of the output of a model that was filtered. */
    public static String nameOf(String output) {
        return output + FILTERED;
    }

    /**
     * A model with a filter behind it; its only output is {@link #nameOf}.
     *
     * @param onnx a whole model, its weights inside
     * @param output name of a float32 output [n, 1, height, width], sides above {@code kernel.length / 2}
     * @param kernel weights along rows and, again, along columns; an odd number
     * @throws GraphException if it isn't such a model
     */
    public static byte[] filter(byte[] onnx, String output, float[] kernel) {
        try {
            return filtered(ModelProto.parseFrom(onnx), output, kernel);
        } catch (InvalidProtocolBufferException e) {
            throw new GraphException("This is no ONNX model: " + e.getMessage());
        }
    }

    private static byte[] filtered(ModelProto model, String output, float[] kernel) {
        GraphProto inner = model.getGraph();
        ValueInfoProto old = inner.getOutputList().stream()
                .filter(port -> port.getName().equals(output))
                .findFirst()
                .orElseThrow(() -> new GraphException("The model has no output " + output));
        TypeProto.Tensor type = old.getType().getTensorType();
        long operators = model.getOpsetImportList().stream()
                .filter(set -> set.getDomain().isEmpty())
                .mapToLong(OperatorSetIdProto::getVersion)
                .max()
                .orElse(0);
        if (type.getElemType() != ElementType.FLOAT32.code()
                || type.getShape().getDimCount() != PLANE_DIMENSIONS
                || operators < LEAST_OPERATORS) {
            throw new GraphException("A filter fits behind float32 planes [n, 1, height, width] of operator set "
                    + LEAST_OPERATORS + " or newer; output " + output + " has element type " + type.getElemType() + ", "
                    + type.getShape().getDimCount() + " dimensions and operator set " + operators);
        }
        int radius = kernel.length / 2;
        GraphProto.Builder graph = inner.toBuilder();
        graph.addInitializer(longs("otf.pads", 0, 0, radius, radius, 0, 0, radius, radius));
        graph.addInitializer(floats("otf.rows", kernel, 1, 1, 1, kernel.length));
        graph.addInitializer(floats("otf.columns", kernel, 1, 1, kernel.length, 1));
        graph.addNode(node("Pad", "otf.padded", output, "otf.pads")
                .addAttribute(AttributeProto.newBuilder()
                        .setName("mode")
                        .setType(AttributeProto.AttributeType.STRING)
                        .setS(ByteString.copyFromUtf8("reflect"))));
        graph.addNode(node("Conv", "otf.smooth", "otf.padded", "otf.rows"));
        graph.addNode(node("Conv", nameOf(output), "otf.smooth", "otf.columns"));
        graph.clearOutput().addOutput(old.toBuilder().setName(nameOf(output)));
        return model.toBuilder().setGraph(graph).build().toByteArray();
    }

    private static NodeProto.Builder node(String operator, String result, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(result)
                .addAllInput(List.of(inputs))
                .addOutput(result);
    }

    private static TensorProto longs(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.INT64.code())
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(raw))
                .build();
    }

    private static TensorProto floats(String name, float[] values, long... dims) {
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.FLOAT32.code())
                .setRawData(ByteString.copyFrom(raw));
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        return tensor.build();
    }
}
