package io.nocturne.config.cli;

import io.nocturne.config.RunConfig;
import io.nocturne.config.report.RunReport;
import io.nocturne.config.yaml.ConfigReader;
import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole thing on this machine: simulated camera, bundled model, disk, a Kafka broker of its own, live view. */
@Command(
        name = "demo",
        description = "Show it all: a simulated camera through the bundled model to disk, Kafka and the live view.")
public final class DemoCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "600",
            description = "Frames to take (${DEFAULT-VALUE}).")
    long frames;

    @Option(names = "--out", paramLabel = "DIR", description = "Run folder, new or empty (a new one in nocturne-runs).")
    Path out;

    @Option(names = "--no-view", description = "No live view.")
    boolean noView;

    @Override
    public Integer call() throws Exception {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("source.simulated.frames", Long.toString(frames));
        if (out != null) {
            overrides.put("run.folder", out.toAbsolutePath().toString());
        }
        if (noView) {
            overrides.put("view.enabled", "false");
        }
        RunConfig config =
                ConfigReader.parse(text(), "demo.yaml", Path.of("").toAbsolutePath(), RunConfig.class, overrides);
        return new DemoConsole(spec.commandLine().getOut()).run(config);
    }

    /** The demo's configuration: what a user's own would look like. */
    static String text() throws IOException {
        try (InputStream in = DemoCommand.class.getResourceAsStream("demo.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Opens the browser where there is a desktop, and keeps the view up until Enter where there is a terminal. */
    private static final class DemoConsole extends RunConsole {
        private final PrintWriter out;
        private boolean viewIsUp;

        DemoConsole(PrintWriter out) {
            super(out);
            this.out = out;
        }

        @Override
        public void shown(URI view) {
            super.shown(view);
            viewIsUp = true;
            try {
                if (!GraphicsEnvironment.isHeadless() && Desktop.isDesktopSupported()) {
                    Desktop.getDesktop().browse(view);
                }
            } catch (IOException | UnsupportedOperationException | SecurityException e) {
                out.println("(Open it in a browser; none could be started from here.)");
            }
        }

        /** Looks instead of reading, so that Ctrl-C ends the wait as well. */
        private void awaitEnter() {
            try {
                while (!stopping() && System.in.available() == 0) {
                    Thread.sleep(100);
                }
            } catch (IOException e) {
                out.println("(No input: the view goes down.)");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void ended(Path folder, RunReport report) {
            super.ended(folder, report);
            if (viewIsUp && !stopping() && Terminal.isInteractive()) {
                out.println("The live view stays up until you press Enter.");
                out.flush();
                awaitEnter();
            }
        }
    }
}
