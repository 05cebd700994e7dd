package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveViewTest {
    private static final FrameSpec FRAME = new FrameSpec(61, 47, PixelType.UINT16);
    private final BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
    private final LiveView view = new LiveView(LiveView.Settings.loopback()
            .withMaxViewers(3)
            .withListener((index, core, committed, painted) -> heard.add(painted > committed ? index : -1)));

    @AfterEach
    void stop() {
        view.close();
    }

    @Test
    void aPageGetsTheNewestFrameOnceItHasPaintedTheLast() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.advanceTo(0);
        try (PageClient page = whole(PageClient.open(show(tap, movie(FRAME), same(FRAME))))) {
            PageClient.Picture first = page.picture();
            assertThat(first.index()).isZero();
            for (int index = 1; index <= 50; index++) {
                tap.advanceTo(index);
            }
            assertThat(page.quiet()).isTrue();

            page.painted(first);
            PageClient.Picture second = page.picture();
            assertThat(second.index()).isEqualTo(50);
            assertThat(second.raw().first()).isEqualTo(FakeTap.rawValue(50));
            assertThat(second.restored().first()).isEqualTo(FakeTap.restoredValue(50));
            assertThat(second.raw().columns()).isEqualTo(61);
            assertThat(second.raw().rows()).isEqualTo(47);
            assertThat(second.raw().low()).isLessThan(second.raw().high());
        }
    }

    @Test
    void paintedFramesAreCountedAndTimed() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.advanceTo(7);
        try (PageClient page = whole(PageClient.open(show(tap, movie(FRAME), same(FRAME))))) {
            page.painted(page.picture());
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
            tap.advanceTo(8);
            page.painted(page.picture());
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(8);
            for (int i = 0; i < 400 && view.displayed().painted() < 2; i++) {
                Thread.sleep(50); // counts are published at the end of a round over all pages
            }
            assertThat(view.displayed().painted()).isEqualTo(2);
            assertThat(view.displayed().distinct()).isEqualTo(2);
            assertThat(view.displayed().viewers()).isEqualTo(1);
        }
    }

    @Test
    void aPageThatNeverAnswersDoesNotHoldUpAnother() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.advanceTo(0);
        URI at = show(tap, movie(FRAME), same(FRAME));
        try (PageClient silent = whole(PageClient.open(at));
                PageClient eager = whole(PageClient.open(at))) {
            silent.picture();
            for (int index = 0; index < 20; index++) {
                tap.advanceTo(index);
                PageClient.Picture picture = eager.picture();
                assertThat(picture.index()).isEqualTo(index);
                eager.painted(picture);
            }
            assertThat(silent.quiet()).isTrue();
        }
    }

    @Test
    void aPageThatDoesNotReadDoesNotHoldUpAnother() throws Exception {
        FrameSpec large = new FrameSpec(2048, 2048, PixelType.FLOAT32);
        FakeTap tap = new FakeTap(movie(large), Optional.empty());
        tap.newestRaw.set(0);
        URI at = show(tap, movie(large), Optional.empty());
        try (RawHttp stuck = RawHttp.upgrade(at.getPort());
                PageClient eager = PageClient.open(at).window(0, 0, 64, 64, 1)) {
            stuck.say("{\"type\":\"window\",\"x\":0,\"y\":0,\"width\":2048,\"height\":2048,\"zoom\":1}");
            for (int index = 0; index < 5; index++) {
                tap.newestRaw.set(index);
                PageClient.Picture picture = eager.picture();
                assertThat(picture.index()).isEqualTo(index);
                assertThat(picture.raw().columns()).isEqualTo(64);
                eager.painted(picture);
            }
        }
    }

    @Test
    void aWindowThatMovesIsServedAnewThoughTheFrameIsTheSame() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.advanceTo(3);
        try (PageClient page = whole(PageClient.open(show(tap, movie(FRAME), same(FRAME))))) {
            PageClient.Picture picture = page.picture();
            page.window(10, 12, 20, 8, 4).painted(picture);

            PageClient.Plane raw = page.picture().raw();
            assertThat(List.of(raw.x(), raw.y(), raw.columns(), raw.rows(), raw.bin()))
                    .containsExactly(10, 12, 20, 8, 1);
        }
    }

    @Test
    void aFrameLargerThanTheScreenIsBinnedOnOddSizesToo() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.advanceTo(3);
        try (PageClient page =
                PageClient.open(show(tap, movie(FRAME), same(FRAME))).window(0, 0, 61, 47, 0.25)) {
            PageClient.Plane raw = page.picture().raw();
            assertThat(List.of(raw.bin(), raw.columns(), raw.rows())).containsExactly(4, 16, 12);
            assertThat(raw.first()).isEqualTo(FakeTap.rawValue(3));
        }
    }

    @Test
    void productsMayBeLargerAndOfAnotherType() throws Exception {
        for (PixelType type : PixelType.values()) {
            FrameSpec raw = new FrameSpec(33, 21, type);
            FrameSpec product = new FrameSpec(66, 42, PixelType.FLOAT32);
            Optional<RestorerSpec> twice =
                    Optional.of(new RestorerSpec("x2", "test", raw, product, WindowSpec.SINGLE, List.of()));
            FakeTap tap = new FakeTap(movie(raw), twice);
            tap.advanceTo(11);
            try (LiveView own = new LiveView(LiveView.Settings.loopback())) {
                own.attach(tap, movie(raw), twice, () -> "{}");
                try (PageClient page = PageClient.open(own.start()).window(0, 0, 33, 21, 2)) {
                    PageClient.Picture picture = page.picture();
                    assertThat(picture.raw().type())
                            .isEqualTo(List.of(PixelType.UINT8, PixelType.UINT16, PixelType.FLOAT32)
                                    .indexOf(type));
                    assertThat(picture.raw().first()).isEqualTo(FakeTap.rawValue(11));
                    assertThat(picture.restored().type()).isEqualTo(2);
                    assertThat(picture.restored().columns()).isEqualTo(66);
                    assertThat(picture.restored().first()).isEqualTo(FakeTap.restoredValue(11));
                }
            }
        }
    }

    @Test
    void aPausedPageKeepsItsFrameAndMayStillZoom() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.advanceTo(1);
        try (PageClient page = whole(PageClient.open(show(tap, movie(FRAME), same(FRAME))))) {
            PageClient.Picture picture = page.picture();
            page.say("{\"type\":\"pause\",\"on\":true}").painted(picture);
            page.window(4, 4, 8, 8, 8);
            PageClient.Picture zoomed = page.picture();
            tap.advanceTo(30);
            page.painted(zoomed).window(0, 0, 8, 8, 8);
            PageClient.Picture moved = page.picture();
            assertThat(moved.index()).isEqualTo(1);
            assertThat(moved.held()).isTrue();

            page.painted(moved).say("{\"type\":\"pause\",\"on\":false}");
            PageClient.Picture live = page.picture();
            assertThat(live.index()).isEqualTo(30);
            assertThat(live.held()).isFalse();
        }
    }

    @Test
    void attachingAnotherStreamReplacesTheOneShown() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.advanceTo(400);
        try (PageClient page = whole(PageClient.open(show(tap, movie(FRAME), same(FRAME))))) {
            assertThat(page.text("stream")).contains("\"attachment\":1").contains("\"name\":\"same\"");
            page.painted(page.picture());

            FrameSpec small = new FrameSpec(9, 9, PixelType.UINT8);
            FakeTap next = new FakeTap(movie(small), Optional.empty());
            next.newestRaw.set(2);
            view.attach(next, movie(small), Optional.empty(), () -> "{}");
            assertThat(page.text("stream")).contains("\"attachment\":2").doesNotContain("\"restorer\":");
            PageClient.Picture picture = page.picture();
            assertThat(picture.attachment()).isEqualTo(2);
            assertThat(picture.index()).isEqualTo(2);
            assertThat(picture.raw().type()).isZero();
            assertThat(picture.restored()).isNull();
        }
    }

    @Test
    void healthThatIsNotJsonIsSaidSoAndHarmsNothing() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.advanceTo(0);
        view.attach(tap, movie(FRAME), same(FRAME), () -> "{\"camera\":");
        try (PageClient page = whole(PageClient.open(view.start()))) {
            assertThat(page.picture().index()).isZero();
            String health = page.text("health");
            while (!health.contains("error")) {
                health = page.text("health");
            }
            assertThat(health).contains("not known");
        }
    }

    @Test
    void aTapThatThrowsIsTriedAgain() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        tap.failing.set(true);
        tap.advanceTo(4);
        try (PageClient page = whole(PageClient.open(show(tap, movie(FRAME), same(FRAME))))) {
            assertThat(page.quiet()).isTrue();
            tap.failing.set(false);
            assertThat(page.picture().index()).isEqualTo(4);
        }
    }

    @Test
    void nobodyLookingMeansNoCopies() throws Exception {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        URI at = show(tap, movie(FRAME), same(FRAME));
        for (int index = 0; index < 30; index++) {
            tap.advanceTo(index);
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(at.getPort()).isPositive();
        assertThat(tap.copies.get()).isZero();
    }

    @Test
    void startingWithoutAStreamIsRefused() {
        assertThatThrownBy(view::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Attach");
    }

    @Test
    void aPortInUseIsNamed() {
        FakeTap tap = new FakeTap(movie(FRAME), same(FRAME));
        URI at = show(tap, movie(FRAME), same(FRAME));
        try (LiveView second = new LiveView(LiveView.Settings.loopback().withPort(at.getPort()))) {
            second.attach(tap, movie(FRAME), same(FRAME), () -> "{}");
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(":" + at.getPort());
        }
    }

    private URI show(FakeTap tap, StreamSpec stream, Optional<RestorerSpec> restorer) {
        view.attach(tap, stream, restorer, () -> "{\"camera\":{\"rate\":20,\"acquired\":5}}");
        return view.start();
    }

    private static PageClient whole(PageClient page) {
        return page.window(0, 0, FRAME.width(), FRAME.height(), 1);
    }

    private static StreamSpec movie(FrameSpec frame) {
        return StreamSpec.movie("cam0", frame, 0, -1);
    }

    private static Optional<RestorerSpec> same(FrameSpec frame) {
        return Optional.of(new RestorerSpec("same", "test", frame, frame, WindowSpec.SINGLE, List.of()));
    }
}
