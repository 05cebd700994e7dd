package io.nocturne.inference.graph;

import com.google.protobuf.ByteString;
import io.nocturne.inference.graph.proto.OnnxProto.AttributeProto;
import io.nocturne.inference.graph.proto.OnnxProto.AttributeProto.AttributeType;
import io.nocturne.inference.graph.proto.OnnxProto.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** A node: its attributes, then its outputs. Asking for the outputs adds it to the graph, once. */
public final class NodeBuilder {
    private final GraphBuilder graph;
    private final String domain;
    private final String operator;
    private final List<Value> inputs;
    private final List<Supplier<AttributeProto.Builder>> attributes = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();

    NodeBuilder(GraphBuilder graph, String domain, String operator, List<Value> inputs) {
        this.graph = graph;
        this.domain = domain;
        this.operator = operator;
        this.inputs = inputs;
    }

    public NodeBuilder set(String attribute, long value) {
        return put(() -> named(attribute, AttributeType.INT).setI(value));
    }

    public NodeBuilder setFloat(String attribute, float value) {
        return put(() -> named(attribute, AttributeType.FLOAT).setF(value));
    }

    public NodeBuilder set(String attribute, String value) {
        return put(() -> named(attribute, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
    }

    public NodeBuilder setInts(String attribute, long... values) {
        List<Long> list = Arrays.stream(values).boxed().toList();
        return put(() -> named(attribute, AttributeType.INTS).addAllInts(list));
    }

    public NodeBuilder setFloats(String attribute, float... values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return put(() -> named(attribute, AttributeType.FLOATS).addAllFloats(list));
    }

    /** Sets a body made with {@link GraphBuilder#body}. */
    public NodeBuilder setGraph(String attribute, GraphBuilder body) {
        return put(() -> named(attribute, AttributeType.GRAPH).setG(GraphWriter.bodyProto(body)));
    }

    /** The only output. */
    public Value out() {
        return outs(1).get(0);
    }

    /** The only output, under a name of one's own. */
    public Value out(String name) {
        return finish(List.of(graph.produce(name, true))).get(0);
    }

    /** The first {@code count} outputs. */
    public List<Value> outs(int count) {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(graph.produce(graph.fresh(operator.toLowerCase(Locale.ROOT)), true));
        }
        return finish(values);
    }

    /** Only the outputs at these positions, ascending; the others are left out. */
    public List<Value> outsAt(int... positions) {
        List<Value> wanted = new ArrayList<>();
        List<Value> all = new ArrayList<>();
        for (int position : positions) {
            if (position < all.size()) {
                throw new GraphException("Node " + operator + ": output positions must ascend");
            }
            while (all.size() < position) {
                all.add(Value.ABSENT);
            }
            Value value = graph.produce(graph.fresh(operator.toLowerCase(Locale.ROOT)), true);
            all.add(value);
            wanted.add(value);
        }
        finish(all);
        return wanted;
    }

    private List<Value> finish(List<Value> values) {
        if (!outputs.isEmpty()) {
            throw new GraphException("Node " + operator + " was added already");
        }
        outputs.addAll(values);
        graph.add(this);
        return values;
    }

    private NodeBuilder put(Supplier<AttributeProto.Builder> attribute) {
        attributes.add(attribute);
        return this;
    }

    private static AttributeProto.Builder named(String attribute, AttributeType type) {
        return AttributeProto.newBuilder().setName(attribute).setType(type);
    }

    NodeProto toProto() {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator);
        for (Value input : inputs) {
            node.addInput(input.name());
        }
        for (Value output : outputs) {
            node.addOutput(output.name());
        }
        node.setName(operator + ":" + outputs.get(outputs.size() - 1).name());
        if (!domain.isEmpty()) {
            node.setDomain(domain);
        }
        for (Supplier<AttributeProto.Builder> attribute : attributes) {
            node.addAttribute(attribute.get());
        }
        return node.build();
    }
}
