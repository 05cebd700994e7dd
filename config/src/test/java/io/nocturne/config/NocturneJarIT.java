package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackReader;
import io.nocturne.stream.stack.TiffWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Starts the jar as a user does, in a process of its own. */
class NocturneJarIT {
    private static final FrameSpec FRAME = new FrameSpec(40, 24, PixelType.UINT16);
    private static final int FRAMES = 30;
    /** Far beyond what anything here takes: a hang fails, a slow machine doesn't. */
    private static final long PATIENCE_MINUTES = 5;

    @TempDir
    Path folder;

    private record Ended(int exit, String out, String err) {}

    /** What happens to a process before it ends by itself. */
    private interface Meanwhile {
        void on(Process process) throws Exception;
    }

    private Ended nocturne(String... arguments) throws Exception {
        return nocturne(process -> {}, arguments);
    }

    private Ended nocturne(Meanwhile meanwhile, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("nocturne.jar")));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            meanwhile.on(process);
            assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES))
                    .as("%s ends; so far it said %s", command, Files.readString(err))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static short pixel(long frame, int at) {
        return (short) (100 + frame * 37 + at * 11 % 4001);
    }

    private Path movie() throws IOException {
        Path file = folder.resolve("movie.tif");
        StreamSpec stream = StreamSpec.movie("movie", FRAME, 0, FRAMES);
        ByteBuffer pixels = ByteBuffer.allocateDirect(FRAME.bytes()).order(ByteOrder.nativeOrder());
        try (TiffWriter tiff = TiffWriter.create(file, Stack.raw(stream), FRAMES)) {
            for (long i = 0; i < FRAMES; i++) {
                for (int at = 0; at < FRAME.pixels(); at++) {
                    pixels.putShort(2 * at, pixel(i, at));
                }
                pixels.rewind();
                tiff.write(i, pixels);
            }
        }
        return file;
    }

    private static void assertHoldsTheMovie(Path stack) throws IOException {
        ByteBuffer pixels = ByteBuffer.allocate(FRAME.bytes()).order(ByteOrder.nativeOrder());
        try (StackReader reader = StackReader.open(stack)) {
            assertThat(reader.frames()).isEqualTo(FRAMES);
            for (long i = 0; i < FRAMES; i++) {
                assertThat(reader.read(i, pixels)).as("frame %d is there", i).isTrue();
                for (int at = 0; at < FRAME.pixels(); at++) {
                    assertThat(pixels.getShort(2 * at))
                            .as("frame %d pixel %d", i, at)
                            .isEqualTo(pixel(i, at));
                }
            }
        }
    }

    private static JsonNode report(Path run) throws IOException {
        return new JsonMapper().readTree(run.resolve("report.json").toFile());
    }

    private static void assertIdentitiesHold(JsonNode report) {
        assertThat(report.path("passes")).isNotEmpty();
        for (JsonNode pass : report.path("passes")) {
            JsonNode f = pass.path("frames");
            long acquired = f.path("acquired").asLong();
            assertThat(f.path("camera").asLong())
                    .isEqualTo(acquired + f.path("lostBefore").asLong());
            assertThat(acquired)
                    .isEqualTo(f.path("restored").asLong()
                            + f.path("rawOnly").asLong()
                            + f.path("failed").asLong()
                            + f.path("passed").asLong());
            if (f.path("rawRecorded").asBoolean()) {
                assertThat(acquired)
                        .isEqualTo(f.path("rawStored").asLong()
                                + f.path("rawNotStored").asLong());
            }
            for (JsonNode s : f.path("sinks")) {
                assertThat(s.path("offered").asLong())
                        .isEqualTo(s.path("delivered").asLong()
                                + s.path("skipped").asLong()
                                + s.path("lost").asLong()
                                + s.path("pending").asLong());
            }
            assertThat(f.path("mismatches")).isEmpty();
        }
    }

    @Test
    void doctorLooksAtThisMachine() throws Exception {
        Ended doctor = nocturne("doctor", "--out", folder.toString());
        assertThat(doctor.out()).contains("Java", "memory", "cores", "disk", "ONNX Runtime", "Kafka");
        assertThat(doctor.err()).isEmpty();
        assertThat(doctor.exit()).isZero();
    }

    @Test
    void noClassOfMicroManagersIsShipped() throws Exception {
        Path jar = Path.of(System.getProperty("nocturne.jar"));
        List<Path> jars = new ArrayList<>(List.of(jar, jar.resolveSibling("lib-mm/nocturne-mm.jar")));
        jars.add(jar.resolveSibling("mmplugins/nocturne-studio-plugin.jar"));
        try (Stream<Path> lib = Files.list(jar.resolveSibling("lib"))) {
            lib.forEach(jars::add);
        }
        for (Path shipped : jars) {
            try (JarFile file = new JarFile(shipped.toFile())) {
                List<String> foreign = file.stream()
                        .map(JarEntry::getName)
                        .filter(name -> name.startsWith("mmcorej/") || name.startsWith("org/micromanager/"))
                        .toList();
                assertThat(foreign).as("in %s", shipped).isEmpty();
                boolean ours = file.getEntry("io/nocturne/acquisition/mm/core/MMCorePort.class") != null;
                assertThat(ours)
                        .as("%s has what is loaded with the user's MMCoreJ.jar", shipped)
                        .isEqualTo(shipped.endsWith("lib-mm/nocturne-mm.jar"));
            }
        }
    }

    @Test
    void thePluginRunsOnMicroManagersJavaAndIsFoundByIt() throws Exception {
        Path plugin =
                Path.of(System.getProperty("nocturne.jar")).resolveSibling("mmplugins/nocturne-studio-plugin.jar");
        try (JarFile jar = new JarFile(plugin.toFile())) {
            for (JarEntry entry :
                    jar.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
                try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
                    in.readInt();
                    assertThat(in.readInt())
                            .as("class file version of %s", entry.getName())
                            .isEqualTo(52);
                }
            }
            JarEntry index = jar.getJarEntry("META-INF/json/org.scijava.plugin.Plugin");
            assertThat(index).as("the index that Micro-Manager reads").isNotNull();
            assertThat(new String(jar.getInputStream(index).readAllBytes(), StandardCharsets.UTF_8))
                    .contains("io.nocturne.acquisition.mm.plugin.NocturnePlugin")
                    .contains("org.micromanager.MenuPlugin");
            assertThat(jar.getEntry("io/nocturne/acquisition/mm/wire/WireWriter.class"))
                    .isNotNull();
        }
    }

    @Test
    void aMissingMicroManagerIsToldWithWhatToDo() throws Exception {
        Path config = folder.resolve("mm.yaml");
        Files.writeString(
                config,
                """
                source:
                  micromanager:
                    home: nowhere
                    devices: [{ label: Camera, adapter: DemoCamera, name: DCam }]
                """);
        Ended ended = nocturne("check", config.toString());
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err()).contains("There is no MMCoreJ.jar in").contains("nowhere");
    }

    @Test
    void modelsListsTheBundledOnes() throws Exception {
        Ended models = nocturne("models");
        assertThat(models.out()).contains("adaptive", "gaussian", "passthrough");
        assertThat(models.exit()).isZero();
    }

    @Test
    void aMisspeltKeyEndsWithTwoItsPlaceAndASuggestion() throws Exception {
        Path config = Files.writeString(folder.resolve("run.yaml"), "source:\n  simulated:\n    widht: 64\n");
        Ended check = nocturne("check", config.toString());
        assertThat(check.exit()).isEqualTo(2);
        assertThat(check.err())
                .contains("run.yaml:3:5: source.simulated.widht: unknown setting; did you mean 'width'?")
                .doesNotContain("\tat ");
    }

    @Test
    void badUsageAndMissingInputEndWithTwo() throws Exception {
        assertThat(nocturne("chekc").exit()).isEqualTo(2);
        assertThat(nocturne().exit()).isEqualTo(2);
        Ended restore = nocturne("restore", "--model", "gaussian", "--in", "nothing.tif", "--out", "o.tif");
        assertThat(restore.exit()).isEqualTo(2);
        assertThat(restore.err()).contains("nothing.tif").doesNotContain("\tat ");
        Ended model = nocturne("restore", "--model", "gausian", "--in", movie().toString(), "--out", "o.tif");
        assertThat(model.exit()).isEqualTo(2);
        assertThat(model.err()).contains("gausian").contains("gaussian");
    }

    @Test
    void checkPrintsThePlanAndStartsNothing() throws Exception {
        Path config = Files.writeString(
                folder.resolve("run.yaml"),
                "source: { replay: { path: movie.tif, pace: 20 fps } }\nview: { enabled: false }\n");
        movie();
        Ended check = nocturne("check", config.toString());
        assertThat(check.exit()).as(check.err()).isZero();
        assertThat(check.out()).contains("raw ring", "off heap", "speed", "disk");
        assertThat(folder.resolve("nocturne-runs")).doesNotExist();
    }

    @Test
    void demoAccountsForEveryFrameAndItsRunVerifies() throws Exception {
        Path run = folder.resolve("demo");
        Ended demo = nocturne("demo", "--frames", "40", "--no-view", "--out", run.toString());
        JsonNode report = report(run);
        assertIdentitiesHold(report);
        JsonNode frames = report.path("passes").path(0).path("frames");
        assertThat(frames.path("camera").asLong()).isEqualTo(40);
        // A machine too busy to take 20 frames/s loses some, and says so; all else must be in order.
        boolean lostNothing = frames.path("lostBefore").asLong() == 0;
        assertThat(demo.exit()).as(demo.out() + demo.err()).isEqualTo(lostNothing ? 0 : 1);
        assertThat(report.path("complete").asBoolean()).isEqualTo(lostNothing);
        assertThat(demo.out()).contains("end-to-end:kafka", "end-to-end:restored-disk");
        assertThat(run.resolve("cam0-0/raw.ome.zarr/zarr.json")).exists();
        assertThat(run.resolve("cam0-0/restored.ome.zarr/zarr.json")).exists();
        assertThat(run.resolve("ledger.ndjson")).isNotEmptyFile();
        assertThat(run.resolve("run.json")).isNotEmptyFile();
        assertThat(run.resolve("log.txt")).isNotEmptyFile();
        assertThat(Files.readString(run.resolve("report.html"))).contains("data:image/png;base64,");
        try (Stream<Path> logs = Files.walk(run.resolve("latency"))) {
            assertThat(logs.filter(p -> p.toString().endsWith(".hlog"))).isNotEmpty();
        }
        Ended verify = nocturne("verify", run.toString());
        assertThat(verify.exit()).as(verify.out() + verify.err()).isZero();
    }

    @Test
    void restoreIntoATiffSkipsNothing() throws Exception {
        Ended restore = nocturne("restore", "--model", "passthrough", "--in", movie().toString(), "--out", "out.tif");
        assertThat(restore.exit()).as(restore.out() + restore.err()).isZero();
        assertHoldsTheMovie(folder.resolve("out.tif"));
        JsonNode report = report(folder.resolve("out-run"));
        assertIdentitiesHold(report);
        assertThat(report.path("passes").path(0).path("frames").path("restored").asLong())
                .isEqualTo(FRAMES);
        Ended again = nocturne("restore", "--model", "passthrough", "--in", "movie.tif", "--out", "out.tif");
        assertThat(again.exit()).isEqualTo(2);
    }

    @Test
    void aRunIsCompletedLaterAndVerifies() throws Exception {
        movie();
        Path config = Files.writeString(
                folder.resolve("run.yaml"),
                """
                run: { folder: run }
                source: { replay: { path: movie.tif, pace: maximal } }
                restore: { model: passthrough, workers: 1, backlog: 0, backfill: never }
                view: { enabled: false }
                """);
        Path run = folder.resolve("run");
        Ended live = nocturne("run", config.toString());
        assertThat(live.exit()).as(live.out() + live.err()).isZero();
        assertHoldsTheMovie(run.resolve("movie-0/raw.ome.zarr"));
        assertIdentitiesHold(report(run));

        Ended completed = nocturne("restore", "--in", run.toString());
        assertThat(completed.exit()).as(completed.out() + completed.err()).isZero();
        assertHoldsTheMovie(run.resolve("movie-0/restored.ome.zarr"));
        assertIdentitiesHold(report(run));
        Ended verify = nocturne("verify", run.toString());
        assertThat(verify.exit()).as(verify.out() + verify.err()).isZero();
        assertThat(nocturne("run", config.toString()).exit())
                .as("a run is never written over")
                .isEqualTo(2);

        damageOneChunk(run.resolve("movie-0/raw.ome.zarr"));
        assertThat(nocturne("verify", run.toString()).exit()).isEqualTo(1);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Java can't ask a Windows process to end, only kill it")
    void aRunThatIsAskedToEndDrainsAndAccountsForEveryFrame() throws Exception {
        Path config = Files.writeString(
                folder.resolve("run.yaml"),
                """
                run: { folder: run }
                source: { simulated: { width: 64, height: 64, rate: 50 fps } }
                view: { enabled: false }
                """);
        Path run = folder.resolve("run");
        Ended ended = nocturne(
                process -> {
                    while (process.isAlive() && ledgerLines(run) < 30) {
                        Thread.sleep(50);
                    }
                    process.destroy();
                },
                "run",
                config.toString());
        JsonNode report = report(run);
        assertIdentitiesHold(report);
        JsonNode frames = report.path("passes").path(0).path("frames");
        assertThat(frames.path("acquired").asLong()).isPositive();
        assertThat(frames.path("rawStored")).isEqualTo(frames.path("acquired"));
        assertThat(ended.exit())
                .as(ended.out() + ended.err())
                .isEqualTo(report.path("complete").asBoolean() ? 0 : 1);
        assertThat(nocturne("verify", run.toString()).exit()).isZero();
    }

    private static long ledgerLines(Path run) throws IOException {
        Path ledger = run.resolve("ledger.ndjson");
        if (!Files.exists(ledger)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(ledger)) {
            return lines.count();
        }
    }

    private static void damageOneChunk(Path zarr) throws IOException {
        Path chunk;
        try (Stream<Path> files = Files.walk(zarr)) {
            chunk = files.filter(f -> f.toString().contains("c")
                            && f.getFileName().toString().matches("\\d+"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(chunk);
        bytes[64] ^= 1; // within the first frame of a shard
        Files.write(chunk, bytes);
    }
}
