package io.nocturne.inference.graph;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.nocturne.inference.graph.proto.OnnxProto.GraphProto;
import io.nocturne.inference.graph.proto.OnnxProto.ModelProto;
import io.nocturne.inference.graph.proto.OnnxProto.StringStringEntryProto;
import io.nocturne.inference.graph.proto.OnnxProto.TensorShapeProto;
import io.nocturne.inference.graph.proto.OnnxProto.ValueInfoProto;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an ONNX file says about itself, read without loading its weights.
 *
 * @param metadata keys and values stored in the file
 * @param inputs its inputs
 * @param outputs its outputs
 */
public record OnnxFile(Map<String, String> metadata, List<Port> inputs, List<Port> outputs) {
    /**
     * An input or output.
     *
     * @param name its name
     * @param elementType number of its type in the ONNX schema, 1 for float32
     * @param shape numbers and names, {@code ?} where the file says nothing
     */
    public record Port(String name, int elementType, List<String> shape) {}

    /**
     * Skims a model.
     *
     * @throws IOException if reading fails or this is no ONNX model
     */
    public static OnnxFile read(InputStream stream) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(stream);
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Port> inputs = new ArrayList<>();
        List<Port> outputs = new ArrayList<>();
        boolean graphSeen = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (fieldOf(tag)) {
                case ModelProto.GRAPH_FIELD_NUMBER -> {
                    graphSeen = true;
                    readGraph(in, inputs, outputs);
                }
                case ModelProto.METADATA_PROPS_FIELD_NUMBER -> {
                    StringStringEntryProto entry =
                            in.readMessage(StringStringEntryProto.parser(), ExtensionRegistryLite.getEmptyRegistry());
                    metadata.put(entry.getKey(), entry.getValue());
                }
                default -> in.skipField(tag);
            }
        }
        if (!graphSeen || outputs.isEmpty()) {
            throw new InvalidProtocolBufferException("it holds no graph");
        }
        return new OnnxFile(metadata, List.copyOf(inputs), List.copyOf(outputs));
    }

    private static void readGraph(CodedInputStream in, List<Port> inputs, List<Port> outputs) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (fieldOf(tag)) {
                case GraphProto.INPUT_FIELD_NUMBER -> inputs.add(readPort(in));
                case GraphProto.OUTPUT_FIELD_NUMBER -> outputs.add(readPort(in));
                default -> in.skipField(tag);
            }
        }
        in.popLimit(outer);
    }

    private static Port readPort(CodedInputStream in) throws IOException {
        ValueInfoProto info = in.readMessage(ValueInfoProto.parser(), ExtensionRegistryLite.getEmptyRegistry());
        List<String> shape = new ArrayList<>();
        for (TensorShapeProto.Dimension dim :
                info.getType().getTensorType().getShape().getDimList()) {
            if (dim.hasDimValue()) {
                shape.add(Long.toString(dim.getDimValue()));
            } else {
                shape.add(dim.getDimParam().isEmpty() ? "?" : dim.getDimParam());
            }
        }
        return new Port(info.getName(), info.getType().getTensorType().getElemType(), List.copyOf(shape));
    }

    private static int fieldOf(int tag) {
        return WireFormat.getTagFieldNumber(tag);
    }
}
