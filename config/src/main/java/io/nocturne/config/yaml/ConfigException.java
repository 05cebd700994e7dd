package io.nocturne.config.yaml;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration can't be used; the message lists every mistake found, one a line. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * One mistake.
     *
     * @param source the file's name
     * @param line from 1
     * @param column from 1
     * @param path where in the tree, such as {@code restore.workers}; empty for the whole file
     * @param message what was expected, what was found, what to do
     */
    public record Problem(String source, int line, int column, String path, String message) {
        @Override
        public String toString() {
            return source + ":" + line + ":" + column + ": " + (path.isEmpty() ? "" : path + ": ") + message;
        }
    }

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The mistakes, in the order of the file. */
    public List<Problem> problems() {
        return problems;
    }
}
