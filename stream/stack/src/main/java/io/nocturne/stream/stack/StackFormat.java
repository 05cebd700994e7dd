package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What a run's stacks are stored as, with everything that may be chosen about it. Immutable. */
public interface StackFormat {
    /** Why this format can't hold such a stack, and what to do; empty if it can. */
    default Optional<String> refusal(Stack stack) {
        return Optional.empty();
    }

    /** Where an epoch's raw frames go. */
    Path raw(RunFolder run, String stream, int epoch);

    /** Where an epoch's products go. */
    Path restored(RunFolder run, String stream, int epoch);

    /**
     * Creates a stack.
     *
     * @throws StackException if something is there already
     */
    RecordedStackWriter create(Path path, Stack stack) throws IOException;

    /**
     * Opens a stack to add frames or to fill its holes.
     *
     * @throws StackException if it does not hold what {@code stack} says
     */
    RecordedStackWriter append(Path path, Stack stack) throws IOException;
}
