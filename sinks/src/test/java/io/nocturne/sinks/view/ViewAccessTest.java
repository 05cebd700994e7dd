package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ViewAccessTest {
    private static final String TOKEN = "a-token-of-this-test-only";
    private static final StreamSpec STREAM = StreamSpec.movie("cam0", new FrameSpec(16, 16, PixelType.UINT16), 0, -1);
    private static final LiveView OURS =
            new LiveView(LiveView.Settings.loopback().withMaxViewers(2));
    private static final LiveView OPEN = new LiveView(
            LiveView.Settings.loopback().onAddress("0.0.0.0", TOKEN).withHosts(List.of("scope.example")));
    private static URI ours;
    private static int open;

    @BeforeAll
    static void start() {
        OURS.attach(new FakeTap(STREAM, Optional.empty()), STREAM, Optional.empty(), () -> "{}");
        ours = OURS.start();
        OPEN.attach(new FakeTap(STREAM, Optional.empty()), STREAM, Optional.empty(), () -> "{}");
        open = OPEN.start().getPort();
    }

    @AfterAll
    static void stop() {
        OURS.close();
        OPEN.close();
    }

    @Test
    void thePageIsServedWithAStrictPolicy() throws IOException {
        String answer = RawHttp.ask(ours.getPort(), "GET / HTTP/1.1", "Host: " + ours.getAuthority());
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("Content-Security-Policy: default-src 'none'")
                .contains("nosniff")
                .doesNotContain("Jetty");
    }

    @Test
    void everyFileThatThePageNamesIsThere() throws Exception {
        Pattern named = Pattern.compile("(?:src|href)=\"(/[^\"]+)\"|(?:from|import) '(/[^']+)'");
        Deque<String> wanted = new ArrayDeque<>(List.of("/"));
        Set<String> found = new HashSet<>(wanted);
        while (!wanted.isEmpty()) {
            String path = wanted.poll();
            HttpResponse<String> file = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(ours.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(file.statusCode()).as(path).isEqualTo(200);
            Matcher names = named.matcher(file.body());
            while (names.find()) {
                String next = names.group(1) == null ? names.group(2) : names.group(1);
                if (found.add(next)) {
                    wanted.add(next);
                }
            }
        }
        assertThat(found).hasSizeGreaterThan(20).contains("/app.js", "/view.css", "/stage.js");
        assertThat(get("/metrics")).startsWith("HTTP/1.1 200").contains("text/plain");
        assertThat(get("/health")).startsWith("HTTP/1.1 200").contains("application/json");
    }

    @Test
    void nothingElseIsServed() throws IOException {
        for (String path : List.of(
                "/index.html",
                "/LiveView.class",
                "/..",
                "/../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/..;/health",
                "//etc/passwd",
                "/app.js/",
                "/.git/config")) {
            assertThat(get(path)).as(path).containsPattern("^HTTP/1.1 (400|404)");
        }
        assertThat(RawHttp.ask(ours.getPort(), "POST /health HTTP/1.1", "Host: localhost", "Content-Length: 0"))
                .containsPattern("^HTTP/1.1 (404|405)");
    }

    @Test
    void aForeignHostIsRefused() throws IOException {
        for (String host : List.of("evil.example", "evil.example:" + ours.getPort(), "127.0.0.1.evil.example", "")) {
            assertThat(RawHttp.ask(ours.getPort(), "GET / HTTP/1.1", "Host: " + host))
                    .as(host)
                    .containsPattern("^HTTP/1.1 (400|403)");
            assertThat(RawHttp.askUpgrade(ours.getPort(), "/ws", "Host: " + host))
                    .as(host)
                    .containsPattern("^HTTP/1.1 (400|403)");
        }
    }

    @Test
    void aForeignOriginIsRefused() throws IOException {
        String host = "Host: " + ours.getAuthority();
        for (String origin : List.of("http://evil.example", "null", "http://127.0.0.1:1", "file://")) {
            assertThat(RawHttp.askUpgrade(ours.getPort(), "/ws", host, "Origin: " + origin))
                    .as(origin)
                    .startsWith("HTTP/1.1 403");
            assertThat(RawHttp.ask(ours.getPort(), "GET /health HTTP/1.1", host, "Origin: " + origin))
                    .as(origin)
                    .startsWith("HTTP/1.1 403");
        }
        assertThat(RawHttp.askUpgrade(ours.getPort(), "/ws", host, "Origin: http://" + ours.getAuthority()))
                .startsWith("HTTP/1.1 101");
    }

    @Test
    void compressionIsDeclined() throws IOException {
        String answer = RawHttp.askUpgrade(
                ours.getPort(), "/ws", "Host: localhost", "Sec-WebSocket-Extensions: permessage-deflate");
        assertThat(answer).startsWith("HTTP/1.1 101").doesNotContain("permessage-deflate");
    }

    @Test
    void anOversizedMessageEndsTheConnection() {
        try (PageClient page = PageClient.open(ours)) {
            page.say("{\"type\":\"alive\",\"x\":\"" + "x".repeat(5000) + "\"}");
            assertThat(page.closeCode()).isEqualTo(1009);
        }
    }

    @Test
    void anUnknownOrBrokenMessageEndsTheConnection() {
        for (String message : List.of(
                "{\"type\":\"rm\"}",
                "nonsense",
                "[]",
                "{\"type\":\"window\",\"x\":0,\"y\":0,\"width\":1e99,\"height\":1,\"zoom\":1}",
                "{\"type\":\"window\"}")) {
            try (PageClient page = PageClient.open(ours)) {
                page.say(message);
                assertThat(page.closeCode()).as(message).isEqualTo(1008);
            }
        }
    }

    @Test
    void pagesAreLimitedAndAClosedOneMakesRoom() throws Exception {
        try (LiveView two = new LiveView(LiveView.Settings.loopback().withMaxViewers(2))) {
            FakeTap tap = new FakeTap(STREAM, Optional.empty());
            tap.newestRaw.set(0);
            two.attach(tap, STREAM, Optional.empty(), () -> "{}");
            URI at = two.start();
            PageClient first = PageClient.open(at);
            first.text("stream");
            try (PageClient second = PageClient.open(at)) {
                second.text("stream");
                List<PageClient> more = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    more.add(PageClient.open(at));
                }
                for (PageClient refused : more) {
                    assertThat(refused.closeCode()).isEqualTo(4001);
                }
                first.close();
                assertThat(second.window(0, 0, 16, 16, 1).picture().index()).isZero();
            }
        }
    }

    @Test
    void twoHundredConnectionsAreBoundedAndSlowNobody() throws Exception {
        try (LiveView two = new LiveView(LiveView.Settings.loopback().withMaxViewers(2))) {
            FakeTap tap = new FakeTap(STREAM, Optional.empty());
            tap.newestRaw.set(0);
            two.attach(tap, STREAM, Optional.empty(), () -> "{}");
            URI at = two.start();
            List<RawHttp> idle = new ArrayList<>();
            try (PageClient eager = PageClient.open(at).window(0, 0, 16, 16, 1)) {
                eager.painted(eager.picture());
                for (int i = 0; i < 200; i++) {
                    idle.add(RawHttp.connect(at.getPort()));
                }
                for (int index = 1; index <= 30; index++) {
                    tap.newestRaw.set(index);
                    PageClient.Picture picture = eager.picture();
                    assertThat(picture.index()).isEqualTo(index);
                    eager.painted(picture);
                }
            }
            List<RawHttp> held = new ArrayList<>(idle);
            while (held.size() > 2 + ViewServer.SPARE_CONNECTIONS) {
                for (RawHttp connection : List.copyOf(held)) {
                    if (connection.hungUp()) {
                        held.remove(connection);
                    }
                }
            }
            // Those on which nothing is said make room for one who asks.
            try (PageClient late = PageClient.open(at)) {
                assertThat(late.text("stream")).contains("cam0");
            }
            for (RawHttp connection : idle) {
                connection.close();
            }
        }
    }

    @Test
    void aRefusalEndsItsConnection() throws IOException {
        String host = "Host: 127.0.0.1:" + open;
        for (String path : List.of("/ws?token=a-token-of-another", "/health", "/no-such-page?token=" + TOKEN)) {
            assertThat(RawHttp.endsWithAnswer(open, "GET " + path + " HTTP/1.1", host))
                    .as(path)
                    .isTrue();
        }
        assertThat(RawHttp.endsWithAnswer(open, "GET / HTTP/1.1", "Host: evil.example"))
                .isTrue();
        assertThat(RawHttp.endsWithAnswer(
                        open,
                        "GET /ws?token=" + TOKEN + " HTTP/1.1",
                        host,
                        "Origin: http://evil.example",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
                .isTrue();
    }

    @Test
    void controlWithoutTheTokenIsRefusedAndTheConnectionStays() throws Exception {
        try (PageClient plain = PageClient.open(ours)) {
            plain.say("{\"type\":\"control\",\"id\":7,\"do\":\"stop\"}");
            assertThat(plain.text("answer"))
                    .contains("\"id\":7")
                    .contains("\"ok\":false")
                    .contains("token");
            plain.say("{\"type\":\"control\",\"id\":8,\"do\":\"rm -rf\"}");
            assertThat(plain.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void aFloodOfMessagesEndsTheConnection() {
        try (PageClient page = PageClient.open(ours)) {
            for (int i = 0; i < 100_000 && page.isOpen(); i++) {
                page.trySay("{\"type\":\"alive\"}");
            }
            assertThat(page.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void onAnOpenAddressPicturesAndHealthNeedTheToken() throws IOException {
        String host = "Host: 127.0.0.1:" + open;
        assertThat(RawHttp.askUpgrade(open, "/ws", host)).startsWith("HTTP/1.1 401");
        assertThat(RawHttp.askUpgrade(open, "/ws?token=a-token-of-another", host))
                .startsWith("HTTP/1.1 401");
        assertThat(RawHttp.askUpgrade(open, "/ws?token=" + TOKEN, host)).startsWith("HTTP/1.1 101");
        assertThat(RawHttp.ask(open, "GET /health HTTP/1.1", host)).startsWith("HTTP/1.1 401");
        assertThat(RawHttp.ask(open, "GET /health?token=" + TOKEN + " HTTP/1.1", host))
                .startsWith("HTTP/1.1 200");
        assertThat(RawHttp.ask(open, "GET /metrics HTTP/1.1", host)).startsWith("HTTP/1.1 401");
        assertThat(RawHttp.ask(open, "GET /metrics HTTP/1.1", host, "Authorization: Bearer " + TOKEN))
                .startsWith("HTTP/1.1 200");
        assertThat(RawHttp.ask(open, "GET / HTTP/1.1", "Host: scope.example")).startsWith("HTTP/1.1 200");
        assertThat(RawHttp.ask(open, "GET / HTTP/1.1", "Host: evil.example")).startsWith("HTTP/1.1 403");
    }

    @Test
    void anOpenAddressWithoutATokenIsRefused() {
        assertThatThrownBy(() -> new LiveView.Settings(
                        "0.0.0.0",
                        0,
                        Optional.empty(),
                        List.of(),
                        8,
                        LiveView.Settings.loopback().clock(),
                        LiveView.DisplayListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("token");
    }

    @Test
    void onlyTheTokenGivesControl() throws Exception {
        try (PageClient plain = PageClient.open(ours)) {
            assertThat(plain.text("stream")).contains("\"control\":false");
        }
        String token = ours.getFragment().substring("token=".length());
        try (PageClient holder = PageClient.open(ours, "?token=" + token)) {
            assertThat(holder.text("stream")).contains("\"control\":true");
        }
    }

    private static String get(String path) throws IOException {
        return RawHttp.ask(ours.getPort(), "GET " + path + " HTTP/1.1", "Host: " + ours.getAuthority());
    }
}
