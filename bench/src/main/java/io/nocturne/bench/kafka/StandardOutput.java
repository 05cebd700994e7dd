package io.nocturne.bench.kafka;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What a program says that knows no other way. */
final class StandardOutput {
    /** A program's main. */
    interface Program {
        void run() throws Exception;
    }

    private StandardOutput() {}

    /** Runs it; nothing else must print meanwhile. */
    static String of(Program program) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}
