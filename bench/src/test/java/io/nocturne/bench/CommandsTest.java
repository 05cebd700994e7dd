package io.nocturne.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands on tiny sizes: what they compute, not how fast. */
@Timeout(60)
class CommandsTest {
    private final StringWriter out = new StringWriter();

    private int run(String command) {
        return Main.run(
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(out)), command.split(" ", -1));
    }

    @Test
    void everyCommandTellsOfItsOptions() {
        for (String command : Main.commandLine().getSubcommands().keySet()) {
            assertThat(run(command + " --help")).as(command).isZero();
            assertThat(out.toString()).contains("Usage: nocturne-bench " + command + " ");
        }
    }

    @Test
    void loadTellsLossLatencyThreadsAndWhereItRan() {
        run("load --width 48 --height 32 --type float32 --fps 200 --seconds 0.4 --warm-up 0.2 --period-jitter 0.5");

        assertThat(out.toString())
                .contains("load --width 48", "commit", "machine", "jvm", "load  ")
                .contains("48x32 float32 at 200 frames/s")
                .containsPattern("camera \\d{2,} frames, lost \\d+; acquired \\d{2,} = restored")
                .contains("commit to last sink", "due time to last sink", "end-to-end:null-1")
                .contains("worker-0", "raw-null", "intake", "source")
                .contains("sustained without loss: ");
    }

    @Test
    void loadWritesRealStacks() {
        run("load --width 32 --height 32 --fps 100 --seconds 0.3 --warm-up 0.2 --sinks disk");

        assertThat(out.toString()).contains("disk sinks", "raw-disk", "restored-disk");
    }

    @Test
    void overloadRestoresSomeFramesAndKeepsAllRawOnes() {
        run("overload --service 4 --workers 1 --seconds 0.5 --size 32");

        assertThat(out.toString())
                .contains("PASS  raw complete: 250 of 250 frames")
                .contains("PASS  every frame accounted for, 0 products damaged")
                .contains("longest run of raw-only frames is ");
    }

    @Test
    void slowWorkerLosesNothing() {
        run("slow-worker --service 1 --seconds 0.3 --size 32");

        assertThat(out.toString()).contains("PASS  every frame restored, once, in order, 0 damaged");
    }

    @Test
    void allocationLooksAtEveryThread() {
        run("allocation --size 64 --fps 100 --seconds 0.3 --warm-up 0.3 --restorer copy");

        assertThat(out.toString())
                .contains("raw-disk", "restored-disk", "outcomes", "worker-0")
                .contains("bytes per frame (most: ");
    }

    @Test
    void formulationsOfTheNetworkAgree() {
        assertThat(run("unifmir --size 16 --rounds 1 --torch none --profile --graphs plain,cpu_chunked:2"))
                .isZero();

        assertThat(out.toString())
                .contains("PASS  plain agrees with cpu_chunked:2")
                .contains("median ms", "of product", "Where plain spends its time", "MatMul");
    }

    @Test
    void cameraDrainsTheFakeCore() {
        run("camera --size 64 --exposure 4 --seconds 0.3 --warm-up 0.2");

        assertThat(out.toString())
                .contains("fake core, 64x64 uint16 every 4.00 ms", "PASS  every frame is accounted for", "source")
                .contains(
                        "pop to committed slot: p99 ", "drain thread: ", "PASS  the run went on until it was stopped");
    }

    @Test
    void studioCrossesTheWireAndBack() {
        run("studio --size 64 --fps 50 --seconds 1 --pause 0.2");

        assertThat(out.toString())
                .contains("PASS  the companion accounts for every frame", "round trip: p50 ", "heap of both sides");
    }

    @Test
    void aGrowingRecordingIsPolledFromAnotherProcess() {
        run("poll --polls 20 --frames 20 --fps 50 --warm-up 0.1");

        assertThat(out.toString())
                .containsPattern("PASS  own reader: \\d{2,} polls read \\d{2,} frames, 0 not whole; 0 saw fewer")
                .contains("own reader: errors 0[]", "from commit to read p50 ");
    }

    /** Whether all that was due is on disk in time is for a machine that does nothing else; nothing may ever be torn. */
    @Test
    @Timeout(300)
    void aKilledRecordingLeavesNothingTornOnDiskInTheTopicAndInTheView() {
        run("kill --times 1 --size 64 --fps 20");

        List<String> table = out.toString()
                .lines()
                .filter(line -> line.startsWith("  "))
                .map(String::strip)
                .toList();
        List<String> headings = List.of(table.get(0).split(" {2,}", -1));
        List<String> cells = List.of(table.get(1).split(" {2,}", -1));
        assertThat(cells).hasSameSizeAs(headings);
        for (int i = 0; i < cells.size(); i++) {
            if (List.of("torn", "lacking", "wrong").contains(headings.get(i))) {
                assertThat(cells.get(i)).as(headings.get(i)).isEqualTo("0");
            } else if (headings.get(i).equals("verify")) {
                assertThat(cells.get(i)).startsWith("ok");
            }
        }
        assertThat(out.toString()).containsPattern("[01] of 1 runs are sound");
    }

    @Test
    void aMistakenOptionIsBadUsage() {
        assertThat(run("load --preset 1024")).isEqualTo(2);
        assertThat(out.toString()).contains("'1024' is not a preset");
        assertThat(run("load --restorer sleep:long")).isEqualTo(2);
        assertThat(run("load --sinks tape")).isEqualTo(2);
        assertThat(run("unifmir --size 20")).isEqualTo(2);
        assertThat(run("unifmir --size 8 --torch none --graphs fastest")).isEqualTo(2);
        assertThat(run("kill --zarrita nowhere")).isEqualTo(2);
        assertThat(run("kill --zarrita nowhere --format TIFF")).isEqualTo(2);
        assertThat(run("poll --zarrita nowhere")).isEqualTo(2);
        assertThat(run("kafka-faults --flatbuffers nowhere")).isEqualTo(2);
    }

    @Test
    void aMissedBarIsTheExitCode() {
        Findings findings = new Findings(new PrintWriter(out));
        findings.bar(true, "met");
        assertThat(findings.exitCode()).isZero();
        findings.bar(false, "missed");
        assertThat(findings.exitCode()).isEqualTo(1);
        assertThat(findings.summary()).isEqualTo("1 of 2 bars missed: [missed]");
    }
}
