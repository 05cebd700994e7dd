package io.nocturne.config.cli;

import io.nocturne.acquisition.mm.CameraPort;
import io.nocturne.acquisition.mm.CoreHome;
import io.nocturne.acquisition.mm.CoreLoader;
import io.nocturne.config.host.DiskProbe;
import io.nocturne.config.host.HostFacts;
import io.nocturne.config.host.ParkGranularity;
import io.nocturne.config.units.ByteSize;
import io.nocturne.config.units.Span;
import io.nocturne.inference.onnx.Accelerators;
import io.nocturne.stream.spi.SourceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks at everything a run leans on and says what is well, what is not, and what to do. */
@Command(
        name = "doctor",
        description = "Look at Java, memory, disk, model runtime, Micro-Manager and Kafka, and say what to do.")
public final class DoctorCommand implements Callable<Integer> {
    private static final int CONNECT_MILLIS = 2000;
    private static final long LITTLE_SPACE = 10L << 30;

    @Spec
    CommandSpec spec;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = ".", description = "Folder whose disk is tried.")
    Path out;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "Brokers to try to reach; without it, none.")
    List<String> brokers = List.of();

    @Option(
            names = "--mm-home",
            paramLabel = "DIR",
            description = "Folder of Micro-Manager; without it, where it is usually found.")
    Path microManager;

    private boolean failed;

    @Override
    public Integer call() {
        java();
        memory();
        cores();
        park();
        disk();
        models();
        microManager();
        kafka();
        spec.commandLine().getOut().flush();
        return failed ? CommandErrors.FAILED : 0;
    }

    private void java() {
        HostFacts host = HostFacts.read();
        tell("ok", "Java", host.java() + " on " + host.os());
    }

    private void memory() {
        HostFacts host = HostFacts.read();
        String limits = ByteSize.about(host.memoryBytes()) + " in this machine; heap up to "
                + ByteSize.about(host.heapLimitBytes()) + ", frames and tensors up to "
                + ByteSize.about(host.directLimitBytes());
        boolean little = host.directLimitBytes() < 512L << 20;
        tell(little ? "warn" : "ok", "memory", limits + (little ? "; more: java -XX:MaxDirectMemorySize=2g" : ""));
    }

    private void cores() {
        int cores = HostFacts.read().cores();
        tell(cores < 2 ? "warn" : "ok", "cores", cores + (cores < 2 ? "; a run wants two at least" : ""));
    }

    private void park() {
        ParkGranularity park = ParkGranularity.measure();
        tell(
                "ok",
                "timer",
                "a pause of " + Span.about(park.askedNanos()) + " takes " + Span.about(park.medianNanos())
                        + " (worst " + Span.about(park.worstNanos()) + ")"
                        + (park.isCoarse() ? "; coarse, so waiting threads block on a signal" : ""));
    }

    private void disk() {
        try {
            DiskProbe disk = DiskProbe.measure(out);
            boolean little = disk.freeBytes() < LITTLE_SPACE;
            tell(
                    little ? "warn" : "ok",
                    "disk",
                    ByteSize.about(disk.freeBytes()) + " free at "
                            + out.toAbsolutePath().normalize() + ", writes "
                            + ByteSize.about((long) disk.bytesPerSecond()) + "/s"
                            + (little ? "; a camera fills that soon, name another disk with run.parent" : ""));
        } catch (IOException e) {
            tell("fail", "disk", CommandErrors.sentence(e) + "; name a folder that can be written with --out");
        }
    }

    private void models() {
        try {
            tell("ok", "ONNX Runtime", Accelerators.runtimeVersion() + ", runs models on the CPU");
            List<Accelerators.Status> providers = Accelerators.probe();
            for (Accelerators.Status status : providers) {
                String finding = status.problem().orElse("can be used: name it in restore.devices");
                tell(
                        status.problem().isPresent() ? "--" : "ok",
                        status.provider().title(),
                        finding);
            }
            if (providers.stream().allMatch(status -> status.problem().isPresent())) {
                tell(
                        "--",
                        "GPU",
                        "none can be used, so nothing was tried of: results on a GPU, half precision and TF32, memory"
                                + " limits, building and keeping TensorRT's engines");
            }
        } catch (LinkageError e) {
            tell(
                    "fail",
                    "ONNX Runtime",
                    "can't be loaded (" + e.getMessage() + "); is lib/onnxruntime.jar whole,"
                            + " and this a 64-bit Linux, macOS or Windows?");
        }
    }

    private void microManager() {
        CoreHome home;
        try {
            home = CoreHome.find(Optional.ofNullable(microManager));
        } catch (SourceException e) {
            tell(microManager == null ? "--" : "fail", "Micro-Manager", e.getMessage());
            return;
        }
        try (CameraPort core = CoreLoader.open(home)) {
            tell("ok", "Micro-Manager", core.version() + ", in " + home.home());
        } catch (SourceException e) {
            tell("fail", "Micro-Manager", e.getMessage());
        }
    }

    private void kafka() {
        if (brokers.isEmpty()) {
            tell("--", "Kafka", "no broker asked for; try one with --kafka HOST:PORT (the demo brings its own)");
        }
        for (String broker : brokers) {
            int colon = broker.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                int port = Integer.parseInt(broker.substring(colon + 1));
                socket.connect(new InetSocketAddress(broker.substring(0, Math.max(0, colon)), port), CONNECT_MILLIS);
                tell("ok", "Kafka", broker + " accepts connections");
            } catch (NumberFormatException e) {
                tell("fail", "Kafka", "'" + broker + "' is not HOST:PORT");
            } catch (IOException e) {
                tell("fail", "Kafka", broker + " can't be reached (" + e.getMessage() + "); is the broker up?");
            }
        }
    }

    private void tell(String state, String what, String finding) {
        failed |= state.equals("fail");
        PrintWriter print = spec.commandLine().getOut();
        print.printf("%-5s %-14s %s%n", state, what, finding);
    }
}
