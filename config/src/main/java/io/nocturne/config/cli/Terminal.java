package io.nocturne.config.cli;

import java.io.Console;
import java.util.Optional;

/** Whether a person sits in front of the program. */
final class Terminal {
    private Terminal() {}

    /** True if input and output are a terminal. Up to Java 21 the mere presence of a console says so. */
    static boolean isInteractive() {
        Optional<Console> console = Optional.ofNullable(System.console());
        if (console.isEmpty()) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console.get());
        } catch (NoSuchMethodException beforeJava22) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
