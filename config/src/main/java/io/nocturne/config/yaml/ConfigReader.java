package io.nocturne.config.yaml;

import io.nocturne.config.yaml.ConfigException.Problem;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads a YAML configuration into a record. Relative paths are taken from the file's own folder. */
public final class ConfigReader {
    /** Where values from outside the file stand. */
    private static final Mark START = new Mark("", 0, 0, 0, new int[0], 0);

    private ConfigReader() {}

    /**
     * Reads a file.
     *
     * @param type the record to fill; see {@link Setting}
     * @throws ConfigException if anything in it is wrong; it lists every mistake
     * @throws IOException if the file can't be read
     */
    public static <T extends Record> T read(Path file, Class<T> type) throws ConfigException, IOException {
        Path folder = file.toAbsolutePath().getParent();
        return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString(), folder, type, Map.of());
    }

    /**
     * Reads a text.
     *
     * @param source name of the text in messages
     * @param folder what relative paths start from
     * @param overrides values that replace those of the text, by path, such as {@code source.simulated.frames}
     * @throws ConfigException if anything in it is wrong; it lists every mistake
     */
    public static <T extends Record> T parse(
            String text, String source, Path folder, Class<T> type, Map<String, String> overrides)
            throws ConfigException {
        List<Problem> problems = new ArrayList<>();
        MappingNode root = compose(text, source, problems);
        if (root != null) {
            overrides.forEach((path, value) -> override(root, path, value));
            T value = new RecordBinder(source, folder, problems).bind(root, type);
            if (problems.isEmpty()) {
                return value;
            }
        }
        problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        throw new ConfigException(problems);
    }

    private static MappingNode compose(String text, String source, List<Problem> problems) {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        try {
            Node node = yaml.compose(new StringReader(text));
            if (node == null) {
                return RecordBinder.emptySection(START);
            }
            if (node instanceof MappingNode mapping) {
                return mapping;
            }
            problems.add(new Problem(source, 1, 1, "", "expected settings such as 'source:', found something else"));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            int line = mark == null ? 1 : mark.getLine() + 1;
            int column = mark == null ? 1 : mark.getColumn() + 1;
            String context = e.getContext() == null ? "" : " " + e.getContext();
            problems.add(new Problem(source, line, column, "", "not valid YAML: " + e.getProblem() + context));
        }
        return null;
    }

    private static void override(MappingNode root, String path, String value) {
        MappingNode at = root;
        String[] keys = path.split("\\.", -1);
        for (int i = 0; i < keys.length - 1; i++) {
            at = section(at, keys[i]);
        }
        String last = keys[keys.length - 1];
        at.getValue().removeIf(tuple -> isKey(tuple, last));
        at.getValue().add(new NodeTuple(scalar(last), scalar(value)));
    }

    private static MappingNode section(MappingNode parent, String key) {
        for (NodeTuple tuple : parent.getValue()) {
            if (isKey(tuple, key) && tuple.getValueNode() instanceof MappingNode mapping) {
                return mapping;
            }
        }
        parent.getValue().removeIf(tuple -> isKey(tuple, key));
        MappingNode mapping = RecordBinder.emptySection(START);
        parent.getValue().add(new NodeTuple(scalar(key), mapping));
        return mapping;
    }

    private static boolean isKey(NodeTuple tuple, String key) {
        return tuple.getKeyNode() instanceof ScalarNode scalar
                && scalar.getValue().equals(key);
    }

    private static ScalarNode scalar(String value) {
        return new ScalarNode(Tag.STR, value, START, START, ScalarStyle.PLAIN);
    }
}
