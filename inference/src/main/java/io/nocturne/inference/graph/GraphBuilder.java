package io.nocturne.inference.graph;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An ONNX graph under construction: inputs, constants, nodes and outputs, in the order in which they are added. Not safe
 * for use from multiple threads.
 *
 * <p>Every mistake that can be seen while building is a {@link GraphException} at the call that makes it: a name used
 * twice, a value of another graph, a shape that doesn't fit its data. What the operators themselves demand is checked by
 * ONNX Runtime when the model is opened.
 */
public final class GraphBuilder {
    /** ONNX operator set used unless told otherwise: the oldest with LayerNormalization. */
    public static final int DEFAULT_OPSET = 17;

    record Tensor(Value value, ElementType type, List<Long> dims, TensorContent content) {}

    record Port(Value value, ElementType type, Shape shape) {}

    private final String name;
    private final GraphBuilder parent;
    private final Ops ops = new Ops(this);
    private final Set<String> names;
    private final Map<String, Integer> counters;
    private final Map<String, Integer> opsets;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Value> smallConstants = new LinkedHashMap<>();
    private final List<Port> inputs = new ArrayList<>();
    private final List<Port> outputs = new ArrayList<>();
    private final List<Tensor> constants = new ArrayList<>();
    private final List<NodeBuilder> nodes = new ArrayList<>();
    private final Set<Value> renamable = Collections.newSetFromMap(new IdentityHashMap<>());
    private String description = "";
    private int irVersion;

    private GraphBuilder(String name, GraphBuilder parent) {
        this.name = name;
        this.parent = parent;
        this.names = parent == null ? new HashSet<>() : parent.names;
        this.counters = parent == null ? new LinkedHashMap<>() : parent.counters;
        this.opsets = parent == null ? new LinkedHashMap<>(Map.of("", DEFAULT_OPSET)) : parent.opsets;
    }

    /** Starts a graph. */
    public static GraphBuilder named(String name) {
        return new GraphBuilder(name, null);
    }

    /**
     * Starts the body of a node such as Scan or If. It may read this graph's values; names are unique over both.
     */
    public GraphBuilder body(String bodyName) {
        return new GraphBuilder(bodyName, this);
    }

    /** Sets the ONNX operator set; before the first node. */
    public GraphBuilder opset(int version) {
        if (version < 13 || !nodes.isEmpty()) {
            throw new GraphException("Opset " + version + ": at least 13, and set before the first node");
        }
        opsets.put("", version);
        return this;
    }

    /** Declares a custom operator domain, such as {@code com.microsoft}. */
    public GraphBuilder domain(String domain, int version) {
        opsets.put(domain, version);
        return this;
    }

    /** Overrides the file format version that follows from the opset. */
    public GraphBuilder irVersion(int version) {
        irVersion = version;
        return this;
    }

    public GraphBuilder description(String text) {
        description = text;
        return this;
    }

    /** A key and value that travel inside the model file. */
    public GraphBuilder metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    public int opset() {
        return opsets.get("");
    }

    /** Functions for the common operators. */
    public Ops ops() {
        return ops;
    }

    public Value input(String inputName, ElementType type, Shape shape) {
        Value value = declare(inputName);
        inputs.add(new Port(value, type, shape));
        return value;
    }

    /** Makes a value an output of the graph under that name. */
    public GraphBuilder output(String outputName, Value value, ElementType type, Shape shape) {
        check(value, "output " + outputName);
        Value named = value;
        if (renamable.remove(value)) {
            names.add(claim(outputName));
            value.rename(outputName);
        } else {
            named = node("Identity", value).out(outputName);
            renamable.remove(named);
        }
        outputs.add(new Port(named, type, shape));
        return this;
    }

    /** A float32 constant. */
    public Value constant(String constantName, float[] data, long... dims) {
        return constant(constantName, ElementType.FLOAT32, TensorContent.of(data.clone()), dims);
    }

    /** An int64 constant. */
    public Value constant(String constantName, long[] data, long... dims) {
        return constant(constantName, ElementType.INT64, TensorContent.of(data.clone()), dims);
    }

    /**
     * A constant whose elements come from somewhere else, such as a checkpoint, when the model is written.
     *
     * @param content as many bytes as the shape asks for
     * @param dims none for a scalar
     */
    public Value constant(String constantName, ElementType type, TensorContent content, long... dims) {
        long elements = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new GraphException("Constant " + constantName + " has a negative dimension");
            }
            elements = Math.multiplyExact(elements, dim);
        }
        if (content.byteCount() != Math.multiplyExact(elements, (long) type.bytes())) {
            throw new GraphException("Constant " + constantName + " of shape " + Shape.of(dims) + " and type " + type
                    + " needs " + elements * type.bytes() + " bytes, not " + content.byteCount());
        }
        Value value = declare(constantName);
        constants.add(new Tensor(value, type, Arrays.stream(dims).boxed().toList(), content));
        return value;
    }

    /** A float32 scalar; equal scalars are stored once. */
    public Value scalar(float number) {
        Value known = smallConstants.get("f" + Float.floatToRawIntBits(number));
        if (known != null) {
            return known;
        }
        Value value = constant(fresh("scalar"), new float[] {number});
        smallConstants.put("f" + Float.floatToRawIntBits(number), value);
        return value;
    }

    /** A list of int64 numbers, such as axes or a target shape; equal lists are stored once. */
    public Value ints(long... numbers) {
        String key = "i" + Arrays.toString(numbers);
        Value known = smallConstants.get(key);
        if (known != null) {
            return known;
        }
        Value value = constant(fresh("ints"), numbers, numbers.length);
        smallConstants.put(key, value);
        return value;
    }

    /** Starts a node of the standard operators; it joins the graph when its outputs are asked for. */
    public NodeBuilder node(String operator, Value... nodeInputs) {
        return customNode("", operator, nodeInputs);
    }

    /** Starts a node of a custom domain, declared before with {@link #domain}. */
    public NodeBuilder customNode(String domain, String operator, Value... nodeInputs) {
        if (!opsets.containsKey(domain)) {
            throw new GraphException(
                    "Node " + operator + ": domain '" + domain + "' has no version; call domain() first");
        }
        for (Value value : nodeInputs) {
            check(value, "node " + operator);
        }
        return new NodeBuilder(this, domain, operator, List.of(nodeInputs));
    }

    /** The model's bytes; for models that fit memory twice. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new GraphWriter(this).write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("A constant of " + name + " could not be read", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Writes the model, weights inside unless it would pass 2 GiB; then they go to {@code FILE.data} beside it.
     *
     * @return files written, the model first
     */
    public List<Path> write(Path file) throws IOException {
        return new GraphWriter(this).write(file, Long.MAX_VALUE);
    }

    /**
     * Writes the model with every constant of at least that many bytes in {@code FILE.data} beside it.
     *
     * @return files written, the model first
     */
    public List<Path> writeExternal(Path file, long minBytes) throws IOException {
        return new GraphWriter(this).write(file, minBytes);
    }

    /** A name that is free in this graph, from that stem. */
    public String fresh(String stem) {
        String candidate;
        do {
            candidate = stem + "_" + counters.merge(stem, 1, Integer::sum);
        } while (names.contains(candidate));
        return candidate;
    }

    Value produce(String valueName, boolean mayBeRenamed) {
        Value value = declare(valueName);
        if (mayBeRenamed) {
            renamable.add(value);
        }
        return value;
    }

    void add(NodeBuilder node) {
        nodes.add(node);
    }

    private Value declare(String valueName) {
        names.add(claim(valueName));
        return new Value(this, valueName);
    }

    private String claim(String valueName) {
        if (valueName.isEmpty() || names.contains(valueName)) {
            throw new GraphException("Graph " + name + ": the name '" + valueName + "' is empty or used twice");
        }
        return valueName;
    }

    private void check(Value value, String where) {
        if (value == Value.ABSENT) {
            return;
        }
        for (GraphBuilder scope = this; scope != null; scope = scope.parent) {
            if (scope == value.graph()) {
                return;
            }
        }
        throw new GraphException("Graph " + name + ", " + where + ": the value " + value + " belongs to another graph");
    }

    String name() {
        return name;
    }

    String descriptionText() {
        return description;
    }

    List<Port> inputPorts() {
        return inputs;
    }

    List<Port> outputPorts() {
        return outputs;
    }

    List<Tensor> constantTensors() {
        return constants;
    }

    List<NodeBuilder> nodeList() {
        return nodes;
    }

    Map<String, String> metadataEntries() {
        return metadata;
    }

    Map<String, Integer> opsetImports() {
        return opsets;
    }

    /** File format version: what the opset came with. */
    int effectiveIrVersion() {
        if (irVersion != 0) {
            return irVersion;
        }
        int version = opset();
        return version <= 18 ? 8 : version <= 20 ? 9 : 10;
    }
}
