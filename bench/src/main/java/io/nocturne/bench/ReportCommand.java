package io.nocturne.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Every benchmark, one after the other, into one Markdown file. */
@Command(name = "report", description = "Runs every benchmark in a short form, or in full, and writes a Markdown file.")
public final class ReportCommand implements Callable<Integer> {
    private static final List<String> SHORT = List.of(
            "load --preset 512 --seconds 5 --warm-up 3",
            "load --preset 2048 --seconds 5 --warm-up 3",
            "handover --rounds 3",
            "overload --seconds 10",
            "slow-worker --seconds 5",
            "allocation --seconds 5 --warm-up 10",
            "kill --times 3",
            "disk --rounds 3",
            "quality --every 6 --seeds 10",
            "otf --seeds 1",
            "tiling",
            "unifmir --rounds 1 --size 128");

    private static final List<String> FULL = List.of(
            "load --preset 512",
            "load --preset 2048",
            "handover",
            "overload",
            "slow-worker",
            "allocation",
            "kill",
            "disk",
            "quality",
            "otf",
            "tiling",
            "unifmir --size 128,256",
            "jmh");

    @Option(names = "--out", defaultValue = "bench-report.md", description = "The file; must not exist.")
    Path out;

    @Option(names = "--full", description = "Everything at full length: about half an hour.")
    boolean full;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Files.createFile(out);
        StringWriter report = new StringWriter();
        report.write("# Nocturne bench report\n");
        List<String> failed = new ArrayList<>();
        for (String command : full ? FULL : SHORT) {
            report.write("\n## " + command + "\n\n```\n");
            PrintWriter both =
                    new PrintWriter(new Tee(report, spec.commandLine().getOut()), true);
            int exit = Main.run(Main.commandLine().setOut(both), command.split(" ", -1));
            if (exit != 0) {
                failed.add(command);
            }
            report.write("```\n");
            Files.writeString(
                    out,
                    report + "\n" + (failed.isEmpty() ? "No bar missed." : "Missed in: " + failed) + "\n",
                    StandardCharsets.UTF_8);
        }
        spec.commandLine().getOut().println("Report: " + out.toAbsolutePath());
        return failed.isEmpty() ? 0 : 1;
    }

    /** Writes to two writers. */
    private static final class Tee extends Writer {
        private final Writer first;
        private final Writer second;

        Tee(Writer first, Writer second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public void write(char[] text, int from, int count) throws IOException {
            first.write(text, from, count);
            second.write(text, from, count);
        }

        @Override
        public void flush() throws IOException {
            first.flush();
            second.flush();
        }

        @Override
        public void close() {}
    }
}
