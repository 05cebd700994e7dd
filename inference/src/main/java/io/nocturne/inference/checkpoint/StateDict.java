package io.nocturne.inference.checkpoint;

import java.util.List;
import java.util.Optional;

/** Parameters of a network by name, as PyTorch's {@code state_dict()} holds them. Immutable. */
public interface StateDict {
    /** Names in the order in which they are stored. */
    List<String> names();

    /** The parameter of that name, if there is one. */
    Optional<Parameter> find(String name);

    /** Where it comes from, for messages: a file name. */
    String source();
}
