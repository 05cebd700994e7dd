package io.nocturne.acquisition.mm.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.Axes;
import io.nocturne.acquisition.mm.wire.FrameHead;
import io.nocturne.acquisition.mm.wire.Message;
import io.nocturne.acquisition.mm.wire.Rendezvous;
import io.nocturne.acquisition.mm.wire.WireException;
import io.nocturne.acquisition.mm.wire.WireReader;
import io.nocturne.acquisition.mm.wire.WireWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import mmcorej.TaggedImage;
import mmcorej.org.json.JSONException;
import mmcorej.org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.micromanager.acqj.api.AcquisitionAPI;
import org.micromanager.acqj.main.AcqEngMetadata;

/** A scripted acquisition's images, on queues as its engine has them, and a companion that is really connected to. */
@Timeout(60)
class ScriptTapTest {
    /** As many images as the engine's queues hold. */
    private static final int QUEUE = 30;

    @TempDir
    Path folder;

    /** A companion that notes what it is sent, once it may read. */
    private final class Listener implements AutoCloseable {
        final List<FrameHead> heads = new ArrayList<>();
        final List<Integer> firstPixels = new ArrayList<>();
        final CountDownLatch mayRead = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);
        final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        volatile Announcement stream;

        Listener() throws IOException {
            Thread thread = new Thread(this::listen, "companion");
            thread.setDaemon(true);
            thread.start();
        }

        Companion companion() throws IOException {
            Path file = folder.resolve("studio.properties");
            new Rendezvous(server.getLocalPort(), "token", List.of()).write(file);
            return new Companion(file, command -> {});
        }

        private void listen() {
            try (Socket socket = server.accept()) {
                WireReader reader = new WireReader(socket.getInputStream());
                reader.hello("token");
                WireWriter writer = new WireWriter(socket.getOutputStream());
                writer.welcome();
                mayRead.await();
                for (Message m = reader.next(); m != Message.END; m = reader.next()) {
                    if (m == Message.FRAME) {
                        heads.add(reader.frame());
                        firstPixels.add(reader.pixels()[0] & 0xFF);
                        stream = reader.stream();
                    }
                }
                ended.countDown();
                writer.end();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        long skipped() {
            return heads.stream().mapToLong(head -> head.skippedBefore).sum();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static TaggedImage image(int side, int value, Object... axes) throws JSONException {
        JSONObject tags = new JSONObject();
        AcqEngMetadata.setWidth(tags, side);
        AcqEngMetadata.setHeight(tags, side);
        tags.put("Exposure", 12.5);
        AcqEngMetadata.setBitDepth(tags, 12);
        AcqEngMetadata.createAxes(tags);
        for (int i = 0; i < axes.length; i += 2) {
            AcqEngMetadata.setAxisPosition(tags, (String) axes[i], axes[i + 1]);
        }
        short[] pixels = new short[side * side];
        pixels[0] = (short) value;
        return new TaggedImage(pixels, tags);
    }

    @Test
    void imagesPassUnchangedInOrderAndReachTheCompanionWithTheirAxes() throws Exception {
        BlockingQueue<TaggedImage> source = new LinkedBlockingDeque<>(QUEUE);
        LinkedBlockingDeque<TaggedImage> sink = new LinkedBlockingDeque<>(QUEUE);
        List<TaggedImage> given = new ArrayList<>();
        try (Listener listener = new Listener()) {
            listener.mayRead.countDown();
            ScriptLink link = ScriptLink.connect(Axes.of(List.of("DAPI", "GFP"), 3, 2), listener.companion());
            ScriptTap tap = new ScriptTap(link);
            tap.setAcqAndQueues(null, source, sink);
            callTheOldWayToo(tap);
            for (int p = 0; p < 2; p++) {
                for (int z = 0; z < 3; z++) {
                    for (String channel : List.of("DAPI", "GFP")) {
                        TaggedImage image =
                                image(4, 10 * z + p, "time", 7, "position", "Pos" + p, "z", z, "channel", channel);
                        given.add(image);
                        source.put(image);
                    }
                }
            }
            TaggedImage end = new TaggedImage(null, null);
            source.put(end);
            for (TaggedImage image : given) {
                assertThat(sink.poll(20, TimeUnit.SECONDS)).isSameAs(image);
            }
            assertThat(sink.poll(20, TimeUnit.SECONDS)).isSameAs(end);
            link.close();
            assertThat(listener.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(link.trouble()).isEmpty();
            assertThat(listener.heads).hasSize(12);
            assertThat(listener.stream.axes.channels).containsExactly("DAPI", "GFP");
            assertThat(listener.stream.exposureMillis).isEqualTo(12.5);
            assertThat(listener.stream.bits).isEqualTo(12);
            FrameHead eighth = listener.heads.get(7);
            assertThat(List.of(eighth.t, eighth.p, eighth.z, eighth.c)).containsExactly(7, 1, 0, 1);
            assertThat(listener.firstPixels.get(11)).isEqualTo(21);
        }
    }

    /** Engines of this version call both methods with the same queues; the older one is deprecated. */
    private static void callTheOldWayToo(ScriptTap tap) throws ReflectiveOperationException {
        ScriptTap.class
                .getMethod(
                        "setAcqAndDequeues", AcquisitionAPI.class, LinkedBlockingDeque.class, LinkedBlockingDeque.class)
                .invoke(tap, null, new LinkedBlockingDeque<>(), new LinkedBlockingDeque<>());
    }

    @Test
    void aCompanionThatStandsStillHoldsNoImageBackAndIsToldWhatItMissed() throws Exception {
        BlockingQueue<TaggedImage> source = new LinkedBlockingDeque<>(QUEUE);
        BlockingQueue<TaggedImage> sink = new LinkedBlockingDeque<>(QUEUE);
        try (Listener listener = new Listener()) {
            ScriptLink link = ScriptLink.connect(Axes.MOVIE, listener.companion());
            new ScriptTap(link).setAcqAndQueues(null, source, sink);
            // Far more than sockets and queues hold: were one held back, this would never end.
            for (int t = 0; t < 700; t++) {
                source.put(image(512, 0, "time", t));
                assertThat(sink.poll(20, TimeUnit.SECONDS)).isNotNull();
            }
            listener.mayRead.countDown();
            link.close();
            assertThat(listener.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(link.skipped()).isPositive();
            assertThat(listener.skipped()).isEqualTo(link.skipped());
            assertThat(listener.heads.size() + listener.skipped()).isEqualTo(700);
            assertThat(link.unsent()).isZero();
        }
    }

    @Test
    void aCompanionThatDiesIsToldOfAndHoldsNothingUp() throws Exception {
        BlockingQueue<TaggedImage> source = new LinkedBlockingDeque<>(QUEUE);
        BlockingQueue<TaggedImage> sink = new LinkedBlockingDeque<>(QUEUE);
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread dying = new Thread(() -> {
            try (Socket socket = server.accept()) {
                new WireReader(socket.getInputStream()).hello("token");
                new WireWriter(socket.getOutputStream()).welcome();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        dying.start();
        Path file = folder.resolve("dying.properties");
        new Rendezvous(server.getLocalPort(), "token", List.of()).write(file);
        ScriptLink link = ScriptLink.connect(Axes.MOVIE, new Companion(file, command -> {}));
        dying.join();
        new ScriptTap(link).setAcqAndQueues(null, source, sink);
        for (int t = 0; t < 100; t++) {
            source.put(image(64, 0, "time", t));
            assertThat(sink.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
        for (int i = 0; i < 400 && link.trouble().isEmpty(); i++) {
            Thread.sleep(50);
        }
        assertThat(link.trouble()).isNotEmpty();
        link.close();
        server.close();
    }

    @Test
    void whatCanNotBeRestoredPassesAllTheSameAndIsCounted() throws Exception {
        BlockingQueue<TaggedImage> source = new LinkedBlockingDeque<>(QUEUE);
        BlockingQueue<TaggedImage> sink = new LinkedBlockingDeque<>(QUEUE);
        try (Listener listener = new Listener()) {
            listener.mayRead.countDown();
            ScriptLink link = ScriptLink.connect(Axes.of(List.of("GFP"), 2, 1), listener.companion());
            new ScriptTap(link).setAcqAndQueues(null, source, sink);
            source.put(image(4, 0, "z", 2));
            source.put(image(4, 0, "channel", "Cy5"));
            JSONObject colour = image(4, 0).tags;
            source.put(new TaggedImage(new int[16], colour));
            source.put(image(4, 5, "z", 1));
            for (int i = 0; i < 4; i++) {
                assertThat(sink.poll(20, TimeUnit.SECONDS)).isNotNull();
            }
            link.close();
            assertThat(listener.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(link.unfit()).isEqualTo(3);
            assertThat(link.trouble()).isNotEmpty();
            assertThat(listener.heads).hasSize(1);
        }
    }

    @Test
    void asASinkItTakesEverythingAndSaysWhenItIsFinished() throws Exception {
        try (Listener listener = new Listener()) {
            listener.mayRead.countDown();
            ScriptLink link = ScriptLink.connect(Axes.MOVIE, listener.companion());
            ScriptSink sink = new ScriptSink(link);
            sink.initialize(null, new JSONObject());
            assertThat(sink.anythingAcquired()).isFalse();
            sink.putImage(image(4, 3, "time", 0));
            sink.finish();
            assertThat(sink.anythingAcquired()).isTrue();
            assertThat(sink.isFinished()).isTrue();
            link.close();
            assertThat(listener.ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(listener.firstPixels).containsExactly(3);
        }
    }

    @Test
    void axesThatCanNotBeAreRefused() {
        Map<String, Object[]> wrong = new HashMap<>();
        wrong.put("channels", new Object[] {List.of(), 1, 1});
        wrong.put("planes", new Object[] {List.of("GFP"), 0, 1});
        wrong.put("name", new Object[] {List.of("x".repeat(33)), 1, 1});
        wrong.forEach((what, axes) -> assertThatThrownBy(() -> Axes.of(names(axes[0]), (int) axes[1], (int) axes[2]))
                .isInstanceOf(WireException.class)
                .hasMessageContaining(what));
    }

    private static List<String> names(Object list) {
        return ((List<?>) list).stream().map(String.class::cast).toList();
    }
}
