package io.nocturne.inference.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.nocturne.inference.graph.proto.OnnxProto.GraphProto;
import io.nocturne.inference.graph.proto.OnnxProto.ModelProto;
import io.nocturne.inference.graph.proto.OnnxProto.OperatorSetIdProto;
import io.nocturne.inference.graph.proto.OnnxProto.StringStringEntryProto;
import io.nocturne.inference.graph.proto.OnnxProto.TensorProto;
import io.nocturne.inference.graph.proto.OnnxProto.TensorShapeProto;
import io.nocturne.inference.graph.proto.OnnxProto.TypeProto;
import io.nocturne.inference.graph.proto.OnnxProto.ValueInfoProto;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Serialises a graph, field by field around its weights: their bytes go from their source straight into the stream. The
 * layout is that of {@code onnx.proto}; a reader sees no difference to an ordinary protobuf message.
 */
final class GraphWriter {
    /** Protobuf messages end at 2 GiB; the margin is for everything that isn't a weight. */
    private static final long INLINE_LIMIT = Integer.MAX_VALUE - (64L << 20);

    private static final int ALIGNMENT = 4096;

    private final GraphBuilder graph;

    GraphWriter(GraphBuilder graph) {
        if (graph.outputPorts().isEmpty()) {
            throw new GraphException("Graph " + graph.name() + " has no output");
        }
        this.graph = graph;
    }

    void write(OutputStream out) throws IOException {
        writeModel(out, inlineTensors());
    }

    List<Path> write(Path file, long externalFrom) throws IOException {
        long total = 0;
        for (GraphBuilder.Tensor tensor : graph.constantTensors()) {
            total += tensor.content().byteCount();
        }
        long threshold = total > INLINE_LIMIT ? Math.min(externalFrom, 1024) : externalFrom;
        List<Path> files = new ArrayList<>();
        files.add(file);
        List<Prepared> tensors = inlineTensors();
        if (tensors.stream().anyMatch(tensor -> tensor.inlineBytes() >= threshold)) {
            Path data = file.resolveSibling(file.getFileName() + ".data");
            tensors = externalTensors(data, threshold);
            files.add(data);
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            writeModel(out, tensors);
        }
        return files;
    }

    /** A constant's message without its bytes, and the bytes if they follow inside. */
    private record Prepared(TensorProto head, TensorContent content) {
        long inlineBytes() {
            return content == null ? 0 : content.byteCount();
        }

        long size() {
            long size = head.getSerializedSize();
            if (content != null) {
                size += CodedOutputStream.computeTagSize(TensorProto.RAW_DATA_FIELD_NUMBER)
                        + CodedOutputStream.computeUInt64SizeNoTag(content.byteCount())
                        + content.byteCount();
            }
            return size;
        }
    }

    private List<Prepared> inlineTensors() {
        List<Prepared> prepared = new ArrayList<>();
        for (GraphBuilder.Tensor tensor : graph.constantTensors()) {
            prepared.add(new Prepared(head(tensor).build(), tensor.content()));
        }
        return prepared;
    }

    private List<Prepared> externalTensors(Path data, long threshold) throws IOException {
        List<Prepared> prepared = new ArrayList<>();
        long offset = 0;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(data), 1 << 16)) {
            for (GraphBuilder.Tensor tensor : graph.constantTensors()) {
                long bytes = tensor.content().byteCount();
                if (bytes < threshold) {
                    prepared.add(new Prepared(head(tensor).build(), tensor.content()));
                    continue;
                }
                int padding = (int) (-offset & (ALIGNMENT - 1));
                out.write(new byte[padding]);
                offset += padding;
                TensorProto.Builder head = head(tensor).setDataLocation(TensorProto.DataLocation.EXTERNAL);
                head.addExternalData(entry("location", data.getFileName().toString()));
                head.addExternalData(entry("offset", Long.toString(offset)));
                head.addExternalData(entry("length", Long.toString(bytes)));
                prepared.add(new Prepared(head.build(), null));
                tensor.content().writeTo(out);
                offset += bytes;
            }
        }
        return prepared;
    }

    private void writeModel(OutputStream stream, List<Prepared> tensors) throws IOException {
        ModelProto head = ModelProto.newBuilder()
                .setIrVersion(graph.effectiveIrVersion())
                .setProducerName("nocturne")
                .setModelVersion(1)
                .setDocString(graph.descriptionText())
                .build();
        ModelProto.Builder tail = ModelProto.newBuilder();
        for (Map.Entry<String, Integer> opset : graph.opsetImports().entrySet()) {
            tail.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(opset.getKey()).setVersion(opset.getValue()));
        }
        for (Map.Entry<String, String> property : graph.metadataEntries().entrySet()) {
            tail.addMetadataProps(entry(property.getKey(), property.getValue()));
        }
        GraphProto.Builder nodes = GraphProto.newBuilder().setName(graph.name());
        addNodes(graph, nodes);
        GraphProto nodePart = nodes.build();
        GraphProto.Builder ports = GraphProto.newBuilder();
        addPorts(graph, ports);
        GraphProto portPart = ports.build();

        long size = (long) nodePart.getSerializedSize() + portPart.getSerializedSize();
        for (Prepared tensor : tensors) {
            long length = tensor.size();
            size += CodedOutputStream.computeTagSize(GraphProto.INITIALIZER_FIELD_NUMBER)
                    + CodedOutputStream.computeUInt64SizeNoTag(length)
                    + length;
        }
        if (size > Integer.MAX_VALUE - (1L << 20)) {
            throw new GraphException("Graph " + graph.name() + " is " + size
                    + " bytes, more than the 2 GiB of one ONNX file: write it with its weights in a data file");
        }
        CodedOutputStream out = CodedOutputStream.newInstance(stream, 1 << 16);
        head.writeTo(out);
        out.writeTag(ModelProto.GRAPH_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt64NoTag(size);
        nodePart.writeTo(out);
        for (Prepared tensor : tensors) {
            out.writeTag(GraphProto.INITIALIZER_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt64NoTag(tensor.size());
            tensor.head().writeTo(out);
            if (tensor.content() != null) {
                out.writeTag(TensorProto.RAW_DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt64NoTag(tensor.content().byteCount());
                out.flush();
                tensor.content().writeTo(stream);
            }
        }
        portPart.writeTo(out);
        tail.build().writeTo(out);
        out.flush();
    }

    /** The whole message of a node's body, its constants included. */
    static GraphProto bodyProto(GraphBuilder body) {
        GraphProto.Builder proto = GraphProto.newBuilder().setName(body.name());
        addNodes(body, proto);
        for (GraphBuilder.Tensor tensor : body.constantTensors()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                tensor.content().writeTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("Constant " + tensor.value() + " could not be read", e);
            }
            proto.addInitializer(head(tensor).setRawData(ByteString.copyFrom(bytes.toByteArray())));
        }
        addPorts(body, proto);
        return proto.build();
    }

    private static void addNodes(GraphBuilder graph, GraphProto.Builder proto) {
        for (NodeBuilder node : graph.nodeList()) {
            proto.addNode(node.toProto());
        }
    }

    private static void addPorts(GraphBuilder graph, GraphProto.Builder proto) {
        for (GraphBuilder.Port port : graph.inputPorts()) {
            proto.addInput(valueInfo(port));
        }
        for (GraphBuilder.Port port : graph.outputPorts()) {
            proto.addOutput(valueInfo(port));
        }
    }

    private static TensorProto.Builder head(GraphBuilder.Tensor tensor) {
        TensorProto.Builder head = TensorProto.newBuilder()
                .setName(tensor.value().name())
                .setDataType(tensor.type().code());
        for (long dim : tensor.dims()) {
            head.addDims(dim);
        }
        return head;
    }

    private static ValueInfoProto valueInfo(GraphBuilder.Port port) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String dim : port.shape().dims()) {
            TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
            if (Shape.isNumber(dim)) {
                dimension.setDimValue(Long.parseLong(dim));
            } else {
                dimension.setDimParam(dim);
            }
            shape.addDim(dimension);
        }
        return ValueInfoProto.newBuilder()
                .setName(port.value().name())
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(port.type().code())
                                .setShape(shape)))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
