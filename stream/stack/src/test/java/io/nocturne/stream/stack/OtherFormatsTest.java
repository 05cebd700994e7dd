package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherFormatsTest {
    @TempDir
    Path folder;

    private static byte[] npy(String descr, String shape, boolean fortran, byte[] content) {
        String header = "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': ("
                + shape + "), }";
        header = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        ByteBuffer out = ByteBuffer.allocate(10 + header.length() + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.ISO_8859_1))
                .put(content);
        return out.array();
    }

    private static double pixel(StackReader reader, long index, int pixel) throws IOException {
        ByteBuffer frame = Patterns.direct(reader.stream().frame());
        assertThat(reader.read(index, frame)).isTrue();
        return switch (reader.stream().frame().pixelType()) {
            case UINT8 -> frame.get(pixel) & 0xff;
            case UINT16 -> frame.getShort(2 * pixel) & 0xffff;
            case FLOAT32 -> frame.getFloat(4 * pixel);
        };
    }

    @Test
    void numpyArraysOfEveryTypeAndOrderAreRead() throws IOException {
        for (String descr : List.of("|u1", "<u2", ">u2", "<i2", "<f4", ">f4", "<f8", ">f8")) {
            ByteOrder order = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            TinyTiff samples = new TinyTiff(order, false);
            double[] values = new double[24];
            for (int i = 0; i < values.length; i++) {
                values[i] = i * 3;
            }
            byte[] content = samples.samples(NumpyType.parse(descr, "test"), values);
            Path file = Files.write(folder.resolve("a.npy"), npy(descr, "2, 2, 3, 2", false, content));
            try (StackReader reader = StackReader.open(file)) {
                assertThat(reader.frames()).isEqualTo(4);
                assertThat(reader.stream().channels()).hasSize(2);
                assertThat(reader.stream().frame().width()).isEqualTo(2);
                for (int i = 0; i < 24; i++) {
                    assertThat(pixel(reader, i / 6, i % 6)).isEqualTo(3 * i);
                }
            }
        }
    }

    @Test
    void anNpzWithOneArrayIsReadAndOneWithTwoNamesThem() throws IOException {
        Path one = folder.resolve("one.npz");
        Path two = folder.resolve("two.npz");
        for (Path file : List.of(one, two)) {
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
                zip.setLevel(Deflater.BEST_SPEED);
                for (String name : file.equals(one) ? List.of("movie.npy") : List.of("movie.npy", "mask.npy")) {
                    zip.putNextEntry(new ZipEntry(name));
                    zip.write(npy("|u1", "2, 2, 2", false, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
                }
            }
        }
        try (StackReader reader = StackReader.open(one)) {
            assertThat(reader.frames()).isEqualTo(2);
            assertThat(pixel(reader, 1, 3)).isEqualTo(8);
        }
        assertThatThrownBy(() -> StackReader.open(two))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("mask.npy");
    }

    @Test
    void numpyArraysThatCannotBeReadSayWhy() throws IOException {
        assertNpyFails(npy("<u2", "2, 2, 2", true, new byte[16]), "ascontiguousarray");
        assertNpyFails(npy("<u2", "2, 2, 2", false, new byte[15]), "copied whole");
        assertNpyFails(npy("<c8", "2, 2", false, new byte[32]), "c8");
        assertNpyFails(npy("<u2", "7,", false, new byte[14]), "shape");
        assertNpyFails(npy("<u2", "99999999999, 99999999999, 4", false, new byte[14]), "damaged");
    }

    private void assertNpyFails(byte[] bytes, String saying) throws IOException {
        Path file = Files.write(folder.resolve("bad.npy"), bytes);
        assertThatThrownBy(() -> StackReader.open(file))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("bad.npy")
                .hasMessageContaining(saying);
    }

    private static void png(Path file, int type, int width, int height, int value) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int i = 0; i < width * height; i++) {
            image.getRaster().setSample(i % width, i / width, 0, value + i);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            ImageIO.write(image, "png", out);
        }
    }

    @Test
    void aFolderIsReadInNaturalOrderAndStrangeFilesAreLeftOut() throws IOException {
        for (int i : new int[] {10, 2, 1, 9}) {
            png(folder.resolve("f" + i + ".png"), BufferedImage.TYPE_USHORT_GRAY, 5, 4, 1000 * i);
        }
        Files.writeString(folder.resolve("notes.txt"), "not a frame");
        try (StackReader reader = StackReader.open(folder)) {
            assertThat(reader.frames()).isEqualTo(4);
            assertThat(reader.stream().frame()).isEqualTo(new FrameSpec(5, 4, PixelType.UINT16));
            assertThat(pixel(reader, 0, 0)).isEqualTo(1000);
            assertThat(pixel(reader, 3, 19)).isEqualTo(10019);
            assertThat(pixel(reader, 1, 0)).isEqualTo(2000);
        }
        png(folder.resolve("f3.png"), BufferedImage.TYPE_BYTE_GRAY, 5, 4, 3);
        assertThatThrownBy(() -> StackReader.open(folder))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("f1.png")
                .hasMessageContaining("f3.png");
    }

    @Test
    void namesSortAsPeopleCount() {
        assertThat(Stream.of("a10", "a9", "b1", "a09b", "a1", "A2")
                        .sorted(FrameFolder::compareNaturally)
                        .toList())
                .containsExactly("a1", "A2", "a9", "a09b", "a10", "b1");
    }

    @Test
    void whatIsNoStackSaysSo() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "hello");
        assertThatThrownBy(() -> StackReader.open(text))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("none of the formats");
        assertThatThrownBy(() -> StackReader.open(folder))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("no TIFF or PNG");
        Path cut = Files.write(folder.resolve("cut.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0});
        assertThatThrownBy(() -> StackReader.open(cut))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("cut.png");
    }

    @Property(tries = 25)
    void writtenTiffIsReadBack(
            @ForAll @IntRange(min = 1, max = 33) int width,
            @ForAll @IntRange(min = 1, max = 17) int height,
            @ForAll PixelType type,
            @ForAll @IntRange(min = 1, max = 3) int channels,
            @ForAll @IntRange(min = 1, max = 3) int slices,
            @ForAll @IntRange(min = 1, max = 2) int positions,
            @ForAll boolean big)
            throws IOException {
        FrameSpec frame = new FrameSpec(width, height, type);
        StreamSpec stream = Patterns.stream(frame, channels, slices, positions);
        Path root = Files.createTempDirectory("tiff");
        try {
            Path file = root.resolve(positions > 1 || big ? "out.ome.tif" : "out.tif");
            int frames = 3 * stream.framesPerTimePoint();
            int missing = frames > 4 ? 2 : -1;
            try (TiffWriter writer = TiffWriter.create(file, Stack.raw(stream), big ? -1 : frames)) {
                for (int i = frames - 1; i >= 0; i--) {
                    if (i != missing) {
                        writer.write(i, Patterns.frame(frame, i));
                    }
                }
                assertThat(file).doesNotExist();
            }
            try (StackReader reader = StackReader.open(file)) {
                assertThat(reader.frames()).isEqualTo(frames);
                assertThat(reader.stream().zSlices()).isEqualTo(slices);
                assertThat(reader.stream().positions()).isEqualTo(positions);
                assertThat(reader.stream().pixelSizeUm()).isBetween(0.06499, 0.06501);
                assertThat(reader.stream().framePeriodNanos()).isEqualTo(50_000_000L);
                ByteBuffer read = Patterns.direct(frame);
                for (int i = 0; i < frames; i++) {
                    assertThat(reader.read(i, read)).isTrue();
                    assertThat(read)
                            .isEqualTo(i == missing ? ByteBuffer.allocate(frame.bytes()) : Patterns.frame(frame, i));
                }
            }
        } finally {
            OmeZarrTest.deleteAll(root);
        }
    }

    @Test
    void aTiffIsNeverWrittenOverAnother() throws IOException {
        Path file = Files.writeString(folder.resolve("there.tif"), "precious");
        Stack stack = Stack.raw(Patterns.stream(new FrameSpec(2, 2, PixelType.UINT8), 1, 1, 1));
        assertThatThrownBy(() -> TiffWriter.create(file, stack, 1))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("exists already");
        assertThat(file).hasContent("precious");
    }
}
