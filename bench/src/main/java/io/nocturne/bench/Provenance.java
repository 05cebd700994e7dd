package io.nocturne.bench;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.nocturne.config.host.HostFacts;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a figure is worth nothing without: machine, JVM, commit, load, and the command that gave it. */
final class Provenance {
    private static final long GIT_SECONDS = 5;

    private Provenance() {}

    /** Lines to print above any figure. */
    static List<String> lines(List<String> command) {
        HostFacts host = HostFacts.read();
        List<String> lines = new ArrayList<>();
        lines.add("command  java " + jvmArguments() + "-jar nocturne-bench.jar " + String.join(" ", command));
        lines.add("commit   " + commit());
        lines.add("machine  " + processor() + ", " + host.cores() + " cores, " + gibibytes(host.memoryBytes())
                + " memory; " + host.os());
        lines.add("jvm      " + host.java() + ", " + collector() + ", heap up to " + gibibytes(host.heapLimitBytes())
                + ", direct up to " + gibibytes(host.directLimitBytes()));
        lines.add("load     " + loadAverage() + " at " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
        return lines;
    }

    /** Load average over the last minute, where the system tells. */
    static String loadAverage() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? "not told by this system" : String.format(Locale.ROOT, "%.2f (1 minute average)", load);
    }

    private static String jvmArguments() {
        List<String> arguments = ManagementFactory.getRuntimeMXBean().getInputArguments();
        return arguments.isEmpty() ? "" : String.join(" ", arguments) + " ";
    }

    /** The commit that git tells for the folder of the jar; without git, the version in the manifest. */
    static String commit() {
        String version = Optional.ofNullable(Provenance.class.getPackage().getImplementationVersion())
                .orElse("development");
        return described()
                .map(commit -> commit + " (version " + version + ")")
                .orElse("not known: no git checkout around the jar; version " + version);
    }

    private static Optional<String> described() {
        try {
            Path jar = Path.of(Provenance.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--tags", "--abbrev=12")
                    .directory(jar.getParent().toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text;
            try (InputStream in = git.getInputStream()) {
                text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
            boolean ended = git.waitFor(GIT_SECONDS, TimeUnit.SECONDS);
            return ended && git.exitValue() == 0 && !text.isEmpty() ? Optional.of(text) : Optional.empty();
        } catch (IOException | URISyntaxException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String processor() {
        String windows = System.getenv("PROCESSOR_IDENTIFIER");
        if (windows != null) {
            return windows;
        }
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static String collector() {
        HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        for (String name : List.of("UseG1GC", "UseSerialGC", "UseParallelGC", "UseZGC", "UseShenandoahGC")) {
            try {
                if (Boolean.parseBoolean(vm.getVMOption(name).getValue())) {
                    return name.substring("Use".length());
                }
            } catch (IllegalArgumentException unknownHere) {
                // this JVM was built without that collector
            }
        }
        return "another collector";
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
