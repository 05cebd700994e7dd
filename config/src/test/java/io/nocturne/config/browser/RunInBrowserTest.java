package io.nocturne.config.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.acquisition.PatternSource;
import io.nocturne.config.PipelineAssembler;
import io.nocturne.config.RunConfig;
import io.nocturne.config.RunWatcher;
import io.nocturne.config.report.RunReport;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.stream.ledger.LedgerLine;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.stack.RunFolder;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole run, camera to screen, in a real browser. The property {@code nocturne.browser.seconds} makes the first test
 * watch longer; what it saw is printed.
 */
@Timeout(240)
class RunInBrowserTest {
    private static final int SIDE = 512;
    private static final int PIXELS = 24;
    private static final int SECONDS = Integer.getInteger("nocturne.browser.seconds", 3);
    /** Notes, for each painted frame, its number, some greys of the raw picture, and milliseconds since its commit. */
    private static final String WATCH =
            """
            (() => {
              window.seen = [];
              window.began = performance.now();
              new MutationObserver(() => {
                const root = document.documentElement.dataset;
                const sheet = document.querySelector('#pane0 canvas').getContext('2d');
                const row = [...sheet.getImageData(0, 0, %d, 1).data].filter((_, i) => i %% 4 === 0);
                window.seen.push([+root.painted, +root.sinceCommit, row]);
              }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-painted'] });
              return true;
            })()
            """
                    .formatted(PIXELS);

    private static Chromium chromium;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startBrowser() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void theScreenShowsTheCamerasFramesWhileTheyAreTaken() throws Exception {
        try (LiveRun run = new LiveRun(config("source: { pattern: { width: 512, height: 512, rate: 20 fps } }"));
                BrowserPage page = chromium.open(run.address(), 1280, 800)) {
            page.await("document.documentElement.dataset.painted");
            page.eval("import('/contrast.js').then((m) => { m.setLimits(0, 0, 65535); return true; })");
            page.eval(WATCH);
            page.await("performance.now() - window.began > " + 1000 * SECONDS + " && window.seen.length > 5");
            JsonNode seen = page.eval("window.seen");
            double seconds =
                    page.eval("(performance.now() - window.began) / 1000").asDouble();
            TreeSet<Long> distinct = new TreeSet<>();
            List<Double> sinceCommit = new ArrayList<>();
            // Pixels follow from the number: whose pixels these are is found by making those of the frames around.
            for (JsonNode frame : seen) {
                long said = frame.path(0).asLong();
                long found = -1;
                for (long index = said; index < said + 60 && found < 0; index++) {
                    found = matches(frame.path(2), index) ? index : -1;
                }
                assertThat(found)
                        .as("a frame from %s on is on the screen", said)
                        .isNotNegative();
                distinct.add(found);
                sinceCommit.add(frame.path(1).asDouble());
            }
            Collections.sort(sinceCommit);
            System.out.printf(
                    "Painted %.1f different frames a second for %.1f s; commit to painted p50 %.0f ms, p90 %.0f ms (%s)%n",
                    distinct.size() / seconds,
                    seconds,
                    sinceCommit.get(sinceCommit.size() / 2),
                    sinceCommit.get(sinceCommit.size() * 9 / 10),
                    page.eval("document.documentElement.dataset.painter").asText());
            assertThat(distinct.size()).isGreaterThan(5);
        }
    }

    @Test
    void anotherModelOpensANewEpochAndStopEndsTheRun() throws Exception {
        try (LiveRun run = new LiveRun(
                        config("source: { simulated: { width: 64, height: 64, rate: 20 fps, buffer: 1000 } }"));
                BrowserPage page = chromium.open(run.address(), 1000, 700)) {
            page.await("document.documentElement.dataset.painted");
            page.await("document.querySelector('#models').value === 'passthrough'");
            page.type("m");
            page.await("document.querySelector('#noteDialog').open");
            page.type("before the change");
            page.click("#noteForm .main");
            page.await("document.querySelector('#said').textContent.startsWith('Marked')");
            page.choose("#models", "gaussian");
            page.click("#modelForm .main");
            page.await("document.querySelector('#trust').textContent.includes('gaussian')");
            page.await("+document.documentElement.dataset.painted > 3");
            page.click("#stop");
            page.click("#stopForm .main");
            RunReport report = run.report();

            List<String> live = report.passes().stream()
                    .filter(pass -> pass.kind().equals("live"))
                    .map(RunReport.Pass::end)
                    .toList();
            assertThat(live).containsExactly("another model was chosen: a new epoch follows", "a stop was asked for");
            assertThat(report.models().stream().map(RunReport.Model::name)).containsExactly("passthrough", "gaussian");
            assertThat(report.passes())
                    .allSatisfy(pass -> assertThat(pass.frames().mismatches()).isEmpty());
            assertNothingIsMissingBetween(folder.resolve("run"), report);
            assertNeedsNothingElse(folder.resolve("run/report.html"));
        }
    }

    /** The report opens from the disk, and no file, server or script is asked for by it. */
    private static void assertNeedsNothingElse(Path html) throws Exception {
        try (BrowserPage report = chromium.open(html.toUri(), 1000, 700)) {
            report.await("document.readyState === 'complete' && document.querySelector('.verdict') !== null");
            assertThat(report.eval(
                                    "[...document.images].length > 0 && [...document.images].every((i) => i.naturalWidth > 0)")
                            .asBoolean())
                    .as("its pictures are there")
                    .isTrue();
            JsonNode asked = report.eval(
                    "performance.getEntriesByType('resource').map((e) => e.name).filter((n) => !n.startsWith('data:'))");
            assertThat(asked).isEmpty();
            assertThat(report.eval("document.querySelectorAll('script, link, iframe, object, embed').length")
                            .asInt())
                    .isZero();
        }
    }

    /**
     * A page that hardly runs, beside one that does. The raw ring holds less than what passes meanwhile: if anything
     * waited for the page, frames would be lost.
     */
    @Test
    void aPageThatHardlyRunsSlowsNeitherAnotherNorTheRings() throws Exception {
        try (Chromium slow = Chromium.start();
                LiveRun run = new LiveRun(config(
                        "source: { pattern: { width: 256, height: 256, rate: 20 fps } }\nrings: { raw: 32 frames }"));
                BrowserPage eager = chromium.open(run.address(), 800, 500)) {
            eager.await("document.documentElement.dataset.painted");
            double alone = paintedPerSecond(eager, 20);
            double together;
            int stuckPainted;
            try (BrowserPage stuck = slow.open(run.address(), 400, 300)) {
                stuck.await("document.documentElement.dataset.painted");
                stuck.eval("(() => { window.painted = 0; new MutationObserver(() => window.painted++).observe("
                        + "document.documentElement, { attributes: true, attributeFilter: ['data-painted'] });"
                        + " const spin = () => { const end = performance.now() + 1500;"
                        + " while (performance.now() < end); setTimeout(spin, 20); }; spin(); return true; })()");
                together = paintedPerSecond(eager, 50);
                stuckPainted = stuck.eval("window.painted").asInt();
            }
            eager.click("#stop");
            eager.click("#stopForm .main");
            RunReport.Frames frames = run.report().passes().get(0).frames();
            System.out.printf(
                    "Another page's rate alone %.1f/s, beside a stuck page %.1f/s (%.2f times), the stuck one itself %d"
                            + " pictures; %d frames, %d lost%n",
                    alone, together, together / alone, stuckPainted, frames.camera(), frames.lostBefore());
            assertThat(frames.camera()).isGreaterThan(64);
            assertThat(frames.lostBefore()).isZero();
            assertThat(frames.rawStored()).isEqualTo(frames.acquired());
            assertThat(frames.mismatches()).isEmpty();
        }
    }

    /** Different frames painted per second, over that many of them. */
    private static double paintedPerSecond(BrowserPage page, int frames) throws Exception {
        page.eval("(() => { window.at = []; window.last = -1; window.watch?.disconnect();"
                + " window.watch = new MutationObserver(() => { const now = +document.documentElement.dataset.painted;"
                + " if (now > window.last) { window.last = now; window.at.push(performance.now()); } });"
                + " window.watch.observe(document.documentElement, { attributes: true,"
                + " attributeFilter: ['data-painted'] }); return true; })()");
        return page.await("window.at.length > " + frames + " && 1000 * (window.at.length - 1)"
                        + " / (window.at.at(-1) - window.at[0])")
                .asDouble();
    }

    /** The camera's numbers go on across the change of epochs, and the ledger says what people did. */
    private static void assertNothingIsMissingBetween(Path run, RunReport report) throws Exception {
        List<Long> cameraNumbers = new ArrayList<>();
        List<String> events = new ArrayList<>();
        try (RunFolder opened = RunFolder.open(run)) {
            for (LedgerLine line : LedgerReader.read(opened.ledger())) {
                if (line.kind().equals("raw")) {
                    cameraNumbers.add(line.number("cam", -1));
                } else if (line.kind().equals("event")) {
                    events.add(line.text("what") + " " + line.text("note") + line.text("ref"));
                }
            }
        }
        assertThat(cameraNumbers).isSorted().doesNotHaveDuplicates();
        long lost = report.passes().stream()
                .mapToLong(p -> p.kind().equals("live") ? p.frames().lostBefore() : 0)
                .sum();
        assertThat(cameraNumbers.get(cameraNumbers.size() - 1) + 1 - lost).isEqualTo(cameraNumbers.size());
        assertThat(events).containsExactly("mark before the change", "model gaussian", "stop ");
    }

    private static boolean matches(JsonNode greys, long index) {
        ByteBuffer pixels = ByteBuffer.allocate(2 * SIDE).order(ByteOrder.nativeOrder());
        PatternSource.fill(pixels, PixelType.UINT16, index);
        for (int x = 0; x < PIXELS; x++) {
            int counts = pixels.getShort(2 * x) & 0xFFFF;
            if (Math.abs(greys.path(x).asInt() - 255.0 * counts / 65535) > 1) {
                return false;
            }
        }
        return true;
    }

    private RunConfig config(String source) throws Exception {
        String model = source.contains("pattern") ? "gaussian" : "passthrough";
        String yaml =
                source + "\nrun: { folder: run }\nrestore: { model: " + model + ", workers: 1, backfill: never }\n";
        return ConfigReader.parse(yaml, "test.yaml", folder, RunConfig.class, Map.of());
    }

    /** A run on a thread of its own; stopped when closed. */
    private static final class LiveRun implements RunWatcher, AutoCloseable {
        private final CompletableFuture<URI> address = new CompletableFuture<>();
        private final CompletableFuture<RunReport> ended = new CompletableFuture<>();
        private final PipelineAssembler assembler;

        LiveRun(RunConfig config) {
            assembler = new PipelineAssembler(config, this);
            Thread thread = new Thread(
                    () -> {
                        try {
                            ended.complete(assembler.run());
                        } catch (Exception e) {
                            address.completeExceptionally(e);
                            ended.completeExceptionally(e);
                        }
                    },
                    "test-run");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void shown(URI view) {
            address.complete(view);
        }

        URI address() throws Exception {
            return address.get(60, TimeUnit.SECONDS);
        }

        RunReport report() throws Exception {
            return ended.get(60, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            assembler.requestStop();
            assembler.requestStop();
            ended.orTimeout(60, TimeUnit.SECONDS).join();
        }
    }
}
