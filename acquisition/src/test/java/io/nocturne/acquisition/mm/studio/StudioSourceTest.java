package io.nocturne.acquisition.mm.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.FakeWriter;
import io.nocturne.acquisition.PatternSource;
import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.Axes;
import io.nocturne.acquisition.mm.wire.FrameHead;
import io.nocturne.acquisition.mm.wire.Message;
import io.nocturne.acquisition.mm.wire.Rendezvous;
import io.nocturne.acquisition.mm.wire.WireReader;
import io.nocturne.acquisition.mm.wire.WireWriter;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSource.SourceEnd;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudioSourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("studio.properties");
    }

    private StudioSource source() {
        return new StudioSource("studio", file(), PATIENCE, List.of());
    }

    private interface Script {
        void play(Socket socket, WireWriter writer, WireReader reader) throws Exception;
    }

    /** A plugin as the protocol has it, on a thread of its own. */
    private CompletableFuture<Void> plugin(Script script) {
        return CompletableFuture.runAsync(() -> {
            try {
                while (!Files.exists(file())) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                Rendezvous at = Rendezvous.read(file());
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), at.port)) {
                    WireWriter writer = new WireWriter(socket.getOutputStream());
                    WireReader reader = new WireReader(socket.getInputStream());
                    reader.expectRestored();
                    writer.hello(at.token);
                    reader.welcome();
                    script.play(socket, writer, reader);
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private static Announcement stream(int width, int height) throws IOException {
        return new Announcement("live", width, height, 2, 16, 5, 0.1);
    }

    private static FrameHead head(long number, long skipped) {
        return new FrameHead(number, skipped, number * 1000, number * 5.0, 0, 0, 0, 0);
    }

    private static short[] pattern(int pixels, long number) {
        ByteBuffer plane = ByteBuffer.allocate(2 * pixels).order(ByteOrder.nativeOrder());
        PatternSource.fill(plane, PixelType.UINT16, number);
        short[] shorts = new short[pixels];
        plane.rewind().asShortBuffer().get(shorts);
        return shorts;
    }

    private static FramePipeline.Builder pipeline(StreamSpec stream, StudioSource source) {
        return FramePipeline.builder(stream).source(source).settings(PipelineSettings.live(16, 1));
    }

    @Test
    void framesOfThePluginCrossThePipelineAndSkippedOnesAreGaps() throws Exception {
        CompletableFuture<Void> plugin = plugin((socket, writer, reader) -> {
            writer.stream(stream(16, 8));
            for (int i = 0; i < 10; i++) {
                writer.frame(head(i, 0), pattern(128, i));
            }
            writer.frame(head(15, 5), pattern(128, 15));
            writer.end();
            socket.shutdownOutput();
        });
        try (StudioSource source = source()) {
            StreamSpec stream = source.open();
            assertThat(stream.frame()).isEqualTo(new FrameSpec(16, 8, PixelType.UINT16));
            PipelineReport report = pipeline(stream, source).build().run();
            plugin.get(30, TimeUnit.SECONDS);
            assertThat(report.accounting().acquired()).isEqualTo(11);
            assertThat(report.accounting().lostBefore()).isEqualTo(5);
            assertThat(report.endCause()).isEqualTo(Cause.COMPLETED);
        }
    }

    @Test
    void imagesOfAnAcquisitionKeepTheirPlaceInItsAxes() throws Exception {
        CompletableFuture<Void> plugin = plugin((socket, writer, reader) -> {
            Axes axes = Axes.of(List.of("DAPI", "GFP"), 3, 2);
            writer.stream(new Announcement("script", 16, 8, 2, 12, 5, 0.1, axes));
            writer.frame(new FrameHead(0, 0, 0, 0, 0, 2, 1, 1), pattern(128, 0));
            writer.frame(new FrameHead(1, 0, 0, 0, 4, 0, 0, 0), pattern(128, 1));
            writer.end();
            socket.shutdownOutput();
        });
        try (StudioSource source = source()) {
            StreamSpec stream = source.open();
            assertThat(stream.channels()).containsExactly("DAPI", "GFP");
            assertThat(stream.zSlices()).isEqualTo(3);
            assertThat(stream.positions()).isEqualTo(2);
            FakeWriter writer = new FakeWriter(stream);
            source.run(writer);
            plugin.get(30, TimeUnit.SECONDS);
            FrameHeader first = writer.entries.get(0).header();
            FrameHeader second = writer.entries.get(1).header();
            assertThat(List.of((int) first.timePoint, first.zSlice, first.channel, first.position))
                    .containsExactly(0, 2, 1, 1);
            assertThat(List.of((int) second.timePoint, second.zSlice, second.channel, second.position))
                    .containsExactly(4, 0, 0, 0);
        }
    }

    @Test
    void anImageOutsideTheAnnouncedAxesEndsTheConnection() throws Exception {
        CompletableFuture<Void> plugin = plugin((socket, writer, reader) -> {
            writer.stream(new Announcement("script", 16, 8, 2, 12, 5, 0.1, Axes.of(List.of("GFP"), 3, 1)));
            writer.frame(new FrameHead(0, 0, 0, 0, 0, 0, 0, 0), pattern(128, 0));
            writer.frame(new FrameHead(1, 0, 0, 0, 0, 3, 0, 0), pattern(128, 1));
            socket.getInputStream().read();
        });
        StudioSource source = source();
        try {
            FakeWriter writer = new FakeWriter(source.open());
            assertThatThrownBy(() -> source.run(writer))
                    .hasMessageContaining("z 3")
                    .hasMessageContaining("outside");
        } finally {
            source.close();
            plugin.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void restoredFramesComeBackWithNumberAndStamp() throws Exception {
        CompletableFuture<Void> plugin = plugin((socket, writer, reader) -> {
            writer.stream(stream(16, 8));
            writer.frame(head(3, 0), pattern(128, 3));
            assertThat(reader.next()).isEqualTo(Message.RESTORED);
            assertThat(reader.restoredNumber()).isEqualTo(3);
            assertThat(reader.restoredStamp()).isEqualTo(3000);
            assertThat(reader.restoredWidth()).isEqualTo(16);
            assertThat(reader.pixelBytes()).isEqualTo(256);
            writer.end();
        });
        try (StudioSource source = source()) {
            StreamSpec stream = source.open();
            PipelineReport report = pipeline(stream, source)
                    .restorer(new FakeRestorer(stream.frame(), WindowSpec.SINGLE))
                    .sink(source.returning())
                    .build()
                    .run();
            plugin.get(30, TimeUnit.SECONDS);
            assertThat(report.accounting().restored()).isEqualTo(1);
        }
    }

    @Test
    void anotherShapeIsANewEpoch() throws Exception {
        CompletableFuture<Void> plugin = plugin((socket, writer, reader) -> {
            writer.stream(stream(16, 8));
            writer.frame(head(0, 0), pattern(128, 0));
            writer.stream(stream(8, 8));
            writer.frame(head(0, 0), pattern(64, 0));
            writer.end();
        });
        try (StudioSource source = source()) {
            PipelineReport first = pipeline(source.open(), source).build().run();
            assertThat(first.sourceEnd()).isInstanceOf(SourceEnd.NextEpoch.class);
            StreamSpec next = ((SourceEnd.NextEpoch) first.sourceEnd()).spec();
            assertThat(next.frame()).isEqualTo(new FrameSpec(8, 8, PixelType.UINT16));
            PipelineReport second = pipeline(next, source).build().run();
            assertThat(second.accounting().acquired()).isEqualTo(1);
            plugin.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aStrangerIsRefusedAndThePluginStillGetsIn() throws Exception {
        CompletableFuture<Void> stranger = CompletableFuture.runAsync(() -> {
            try {
                while (!Files.exists(file())) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
                int port = Rendezvous.read(file()).port;
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    new WireWriter(socket.getOutputStream()).hello("guessed");
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                }
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        CompletableFuture<Void> plugin = stranger.thenCompose(done -> plugin((socket, writer, reader) -> {
            writer.stream(stream(16, 8));
            writer.frame(head(0, 0), pattern(128, 0));
        }));
        try (StudioSource source = source()) {
            assertThat(source.open().frame().width()).isEqualTo(16);
            plugin.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void whereNoPluginComesTheErrorSaysWhatToDo() {
        try (StudioSource source = new StudioSource("studio", file(), Duration.ofMillis(20), List.of())) {
            assertThatThrownBy(source::open).hasMessageContaining("mmplugins");
        }
    }
}
