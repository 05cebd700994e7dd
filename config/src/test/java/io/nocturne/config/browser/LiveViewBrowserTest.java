package io.nocturne.config.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.sinks.view.LiveView;
import io.nocturne.sinks.view.RunControls;
import io.nocturne.stream.stack.StackReader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The live view's page in a real browser: what a person sees and does there. */
@Timeout(120)
class LiveViewBrowserTest {
    /** Limits under which a count of 0 to 255 is that grey. */
    private static final String AS_THEY_ARE =
            "import('/contrast.js').then((m) => { m.setLimits(0, 0, 255); m.setLimits(1, 0, 255); return true; })";
    /** Notes, for each painted frame, its number and the grey of both pictures at a place away from the corner. */
    private static final String WATCH =
            """
            (() => {
              window.seen = [];
              const grey = (id) => {
                const sheet = document.querySelector(id + ' canvas');
                return sheet ? sheet.getContext('2d').getImageData(40, 40, 1, 1).data[0] : -1;
              };
              new MutationObserver(() =>
                window.seen.push([+document.documentElement.dataset.painted, grey('#pane0'), grey('#pane1')]),
              ).observe(document.documentElement, { attributes: true, attributeFilter: ['data-painted'] });
              return true;
            })()
            """;

    private static Chromium chromium;
    private final long start = System.nanoTime();
    private final AtomicLong frozen = new AtomicLong(-1);
    private final BlockingQueue<String> wishes = new LinkedBlockingQueue<>();
    private final LiveView view = new LiveView(LiveView.Settings.loopback());

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

    @AfterEach
    void stop() {
        view.close();
    }

    /** Twenty frames a second, or one for ever. */
    private long newest() {
        long held = frozen.get();
        return held >= 0 ? held : (System.nanoTime() - start) / 50_000_000L;
    }

    private URI show(LiveView in) {
        in.attach(
                new IndexTap(this::newest),
                IndexTap.STREAM,
                IndexTap.RESTORER,
                () -> "{\"camera\":{\"rate\":20,\"acquired\":5},\"lost\":{}}",
                Optional.of(new Wishes()));
        return in.start();
    }

    private BrowserPage openPage() throws InterruptedException {
        BrowserPage page = chromium.open(show(view), 1000, 700);
        page.await("document.documentElement.dataset.painted");
        page.eval(AS_THEY_ARE);
        return page;
    }

    @Test
    void whatIsPaintedIsWhatWasSent() throws Exception {
        try (BrowserPage page = openPage()) {
            page.eval(WATCH);
            JsonNode seen = page.await("window.seen.length >= 25 && window.seen");
            Set<Long> indices = new HashSet<>();
            for (JsonNode frame : seen) {
                long index = frame.path(0).asLong();
                // The next frame may already be on its way to the screen when this one is reported.
                long painted = 255 - frame.path(2).asLong();
                assertThat(frame.path(1).asLong())
                        .as("raw and restored are of one frame")
                        .isEqualTo(painted);
                assertThat(Math.floorMod(painted - index, 200L)).isLessThan(20);
                indices.add(painted);
            }
            assertThat(indices.size())
                    .as("different frames seen in their pixels")
                    .isGreaterThan(20);
        }
    }

    @Test
    void theScreenShowsTheFrameWhoseNumberItSays() throws Exception {
        frozen.set(123);
        try (BrowserPage page = openPage()) {
            page.await("document.querySelector('#index').textContent === '123'");
            awaitGrey(page, "#pane0", IndexTap.raw(123));
            awaitGrey(page, "#pane1", IndexTap.restored(123));
        }
    }

    @Test
    void limitsAndColoursChangeTheLookOnly() throws Exception {
        frozen.set(100);
        try (BrowserPage page = openPage()) {
            page.eval("import('/contrast.js').then((m) => { m.setLimits(0, 100, 356); return true; })");
            awaitGrey(page, "#pane0", 0);
            page.eval("import('/contrast.js').then((m) => { m.setLimits(0, 0, 100); return true; })");
            awaitGrey(page, "#pane0", 255);
            page.eval(AS_THEY_ARE);
            page.click("#luts [data-lut=Green]");
            awaitColour(page, "#pane0", IndexTap.raw(100) << 8);
            point(page, "#pane0");
            assertThat(page.text("#readout")).contains("raw 100 counts");
        }
    }

    @Test
    void theBorderOfTheSplitMoves() throws Exception {
        frozen.set(60);
        try (BrowserPage page = openPage()) {
            page.click("#split");
            page.await("!document.querySelector('#divider').hidden");
            JsonNode stage = page.eval("(() => { const b = document.querySelector('#stage').getBoundingClientRect();"
                    + " return [b.left, b.top, b.width, b.height]; })()");
            double middle = stage.path(0).asDouble() + stage.path(2).asDouble() / 2;
            double y = stage.path(1).asDouble() + stage.path(3).asDouble() / 2;
            int beside = (int) middle + 60;
            awaitPixel(page, beside, (int) y, IndexTap.restored(60));
            page.drag(middle, y, middle + 150, y);
            awaitPixel(page, beside, (int) y, IndexTap.raw(60));
        }
    }

    @Test
    void zoomingInShowsSinglePixels() throws Exception {
        frozen.set(60);
        try (BrowserPage page = openPage()) {
            JsonNode pane = box(page, "#pane0");
            double x = pane.path(0).asDouble() + 30;
            double y = pane.path(1).asDouble() + pane.path(3).asDouble() / 2;
            double before = zoom(page);
            for (int i = 0; i < 8; i++) {
                page.wheel(x, y, -200);
            }
            page.await("parseFloat(document.querySelector('#zoom').textContent) > " + 4 * before);
            page.type("f");
            page.await("parseFloat(document.querySelector('#zoom').textContent) < " + 1.1 * before);
            awaitGrey(page, "#pane0", IndexTap.raw(60));
        }
    }

    @Test
    void theResidualIsRawLessRestored() throws Exception {
        frozen.set(50);
        try (BrowserPage page = openPage()) {
            page.click("#residual");
            page.await("document.querySelector('#pane1').dataset.picture === 'residual'");
            assertThat(page.await(
                                    "import('/pictures.js').then((m) => { const p = m.planeOf(2); return p && p.pixels[40 * 96 + 40]; })")
                            .asDouble())
                    .isEqualTo(IndexTap.raw(50) - IndexTap.restored(50));
        }
    }

    @Test
    void aSnapshotHoldsTheCountsAndTheLook(@TempDir Path folder) throws Exception {
        frozen.set(77);
        chromium.saveInto(folder);
        try (BrowserPage page = openPage()) {
            page.click("#snapshot");
            Path raw = saved(folder, "cam0-000077-raw.tif");
            Path restored = saved(folder, "cam0-000077-restored.tif");
            Path look = saved(folder, "cam0-000077.png");
            assertThat(pixel(raw, 40, 40)).isEqualTo(IndexTap.raw(77));
            assertThat(pixel(raw, 2, 2)).isEqualTo(IndexTap.CORNER_VALUE);
            assertThat(pixel(restored, 40, 40)).isEqualTo(IndexTap.restored(77));
            BufferedImage png = ImageIO.read(look.toFile());
            assertThat(png.getWidth()).isGreaterThanOrEqualTo(2 * IndexTap.FRAME.width());
            assertThat(png.getRGB(40, 40) & 0xFF).isEqualTo(IndexTap.raw(77));
            assertThat(png.getRGB(png.getWidth() - 40, 40) & 0xFF).isEqualTo(IndexTap.restored(77));
        }
    }

    @Test
    void whoHoldsTheTokenMarksChangesTheModelAndStops() throws Exception {
        frozen.set(5);
        try (BrowserPage page = openPage()) {
            page.type("m");
            page.await("document.querySelector('#noteDialog').open");
            page.type("drug added");
            page.click("#noteForm .main");
            assertThat(wishes.poll(20, TimeUnit.SECONDS)).isEqualTo("mark 5 drug added");
            page.await("document.querySelector('#said').textContent === 'marked'");

            page.choose("#models", "other");
            page.await("document.querySelector('#modelDialog').open");
            page.click("#modelDialog .cancel");
            page.await("document.querySelector('#models').value === 'inverse'");
            page.choose("#models", "other");
            page.click("#modelForm .main");
            assertThat(wishes.poll(20, TimeUnit.SECONDS)).isEqualTo("model other");
            page.await("document.querySelector('#said.refused')?.textContent === 'other is not to be had'");

            page.click("#stop");
            page.await("document.querySelector('#stopDialog').open");
            page.click("#stopDialog .cancel");
            assertThat(wishes.poll(300, TimeUnit.MILLISECONDS))
                    .as("nothing without confirmation")
                    .isNull();
            page.click("#stop");
            page.click("#stopForm .main");
            assertThat(wishes.poll(20, TimeUnit.SECONDS)).isEqualTo("stop");
        }
    }

    @Test
    void withoutTheTokenThereAreNoControls() throws Exception {
        frozen.set(5);
        URI whole = show(view);
        URI bare = URI.create(whole.toString().replaceFirst("#.*", ""));
        try (BrowserPage page = chromium.open(bare, 1000, 700)) {
            page.await("document.documentElement.dataset.painted");
            assertThat(page.eval("document.querySelector('#controls').hidden").asBoolean())
                    .isTrue();
            String refused = page.eval("import('/connection.js').then((m) => m.control('stop'))")
                    .path("text")
                    .asText();
            assertThat(refused).contains("token");
            assertThat(wishes).isEmpty();
        }
    }

    @Test
    void thePageComesBackWhenTheServerDoes() throws Exception {
        frozen.set(5);
        try (BrowserPage page = openPage()) {
            URI before = URI.create(page.eval("location.href").asText());
            view.close();
            page.await("document.querySelector('#curtain p').textContent.includes('Trying again')");
            frozen.set(9);
            try (LiveView again = new LiveView(LiveView.Settings.loopback().withPort(before.getPort()))) {
                show(again);
                page.await("document.querySelector('#index').textContent === '9'");
                page.await("document.querySelector('#curtain').hidden");
            }
        }
    }

    @Test
    void aPageThatIsStuckSlowsNoOther() throws Exception {
        try (BrowserPage eager = openPage();
                BrowserPage stuck =
                        chromium.open(URI.create(eager.eval("location.href").asText()), 400, 300)) {
            stuck.await("document.documentElement.dataset.painted");
            stuck.slowDown(40);
            stuck.eval(
                    "setInterval(() => { const end = performance.now() + 900; while (performance.now() < end); }, 1000) > 0");
            eager.eval(WATCH);
            JsonNode seen = eager.await("window.seen.length >= 15 && window.seen");
            assertThat(seen.path(14).path(0).asLong())
                    .isGreaterThan(seen.path(0).path(0).asLong());
        }
    }

    private static Path saved(Path folder, String name) throws InterruptedException {
        Path file = folder.resolve(name);
        for (int i = 0; i < 400 && !Files.exists(file); i++) {
            Thread.sleep(50);
        }
        assertThat(file).exists();
        return file;
    }

    private static int pixel(Path tiff, int x, int y) throws IOException {
        try (StackReader reader = StackReader.open(tiff)) {
            assertThat(reader.stream().frame()).isEqualTo(IndexTap.FRAME);
            ByteBuffer pixels = ByteBuffer.allocate(IndexTap.FRAME.bytes()).order(ByteOrder.nativeOrder());
            assertThat(reader.read(0, pixels)).isTrue();
            return pixels.getShort(2 * (y * IndexTap.FRAME.width() + x)) & 0xFFFF;
        }
    }

    private static double zoom(BrowserPage page) {
        return page.eval("parseFloat(document.querySelector('#zoom').textContent)")
                .asDouble();
    }

    private static JsonNode box(BrowserPage page, String selector) {
        return page.eval("(() => { const b = document.querySelector('" + selector + "').getBoundingClientRect();"
                + " return [b.left, b.top, b.width, b.height]; })()");
    }

    private static void point(BrowserPage page, String selector) {
        JsonNode box = box(page, selector);
        page.point(
                box.path(0).asDouble() + box.path(2).asDouble() / 2,
                box.path(1).asDouble() + box.path(3).asDouble() / 2);
    }

    /** The colour on the screen in the middle of an element. */
    private static int colour(BrowserPage page, String selector) throws IOException {
        JsonNode box = box(page, selector);
        int x = (int) (box.path(0).asDouble() + box.path(2).asDouble() / 2);
        int y = (int) (box.path(1).asDouble() + box.path(3).asDouble() / 2);
        return page.screenshot().getRGB(x, y) & 0xFFFFFF;
    }

    private static void awaitGrey(BrowserPage page, String selector, int wanted) throws Exception {
        awaitColour(page, selector, wanted << 16 | wanted << 8 | wanted);
    }

    private static void awaitColour(BrowserPage page, String selector, int wanted) throws Exception {
        for (int i = 0; i < 100 && colour(page, selector) != wanted; i++) {
            Thread.sleep(50);
        }
        assertThat(colour(page, selector)).isEqualTo(wanted);
    }

    private static void awaitPixel(BrowserPage page, int x, int y, int grey) throws Exception {
        for (int i = 0; i < 100 && (page.screenshot().getRGB(x, y) & 0xFF) != grey; i++) {
            Thread.sleep(50);
        }
        assertThat(page.screenshot().getRGB(x, y) & 0xFF).isEqualTo(grey);
    }

    /** Notes what is asked for; refuses another model. */
    private final class Wishes implements RunControls {
        @Override
        public List<String> models() {
            return List.of("inverse", "other");
        }

        @Override
        public String mark(long index, String note) {
            wishes.add("mark " + index + " " + note);
            return "marked";
        }

        @Override
        public String useModel(String name) {
            wishes.add("model " + name);
            throw new IllegalStateException(name + " is not to be had");
        }

        @Override
        public String stop() {
            wishes.add("stop");
            return "stopping";
        }
    }
}
