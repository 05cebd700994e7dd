package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However a program ends that has the shutter open: it is closed. Real programs, really ended. */
@Timeout(120)
public class LightEndsTest {
    /** More of the command line of the program. */
    protected List<String> options() {
        return List.of();
    }

    @Test
    void ofItself() throws Exception {
        assertThat(movesUntilEnd("return", "")).containsExactly(LitProgram.OPEN, LitProgram.SHUT);
    }

    @Test
    void byAnErrorThatNobodyCatches() throws Exception {
        assertThat(movesUntilEnd("throw", "")).containsExactly(LitProgram.OPEN, LitProgram.SHUT);
    }

    @Test
    void bySystemExit() throws Exception {
        assertThat(movesUntilEnd("exit", "")).containsExactly(LitProgram.OPEN, LitProgram.SHUT);
    }

    @Test
    void byARequestToTerminate() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "Windows can't ask a process to end");
        assertThat(movesUntilEnd("wait", "TERM")).containsExactly(LitProgram.OPEN, LitProgram.SHUT);
    }

    @Test
    void byCtrlC() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "Windows can't ask a process to end");
        assumeFalse(interruptsAreIgnored(), "this was started where Ctrl-C is ignored, and so are its programs");
        assertThat(movesUntilEnd("wait", "INT")).containsExactly(LitProgram.OPEN, LitProgram.SHUT);
    }

    /** What a shell without job control starts in the background ignores Ctrl-C, and hands that on. */
    private static boolean interruptsAreIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    /** Moves of the shutter of a program that ends so, and is sent that signal once frames come. */
    private List<String> movesUntilEnd(String end, String signal) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path")));
        command.addAll(options());
        command.addAll(List.of(LitProgram.class.getName(), end));
        Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader said = program.inputReader(StandardCharsets.UTF_8)) {
            List<String> moves = new ArrayList<>();
            List<String> all = new ArrayList<>();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                all.add(line);
                if (line.startsWith("shutter")) {
                    moves.add(line);
                } else if (line.equals(LitProgram.LIT) && !signal.isEmpty()) {
                    new ProcessBuilder("kill", "-" + signal, Long.toString(program.pid()))
                            .start()
                            .waitFor();
                }
            }
            assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(program.exitValue())
                    .as("ended as it was to, by no crash in %s", all)
                    .isIn(0, 3, 128 + 2, 128 + 15);
            assertThat(moves).as("moves of the shutter in%n%s", all).isNotEmpty();
            return moves;
        } finally {
            program.destroyForcibly();
        }
    }
}
