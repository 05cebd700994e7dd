package io.nocturne.inference.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parameters of a network by name, as PyTorch's {@code state_dict()} holds them. Immutable. */
public interface StateDict {
    /** Names in the order in which they are stored. */
    List<String> names();

    /** The parameter of that name, if there is one. */
    Optional<Parameter> find(String name);

    /** Where it comes from, for messages: a file name. */
    String source();

    /**
     * Parameters that are at hand, in that order.
     *
     * @throws IllegalArgumentException if two have one name
     */
    static StateDict of(String source, List<Parameter> parameters) {
        Map<String, Parameter> byName = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            if (byName.put(parameter.name(), parameter) != null) {
                throw new IllegalArgumentException(source + " names " + parameter.name() + " twice");
            }
        }
        return new Listed(source, Collections.unmodifiableMap(byName));
    }

    /** A state dict that holds its parameters. */
    record Listed(String source, Map<String, Parameter> byName) implements StateDict {
        @Override
        public List<String> names() {
            return List.copyOf(byName.keySet());
        }

        @Override
        public Optional<Parameter> find(String name) {
            return Optional.ofNullable(byName.get(name));
        }

        @Override
        public String toString() {
            return source + ", " + byName.size() + " parameters";
        }
    }
}
