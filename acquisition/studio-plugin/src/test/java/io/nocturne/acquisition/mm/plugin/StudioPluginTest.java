package io.nocturne.acquisition.mm.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.Message;
import io.nocturne.acquisition.mm.wire.Rendezvous;
import io.nocturne.acquisition.mm.wire.WireException;
import io.nocturne.acquisition.mm.wire.WireReader;
import io.nocturne.acquisition.mm.wire.WireWriter;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.micromanager.Studio;
import org.micromanager.data.DataProviderHasNewImageEvent;
import org.micromanager.data.Image;

/** The plugin's parts against fakes of Micro-Manager's interfaces. */
class StudioPluginTest {
    private static void noTrouble(Exception e) {
        throw new AssertionError(e);
    }

    @TempDir
    Path folder;

    /** Answers by method name; anything else returns itself where it can, as builders do, or null. */
    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Object answer = answers.get(method.getName());
            if (answer instanceof Answer call) {
                return call.to(arguments);
            }
            return answer == null && method.getReturnType().isInstance(proxy) ? proxy : answer;
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private interface Answer {
        Object to(Object[] arguments) throws Exception;
    }

    private static Taken taken(long number) throws WireException {
        return new Taken(new Announcement("live", 2, 2, 2, 16, 5, 0), number, 0, 0, 0, 0, 0, new short[4]);
    }

    @Test
    void theNewestWinsAndEveryReplacedFrameIsCounted() throws Exception {
        Outbox outbox = new Outbox(1);
        for (int i = 0; i < 10; i++) {
            outbox.offer(taken(i));
        }
        Taken newest = outbox.take();
        assertThat(newest.number).isEqualTo(9);
        assertThat(newest.skippedBefore).isEqualTo(9);
        assertThat(outbox.replaced()).isEqualTo(9);
        outbox.offer(taken(10));
        assertThat(outbox.take().skippedBefore).isZero();
        outbox.close();
        assertThat(outbox.take()).isNull();
    }

    @Test
    void aRoomierOutboxKeepsOrderAndCountsWhatLeftWithTheNextOne() throws Exception {
        Outbox outbox = new Outbox(3);
        for (int i = 0; i < 5; i++) {
            outbox.offer(taken(i));
        }
        assertThat(outbox.take().skippedBefore).isEqualTo(2);
        assertThat(outbox.take().number).isEqualTo(3);
        assertThat(outbox.take().number).isEqualTo(4);
    }

    private record Served(ServerSocket server, Rendezvous rendezvous) {
        static Served open() throws IOException {
            ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            return new Served(server, new Rendezvous(server.getLocalPort(), "token", List.of()));
        }
    }

    @Test
    void aCompanionThatStandsStillHoldsNobodyUpAndMissesOnlyWhatItIsTold() throws Exception {
        Served served = Served.open();
        Outbox outbox = new Outbox(1);
        CountDownLatch mayRead = new CountDownLatch(1);
        List<Long> numbers = new ArrayList<>();
        long[] skipped = {0};
        Thread companion = new Thread(() -> {
            try (Socket socket = served.server().accept()) {
                WireReader reader = new WireReader(socket.getInputStream());
                reader.hello("token");
                WireWriter writer = new WireWriter(socket.getOutputStream());
                writer.welcome();
                mayRead.await();
                for (Message m = reader.next(); m != Message.END; m = reader.next()) {
                    if (m == Message.FRAME) {
                        numbers.add(reader.frame().number);
                        skipped[0] += reader.frame().skippedBefore;
                        if (reader.frame().number == 499) {
                            return;
                        }
                    }
                }
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        companion.start();
        StudioLink link = StudioLink.connect(served.rendezvous(), outbox, (w, h, b, p) -> {}, e -> {});
        Announcement large = new Announcement("live", 512, 512, 2, 16, 5, 0);
        // Far more than the sockets' buffers hold: were anybody held up, this would never end.
        for (int i = 0; i < 500; i++) {
            outbox.offer(new Taken(large, i, 0, 0, 0, 0, 0, new short[512 * 512]));
        }
        mayRead.countDown();
        companion.join(30_000);
        assertThat(companion.isAlive()).isFalse();
        assertThat(numbers.get(numbers.size() - 1)).isEqualTo(499);
        assertThat(numbers.size() + skipped[0]).isEqualTo(500);
        assertThat(numbers).isSorted();
        link.close();
    }

    @Test
    void restoredFramesAreShownInOneStoreAndNoOftenerThanThePeriod() throws Exception {
        List<Object> put = new ArrayList<>();
        List<Object> windows = new ArrayList<>();
        CountDownLatch second = new CountDownLatch(2);
        Object store = fake(org.micromanager.data.RewritableDatastore.class, Map.of("putImage", (Answer) arguments -> {
            put.add(arguments[0]);
            second.countDown();
            return null;
        }));
        Object builder = fake(org.micromanager.data.Coords.Builder.class, Map.of());
        Object metadata = fake(org.micromanager.data.Metadata.Builder.class, Map.of());
        Object data = fake(
                org.micromanager.data.DataManager.class,
                Map.of(
                        "createRewritableRAMDatastore",
                        store,
                        "coordsBuilder",
                        builder,
                        "metadataBuilder",
                        metadata,
                        "createImage",
                        (Answer) arguments -> fake(Image.class, Map.of("getRawPixels", arguments[0]))));
        Object window = fake(org.micromanager.display.DisplayWindow.class, Map.of("isClosed", false));
        Object displays =
                fake(org.micromanager.display.DisplayManager.class, Map.of("createDisplay", (Answer) arguments -> {
                    windows.add(window);
                    return window;
                }));
        Studio studio = fake(Studio.class, Map.of("data", data, "displays", displays));
        RestoredWindow shows = new RestoredWindow(studio, StudioPluginTest::noTrouble, 1_000_000);
        Thread thread = new Thread(shows);
        thread.start();
        shows.show(2, 1, 2, new byte[] {1, 2, 3, (byte) 0xff});
        while (shows.shown() < 1) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        shows.show(2, 1, 2, new byte[] {5, 0, 6, 0});
        assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
        shows.stop();
        thread.join(30_000);
        assertThat(windows).hasSize(1);
        assertThat(((Image) put.get(0)).getRawPixels()).isEqualTo(new short[] {513, (short) 0xff03});
        assertThat(((Image) put.get(1)).getRawPixels()).isEqualTo(new short[] {5, 6});
    }

    @Test
    void anAcquisitionsImageGoesOnByReferenceWithItsCoordinates() {
        short[] pixels = new short[6];
        Image image = fake(
                Image.class,
                Map.of(
                        "getWidth",
                        3,
                        "getHeight",
                        2,
                        "getBytesPerPixel",
                        2,
                        "getNumComponents",
                        1,
                        "getRawPixels",
                        pixels,
                        "getMetadata",
                        fake(org.micromanager.data.Metadata.class, Map.of("getExposureMs", 12.5, "getBitDepth", 12)),
                        "getCoords",
                        fake(org.micromanager.data.Coords.class, Map.of("getT", 4, "getZ", 3, "getC", 2, "getP", 1))));
        List<Taken> handed = new ArrayList<>();
        AcquisitionTap tap = new AcquisitionTap(handed::add, StudioPluginTest::noTrouble);
        DataProviderHasNewImageEvent event = fake(DataProviderHasNewImageEvent.class, Map.of("getImage", image));
        tap.onNewImage(event);
        tap.onNewImage(event);
        assertThat(handed).hasSize(2);
        assertThat(handed.get(0).pixels).isSameAs(pixels);
        assertThat(handed.get(0).stream).isSameAs(handed.get(1).stream);
        assertThat(handed.get(0).stream.bits).isEqualTo(12);
        assertThat(List.of(handed.get(1).t, handed.get(1).z, handed.get(1).c, handed.get(1).p))
                .containsExactly(4, 3, 2, 1);
    }

    @Test
    void aColourImageIsToldOnceAndNeverThrownIntoMicroManager() {
        Image colour =
                fake(Image.class, Map.of("getWidth", 3, "getHeight", 2, "getBytesPerPixel", 4, "getNumComponents", 3));
        List<Exception> told = new ArrayList<>();
        AcquisitionTap tap = new AcquisitionTap(StudioPluginTest::noFrame, told::add);
        DataProviderHasNewImageEvent event = fake(DataProviderHasNewImageEvent.class, Map.of("getImage", colour));
        tap.onNewImage(event);
        tap.onNewImage(event);
        assertThat(told).hasSize(1);
    }

    private static void noFrame(Taken frame) {
        throw new AssertionError("frame " + frame.number);
    }

    @Test
    void liveIsLookedAtUntilStoppedAndEachNewFrameHandedOnOnce() throws Exception {
        long[] looks = {0};
        CountDownLatch enough = new CountDownLatch(5);
        List<Long> numbers = new ArrayList<>();
        LiveTap tap = new LiveTap(
                () -> looks[0]++ % 2 == 0 ? taken(looks[0] / 2) : null,
                1,
                frame -> {
                    numbers.add(frame.number);
                    enough.countDown();
                },
                StudioPluginTest::noTrouble);
        Thread thread = new Thread(tap);
        thread.start();
        assertThat(enough.await(30, TimeUnit.SECONDS)).isTrue();
        tap.stop();
        thread.join(30_000);
        assertThat(numbers).startsWith(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void aCompanionThatDoesNotAnswerIsStartedTheWayItWasStartedLast() throws Exception {
        Path file = folder.resolve("studio.properties");
        new Rendezvous(1, "old", List.of("java", "-jar", "nocturne.jar")).write(file);
        List<String> started = new ArrayList<>();
        Companion companion = new Companion(file, command -> {
            started.addAll(command);
            new Rendezvous(2, "new", command).write(file);
        });
        List<Integer> tried = new ArrayList<>();
        companion.reach(at -> {
            tried.add(at.port);
            if (at.port == 1) {
                throw new IOException("refused");
            }
            return null;
        });
        assertThat(started).containsExactly("java", "-jar", "nocturne.jar");
        assertThat(tried).containsExactly(1, 2);
        new Rendezvous(1, "old", List.of()).write(file);
        assertThatThrownBy(() -> companion.reach(at -> {
                    throw new IOException("refused");
                }))
                .hasMessageContaining("source.studio");
    }
}
