package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A page that takes pictures while somebody else, on two threads, asks as fast as they can for what they must not have.
 * Everything is refused and no picture stays away; how long a picture took, with the attack and without, is printed.
 */
@Timeout(120)
class HostileRequestsTest {
    private static final int PICTURES = 60;
    private static final int ATTACKERS = 2;
    private static final String TOKEN = "a-token-of-this-test-only";
    private static final StreamSpec STREAM = StreamSpec.movie("cam0", new FrameSpec(256, 256, PixelType.UINT16), 0, -1);
    private static final FakeTap TAP = new FakeTap(STREAM, Optional.empty());
    private static final LiveView VIEW = new LiveView(LiveView.Settings.loopback()
            .onAddress("0.0.0.0", TOKEN)
            .withHosts(List.of("scope.example"))
            .withMaxViewers(4));
    private static URI at;
    private static double calmMillis;

    /** One attempt; whether it was refused. */
    private interface Attempt {
        boolean refused(int number) throws IOException;
    }

    @BeforeAll
    static void start() throws Exception {
        VIEW.attach(TAP, STREAM, Optional.empty(), () -> "{}");
        at = VIEW.start();
        TAP.newestRaw.set(0);
        roundTrips(); // the first ones are compiled
        calmMillis = median(roundTrips());
    }

    @AfterAll
    static void stop() {
        VIEW.close();
    }

    @Test
    void wrongTokens() throws Exception {
        String host = "Host: 127.0.0.1:" + at.getPort();
        during("wrong tokens", n -> {
            String guess = TOKEN.substring(0, TOKEN.length() - 1) + (char) ('A' + n % 26);
            return n % 2 == 0
                    ? RawHttp.askUpgrade(at.getPort(), "/ws?token=" + guess, host)
                            .startsWith("HTTP/1.1 401")
                    : RawHttp.ask(at.getPort(), "GET /health?token=" + guess + " HTTP/1.1", host)
                            .startsWith("HTTP/1.1 401");
        });
    }

    @Test
    void foreignOriginsAndHosts() throws Exception {
        String host = "Host: 127.0.0.1:" + at.getPort();
        during("foreign Origin or Host", n -> {
            String answer = n % 2 == 0
                    ? RawHttp.askUpgrade(at.getPort(), "/ws?token=" + TOKEN, host, "Origin: http://evil.example")
                    : RawHttp.ask(at.getPort(), "GET / HTTP/1.1", "Host: evil.example");
            return answer.startsWith("HTTP/1.1 403");
        });
    }

    @Test
    void pathsThatLeadElsewhere() throws Exception {
        List<String> paths = List.of(
                "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/..;/health", "/.git/config");
        during("path traversal", n -> {
            String line = "GET " + paths.get(n % paths.size()) + " HTTP/1.1";
            return RawHttp.ask(at.getPort(), line, "Host: 127.0.0.1:" + at.getPort())
                    .matches("(?s)HTTP/1.1 (400|404).*");
        });
    }

    @Test
    void oversizedMessages() throws Exception {
        String message = "{\"type\":\"alive\",\"x\":\"" + "x".repeat(20_000) + "\"}";
        during("oversized messages", n -> {
            try (RawHttp socket = RawHttp.upgrade(at.getPort(), "/ws?token=" + TOKEN)) {
                socket.say(message);
                return socket.closeCode() == 1009;
            }
        });
    }

    @Test
    void twoHundredConnections() throws Exception {
        List<RawHttp> idle = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            idle.add(RawHttp.connect(at.getPort()));
        }
        double[] millis = roundTrips();
        report("200 idle connections", 200, millis);
        for (RawHttp connection : idle) {
            connection.close();
        }
        try (PageClient late = PageClient.open(at, "?token=" + TOKEN)) {
            assertThat(late.text("stream")).contains("cam0");
        }
    }

    /** Takes pictures while the attempts go on; each of those must be refused. */
    private static void during(String what, Attempt attempt) throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService attackers = Executors.newFixedThreadPool(ATTACKERS);
        List<Future<Void>> ends = new ArrayList<>();
        try {
            for (int i = 0; i < ATTACKERS; i++) {
                Callable<Void> attack = () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        refused.addAndGet(attempt.refused(attempts.getAndIncrement()) ? 1 : 0);
                    }
                    return null;
                };
                ends.add(attackers.submit(attack));
            }
            double[] millis = roundTrips();
            attackers.shutdownNow();
            assertThat(attackers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            for (Future<Void> end : ends) {
                end.get();
            }
            assertThat(attempts.get()).as(what).isPositive();
            assertThat(refused.get()).as("refused: " + what).isEqualTo(attempts.get());
            report(what, attempts.get(), millis);
        } finally {
            attackers.shutdownNow();
        }
    }

    /** Milliseconds from a new frame to its picture, for one page that takes every one of them. */
    private static double[] roundTrips() throws Exception {
        double[] millis = new double[PICTURES];
        try (PageClient page = PageClient.open(at, "?token=" + TOKEN).window(0, 0, 256, 256, 1)) {
            page.painted(page.picture());
            for (int i = 0; i < PICTURES; i++) {
                long began = System.nanoTime();
                long index = TAP.newestRaw.incrementAndGet();
                PageClient.Picture picture = page.picture();
                millis[i] = (System.nanoTime() - began) / 1e6;
                assertThat(picture.index()).isEqualTo(index);
                page.painted(picture);
            }
        }
        Arrays.sort(millis);
        return millis;
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    private static void report(String what, int attempts, double[] millis) {
        System.out.printf(
                "%-24s %5d refused or held off; new frame to picture p50 %.1f ms, %.2f times the calm %.1f ms; longest %.1f ms%n",
                what, attempts, median(millis), median(millis) / calmMillis, calmMillis, millis[millis.length - 1]);
    }
}
