package io.nocturne.inference.bioimage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.proto.OnnxProto.AttributeProto;
import io.nocturne.inference.graph.proto.OnnxProto.GraphProto;
import io.nocturne.inference.graph.proto.OnnxProto.ModelProto;
import io.nocturne.inference.graph.proto.OnnxProto.NodeProto;
import io.nocturne.inference.graph.proto.OnnxProto.TensorProto;
import io.nocturne.inference.graph.proto.OnnxProto.TensorShapeProto;
import io.nocturne.inference.graph.proto.OnnxProto.TypeProto;
import io.nocturne.inference.graph.proto.OnnxProto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A foreign model with a package's processing around it, all in one graph: counts in, counts out.
 *
 * <pre>
 *   image [n,1,y,x] --steps, in order--> axes and type --> the model as it is --> axes, type --steps--> undo --> restored
 *   norm [2] --------------------------------------------------------------------------------------------^
 * </pre>
 *
 * One use.
 */
final class GraphWrap {
    static final String IMAGE = "nocturne.image";
    static final String NORM = "nocturne.norm";
    static final String RESTORED = "nocturne.restored";

    private static final int FLOAT32 = ElementType.FLOAT32.code();
    private static final String OURS = "bcyx";

    private final PackageDescription description;
    private final String where;
    private final List<NodeProto> nodes = new ArrayList<>();
    private final List<TensorProto> constants = new ArrayList<>();
    private int count;

    private GraphWrap(PackageDescription description, String where) {
        this.description = description;
        this.where = where;
    }

    /**
     * A wrapped model.
     *
     * @param model the whole of it
     * @param fixedBatch whether the model takes one tile at a time only
     */
    record Wrapped(ModelProto model, boolean fixedBatch) {}

    /**
     * Wraps a model.
     *
     * @throws ModelException if it isn't the kind of model that the description tells of
     */
    static Wrapped wrap(byte[] onnx, PackageDescription description, String where) throws ModelException {
        try {
            return new GraphWrap(description, where).wrap(ModelProto.parseFrom(onnx));
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(where + " is no ONNX model: " + e.getMessage(), e);
        }
    }

    private Wrapped wrap(ModelProto model) throws ModelException {
        GraphProto inner = model.getGraph();
        Set<String> held = new HashSet<>();
        inner.getInitializerList().forEach(tensor -> held.add(tensor.getName()));
        List<ValueInfoProto> inputs = inner.getInputList().stream()
                .filter(input -> !held.contains(input.getName()))
                .toList();
        if (inputs.size() != 1 || inner.getOutputCount() != 1) {
            throw new ModelException(where + ": models with one input and one output are supported; this has "
                    + inputs.size() + " and " + inner.getOutputCount());
        }
        ValueInfoProto input = inputs.get(0);
        ValueInfoProto output = inner.getOutput(0);
        boolean statistics = statistics();

        String x = IMAGE;
        for (Step step : description.preprocessing()) {
            x = forward(step, x);
        }
        x = transposed(x, OURS, description.axes());
        node("Cast", input.getName(), List.of(x), List.of(number("to", typeOf(input))));
        int preludeEnd = nodes.size();

        String y = cast(output.getName(), FLOAT32);
        y = transposed(y, description.outputAxes(), OURS);
        boolean rescales = false;
        for (Step step : description.postprocessing()) {
            if (step instanceof Step.Statistics) {
                throw new ModelException(where + ": statistics in the postprocessing aren't supported");
            }
            rescales |= step instanceof Step.Linear;
            y = forward(step, y);
        }
        if (rescales && statistics) {
            throw new ModelException(
                    where + ": scale_linear in the postprocessing, after preprocessing with statistics of"
                            + " the image, isn't supported: what comes out couldn't be brought back to counts");
        }
        if (!rescales) {
            for (int i = description.preprocessing().size() - 1; i >= 0; i--) {
                y = undo(description.preprocessing().get(i), y);
            }
        }
        node("Identity", RESTORED, List.of(y), List.of());

        GraphProto.Builder graph = inner.toBuilder().clearNode().clearInput().clearOutput();
        graph.addAllNode(nodes.subList(0, preludeEnd));
        graph.addAllNode(inner.getNodeList());
        graph.addAllNode(nodes.subList(preludeEnd, nodes.size()));
        graph.addAllInitializer(constants);
        inner.getInputList().stream()
                .filter(old -> held.contains(old.getName()))
                .forEach(graph::addInput);
        List<TensorShapeProto.Dimension> dims =
                input.getType().getTensorType().getShape().getDimList();
        boolean fixedBatch = fixed(dims, 'b');
        graph.addInput(port(IMAGE, fixedBatch ? "" : "n", fixedSide(dims, 'y'), fixedSide(dims, 'x')));
        if (statistics) {
            graph.addInput(ValueInfoProto.newBuilder().setName(NORM).setType(tensorType(List.of(dim(2)))));
        }
        graph.addOutput(port(RESTORED, fixedBatch ? "" : "n", 0, 0));
        return new Wrapped(model.toBuilder().setGraph(graph).build(), fixedBatch);
    }

    private boolean statistics() throws ModelException {
        List<Step> steps = description.preprocessing();
        boolean found = false;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Step.Statistics) {
                if (i > 0) {
                    throw new ModelException(where + ": statistics of the image are supported as the first step of the"
                            + " preprocessing only");
                }
                found = true;
            }
        }
        return found;
    }

    private String forward(Step step, String x) {
        if (step instanceof Step.Linear linear) {
            return binary("Add", binary("Mul", x, scalar(linear.gain())), scalar(linear.offset()));
        }
        if (step instanceof Step.Clip clip) {
            return binary("Min", binary("Max", x, scalar(clip.min())), scalar(clip.max()));
        }
        return binary("Div", binary("Sub", x, norm(0)), unit((Step.Statistics) step));
    }

    private String undo(Step step, String y) {
        if (step instanceof Step.Linear linear) {
            return binary("Div", binary("Sub", y, scalar(linear.offset())), scalar(linear.gain()));
        }
        if (step instanceof Step.Clip) {
            return y;
        }
        return binary("Add", binary("Mul", y, unit((Step.Statistics) step)), norm(0));
    }

    private String unit(Step.Statistics step) {
        String spread = step.percentiles() ? binary("Sub", norm(1), norm(0)) : norm(1);
        return binary("Add", spread, scalar(step.eps()));
    }

    private String norm(int i) {
        String index = name();
        constants.add(TensorProto.newBuilder()
                .setName(index)
                .setDataType(ElementType.INT64.code())
                .setRawData(ByteString.copyFrom(ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(0, i)
                        .array()))
                .build());
        return node("Gather", name(), List.of(NORM, index), List.of());
    }

    private String scalar(double value) {
        String scalar = name();
        float nearest = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
        constants.add(TensorProto.newBuilder()
                .setName(scalar)
                .setDataType(FLOAT32)
                .setRawData(ByteString.copyFrom(ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(0, nearest)
                        .array()))
                .build());
        return scalar;
    }

    private String binary(String operator, String a, String b) {
        return node(operator, name(), List.of(a, b), List.of());
    }

    private String cast(String x, int type) {
        return node("Cast", name(), List.of(x), List.of(number("to", type)));
    }

    private String transposed(String x, String from, String to) {
        if (from.equals(to)) {
            return x;
        }
        AttributeProto.Builder order =
                AttributeProto.newBuilder().setName("perm").setType(AttributeProto.AttributeType.INTS);
        to.chars().forEach(axis -> order.addInts(from.indexOf(axis)));
        return node("Transpose", name(), List.of(x), List.of(order.build()));
    }

    private String node(String operator, String result, List<String> inputs, List<AttributeProto> attributes) {
        nodes.add(NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(result)
                .addAllAttribute(attributes)
                .build());
        return result;
    }

    private String name() {
        return "nocturne.wrap." + count++;
    }

    private static AttributeProto number(String name, int value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static int typeOf(ValueInfoProto port) {
        return port.getType().getTensorType().getElemType();
    }

    private boolean fixed(List<TensorShapeProto.Dimension> dims, char axis) {
        int i = description.axes().indexOf(axis);
        return i < dims.size() && dims.get(i).hasDimValue();
    }

    private long fixedSide(List<TensorShapeProto.Dimension> dims, char axis) {
        return fixed(dims, axis) ? dims.get(description.axes().indexOf(axis)).getDimValue() : 0;
    }

    /** An image port; sides of 0 are free. */
    private static ValueInfoProto port(String name, String batch, long height, long width) {
        List<TensorShapeProto.Dimension> dims = new ArrayList<>();
        dims.add(
                batch.isEmpty()
                        ? dim(1)
                        : TensorShapeProto.Dimension.newBuilder()
                                .setDimParam(batch)
                                .build());
        dims.add(dim(1));
        for (long side : new long[] {height, width}) {
            dims.add(side > 0 ? dim(side) : TensorShapeProto.Dimension.getDefaultInstance());
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(tensorType(dims))
                .build();
    }

    private static TensorShapeProto.Dimension dim(long size) {
        return TensorShapeProto.Dimension.newBuilder().setDimValue(size).build();
    }

    private static TypeProto tensorType(List<TensorShapeProto.Dimension> dims) {
        return TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder()
                        .setElemType(FLOAT32)
                        .setShape(TensorShapeProto.newBuilder().addAllDim(dims)))
                .build();
    }
}
