package io.nocturne.config.yaml;

import io.nocturne.config.yaml.ConfigException.Problem;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Walks records and YAML nodes side by side. A component that can't be read leaves a problem behind and the walk goes
 * on; a record is made only if all of its components could be read. One use, one thread.
 */
final class RecordBinder {
    private final String source;
    private final Scalars scalars;
    private final List<Problem> problems;
    private Class<?> rootType;

    RecordBinder(String source, Path folder, List<Problem> problems) {
        this.source = source;
        this.scalars = new Scalars(folder);
        this.problems = problems;
    }

    /** Reads the whole file; null if that left problems. */
    <T extends Record> T bind(MappingNode root, Class<T> type) {
        rootType = type;
        return type.cast(record(root, type, ""));
    }

    private Object record(MappingNode node, Class<?> type, String path) {
        int before = problems.size();
        RecordComponent[] components = type.getRecordComponents();
        Map<String, Node> children = children(node, components, path);
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = component(components[i], children.get(components[i].getName()), node, path);
        }
        return problems.size() > before ? null : construct(type, components, values, node, path);
    }

    private Map<String, Node> children(MappingNode node, RecordComponent[] components, String path) {
        List<String> known =
                Arrays.stream(components).map(RecordComponent::getName).toList();
        Map<String, Node> children = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Node keyNode = tuple.getKeyNode();
            String key = keyNode instanceof ScalarNode scalar ? scalar.getValue() : "?";
            if (!known.contains(key)) {
                problem(keyNode, join(path, key), Suggestion.forUnknownKey(key, known, rootType));
            } else if (children.put(key, tuple.getValueNode()) != null) {
                problem(keyNode, join(path, key), "is given twice; keep one");
            }
        }
        return children;
    }

    private Object component(RecordComponent component, Node node, MappingNode parent, String path) {
        Setting setting = component.getAnnotation(Setting.class);
        String here = join(path, component.getName());
        if (node != null) {
            return value(node, component.getGenericType(), setting, here);
        }
        Class<?> type = component.getType();
        if (type == Optional.class) {
            return Optional.empty();
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == List.class) {
            return List.of();
        }
        if (type.isRecord() && !Scalars.reads(type)) {
            return record(emptySection(parent.getStartMark()), type, here);
        }
        if (setting.byDefault().isEmpty()) {
            problem(parent, here, "is missing; " + setting.value());
            return null;
        }
        return scalars.parse(setting.byDefault(), type);
    }

    private Object value(Node node, Type generic, Setting setting, String path) {
        if (generic instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            if (parameterized.getRawType() == Optional.class) {
                return Optional.ofNullable(value(node, arguments[0], setting, path));
            }
            return parameterized.getRawType() == Map.class
                    ? map(node, arguments[1], setting, path)
                    : list(node, arguments[0], setting, path);
        }
        Class<?> type = (Class<?>) generic;
        if (Scalars.reads(type)) {
            return scalar(node, type, setting, path);
        }
        if (node instanceof MappingNode mapping) {
            return record(mapping, type, path);
        }
        if (isEmpty(node)) {
            return record(emptySection(node.getStartMark()), type, path);
        }
        problem(node, path, "expected settings below it, found " + describe(node));
        return null;
    }

    private Map<String, Object> map(Node node, Type valueType, Setting setting, String path) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            problem(node, path, "expected 'name: value' lines, found " + describe(node));
            return values;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            if (values.containsKey(key)) {
                problem(tuple.getKeyNode(), join(path, key), "is given twice; keep one");
            }
            values.put(key, value(tuple.getValueNode(), valueType, setting, join(path, key)));
        }
        return values;
    }

    private List<Object> list(Node node, Type elementType, Setting setting, String path) {
        List<Object> values = new ArrayList<>();
        if (!(node instanceof SequenceNode sequence)) {
            problem(node, path, "expected a list, such as [a, b], found " + describe(node));
            return values;
        }
        for (Node element : sequence.getValue()) {
            values.add(value(element, elementType, setting, path + "[" + values.size() + "]"));
        }
        return values;
    }

    private Object scalar(Node node, Class<?> type, Setting setting, String path) {
        if (!(node instanceof ScalarNode scalar)) {
            problem(node, path, "expected " + scalars.describe(type) + ", found " + describe(node));
            return null;
        }
        if (isEmpty(node)) {
            problem(node, path, "has no value; give one or delete the line");
            return null;
        }
        if (type == String.class && scalar.isPlain() && !scalar.getTag().equals(Tag.STR)) {
            problem(
                    node,
                    path,
                    "expected text, found " + describe(node) + "; put it in quotes: \"" + scalar.getValue() + "\"");
            return null;
        }
        try {
            Object value = scalars.parse(scalar.getValue(), type);
            scalars.checkRange(value, type, setting);
            return value;
        } catch (IllegalArgumentException e) {
            problem(node, path, e.getMessage());
            return null;
        }
    }

    private Object construct(
            Class<?> type, RecordComponent[] components, Object[] values, MappingNode node, String path) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException mismatch) {
                problem(node, path, mismatch.getMessage());
                return null;
            }
            throw new IllegalStateException("Could not make " + type.getName(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Could not make " + type.getName(), e);
        }
    }

    private void problem(Node node, String path, String message) {
        Mark mark = node.getStartMark();
        problems.add(new Problem(source, mark.getLine() + 1, mark.getColumn() + 1, path, message));
    }

    /** A section without any setting in it, standing at that place. */
    static MappingNode emptySection(Mark at) {
        return new MappingNode(Tag.MAP, true, new ArrayList<>(), at, at, FlowStyle.BLOCK);
    }

    private static boolean isEmpty(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static String describe(Node node) {
        if (node instanceof ScalarNode scalar) {
            Tag tag = scalar.getTag();
            String kind = tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? "the number " : "";
            return isEmpty(node) ? "nothing" : kind + "'" + scalar.getValue() + "'";
        }
        return node instanceof SequenceNode ? "a list" : "settings below it";
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
