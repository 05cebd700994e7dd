package io.nocturne.acquisition.mm.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WireTest {
    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    Path folder;

    private interface Script {
        void write(WireWriter writer) throws IOException;
    }

    private static byte[] written(Script script) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        script.write(new WireWriter(bytes));
        return bytes.toByteArray();
    }

    private static WireReader reading(byte[] bytes) {
        return new WireReader(new ByteArrayInputStream(bytes));
    }

    private static Announcement stream(int width, int height, int bytes) throws WireException {
        return new Announcement("live", width, height, bytes, 8 * bytes, 20, 0.1);
    }

    private static byte[] session() throws IOException {
        return written(writer -> {
            writer.hello(TOKEN);
            writer.stream(stream(5, 3, 2));
            writer.frame(
                    new FrameHead(7, 2, 99, 1.5, 1, 2, 3, 4),
                    new short[] {0, 1, -1, 258, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, (short) 40000});
            writer.end();
        });
    }

    @Test
    void framesComeThroughWithHeadAndPixels() throws Exception {
        WireReader reader = reading(session());
        reader.hello(TOKEN);
        assertThat(reader.next()).isEqualTo(Message.STREAM);
        assertThat(reader.stream().sameShape(stream(5, 3, 2))).isTrue();
        assertThat(reader.next()).isEqualTo(Message.FRAME);
        FrameHead head = reader.frame();
        assertThat(List.of(head.number, head.skippedBefore, head.stamp)).containsExactly(7L, 2L, 99L);
        assertThat(head.elapsedMillis).isEqualTo(1.5);
        assertThat(List.of(head.t, head.z, head.c, head.p)).containsExactly(1, 2, 3, 4);
        assertThat(reader.pixelBytes()).isEqualTo(30);
        assertThat(reader.pixels()).startsWith(0, 0, 1, 0, 0xff, 0xff, 2, 1);
        assertThat(reader.next()).isEqualTo(Message.END);
    }

    @Property(tries = 50)
    void framesOfAnySizeComeThrough(
            @ForAll @IntRange(min = 1, max = 300) int width,
            @ForAll @IntRange(min = 1, max = 300) int height,
            @ForAll @IntRange(min = 1, max = 2) int bytes)
            throws IOException {
        Random random = new Random(width * 31L + height);
        byte[] eight = new byte[width * height];
        random.nextBytes(eight);
        short[] sixteen = new short[width * height];
        for (int i = 0; i < sixteen.length; i++) {
            sixteen[i] = (short) random.nextInt();
        }
        WireReader reader = reading(written(writer -> {
            writer.stream(stream(width, height, bytes));
            writer.frame(new FrameHead(0, 0, 0, Double.NaN, 0, 0, 0, 0), bytes == 1 ? eight : sixteen);
        }));
        reader.next();
        reader.next();
        for (int i = 0; i < width * height; i++) {
            int value = bytes == 1
                    ? reader.pixels()[i] & 0xff
                    : (reader.pixels()[2 * i] & 0xff) | (reader.pixels()[2 * i + 1] & 0xff) << 8;
            assertThat(value).isEqualTo(bytes == 1 ? eight[i] & 0xff : sixteen[i] & 0xffff);
        }
    }

    @Test
    void restoredFramesComeBackOnlyWhereTheyAreExpected() throws Exception {
        byte[] bytes = written(writer -> writer.restored(7, 99, 2, 2, 2, new byte[] {1, 0, 2, 0, 3, 0, 4, 0, 77}));
        WireReader plugin = reading(bytes);
        plugin.expectRestored();
        assertThat(plugin.next()).isEqualTo(Message.RESTORED);
        assertThat(plugin.restoredNumber()).isEqualTo(7);
        assertThat(plugin.restoredStamp()).isEqualTo(99);
        assertThat(plugin.pixelBytes()).isEqualTo(8);
        assertThatThrownBy(() -> reading(bytes).next()).isInstanceOf(WireException.class);
    }

    @Test
    void aWrongTokenVersionOrMagicIsRefused() throws Exception {
        byte[] bytes = session();
        assertThatThrownBy(() -> reading(bytes).hello("another")).hasMessageContaining("token");
        byte[] newer = bytes.clone();
        newer[10] = 9;
        assertThatThrownBy(() -> reading(newer).hello(TOKEN)).hasMessageContaining("version 9");
        byte[] web = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> reading(web).hello(TOKEN)).isInstanceOf(WireException.class);
    }

    @Test
    void aFrameBeforeItsStreamOrOfAnotherLengthIsRefused() throws Exception {
        FrameHead head = new FrameHead(0, 0, 0, 0, 0, 0, 0, 0);
        assertThatThrownBy(
                        () -> reading(written(w -> w.frame(head, new byte[4]))).next())
                .hasMessageContaining("before any STREAM");
        WireReader reader = reading(written(w -> {
            w.stream(stream(5, 3, 2));
            w.frame(head, new short[16]);
        }));
        reader.next();
        assertThatThrownBy(reader::next).hasMessageContaining("has 78 bytes, not 80");
    }

    @Property(tries = 2000)
    void noDamagedByteDoesMoreThanEndTheConnection(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = session();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        int end = random.nextInt(3) == 0 ? random.nextInt(bytes.length) : bytes.length;
        WireReader reader = reading(Arrays.copyOf(bytes, end));
        reader.expectRestored();
        try {
            reader.hello(TOKEN);
            for (int i = 0; i < 10 && reader.next() != Message.END; i++) {
                assertThat(reader.pixelBytes()).isLessThanOrEqualTo(1 << 28);
            }
        } catch (IOException expected) {
            assertThat(expected).isInstanceOf(IOException.class);
        }
    }

    @Test
    void theRendezvousIsKeptForThisUserAlone() throws Exception {
        Path file = folder.resolve("sub").resolve("studio.properties");
        assertThatThrownBy(() -> Rendezvous.read(file)).hasMessageContaining("No companion has run here yet");
        new Rendezvous(4711, TOKEN, List.of("C:\\Program Files\\java", "-jar", "a b.jar")).write(file);
        Rendezvous read = Rendezvous.read(file);
        assertThat(read.port).isEqualTo(4711);
        assertThat(read.token).isEqualTo(TOKEN);
        assertThat(read.command).containsExactly("C:\\Program Files\\java", "-jar", "a b.jar");
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        }
        Files.writeString(file, "port=many");
        assertThatThrownBy(() -> Rendezvous.read(file)).hasMessageContaining("delete it");
    }
}
