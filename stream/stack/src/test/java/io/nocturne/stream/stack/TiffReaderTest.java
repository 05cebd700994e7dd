package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TiffReaderTest {
    @TempDir
    Path folder;

    private Path save(TinyTiff tiff) throws IOException {
        Path file = folder.resolve("test.tif");
        Files.write(file, tiff.toBytes());
        return file;
    }

    /** Pixel values of a frame as doubles. */
    private static double[] read(StackReader reader, long index) throws IOException {
        ByteBuffer frame = Patterns.direct(reader.stream().frame());
        assertThat(reader.read(index, frame)).isTrue();
        double[] values = new double[reader.stream().frame().pixels()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (reader.stream().frame().pixelType()) {
                case UINT8 -> frame.get() & 0xff;
                case UINT16 -> frame.getShort() & 0xffff;
                case FLOAT32 -> frame.getFloat();
            };
        }
        assertThat(frame.hasRemaining()).isFalse();
        return values;
    }

    @Property(tries = 40)
    void anySizeTypeOrderAndStripHeightIsReadBack(
            @ForAll @IntRange(min = 1, max = 37) int width,
            @ForAll @IntRange(min = 1, max = 23) int height,
            @ForAll SampleType type,
            @ForAll boolean little,
            @ForAll boolean big,
            @ForAll @IntRange(min = 1, max = 25) int rows)
            throws IOException {
        ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        TinyTiff tiff = new TinyTiff(order, big);
        double[][] pages = new double[3][];
        Random random = new Random(width * 31L + height);
        for (int page = 0; page < pages.length; page++) {
            double least = type.name().startsWith("U") ? 0 : -100;
            double[] values = random.doubles((long) width * height, least, 120)
                    .map(Math::floor)
                    .toArray();
            pages[page] = values;
            int strips = (height + rows - 1) / rows;
            long[] offsets = new long[strips];
            for (int strip = 0; strip < strips; strip++) {
                int from = strip * rows * width;
                int to = Math.min(values.length, from + rows * width);
                offsets[strip] = tiff.put(tiff.samples(type, Arrays.copyOfRange(values, from, to)));
                tiff.put(new byte[page]);
            }
            tiff.page(width, height, type, rows, offsets).endPage();
        }
        Path file = Files.createTempFile("tiny", ".tif");
        try {
            Files.write(file, tiff.toBytes());
            try (StackReader reader = StackReader.open(file)) {
                assertThat(reader.frames()).isEqualTo(3);
                assertThat(reader.stream().frame().pixelType()).isEqualTo(type.pixelType());
                for (int page = 2; page >= 0; page--) {
                    assertThat(read(reader, page)).containsExactly(pages[page]);
                }
            }
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void tilesAreAssembledAndTheirPaddingIsLeftOut() throws IOException {
        int width = 21;
        int height = 19;
        int tile = 16;
        TinyTiff tiff = new TinyTiff(ByteOrder.BIG_ENDIAN, false);
        long[] offsets = new long[4];
        for (int n = 0; n < 4; n++) {
            double[] values = new double[tile * tile];
            for (int i = 0; i < values.length; i++) {
                int x = n % 2 * tile + i % tile;
                int y = n / 2 * tile + i / tile;
                values[i] = x < width && y < height ? 100 * y + x : 65535;
            }
            offsets[n] = tiff.put(tiff.samples(SampleType.UINT16, values));
        }
        tiff.tag(TiffTag.WIDTH, width).tag(TiffTag.HEIGHT, height).tag(TiffTag.BITS, 16);
        tiff.tag(TiffTag.TILE_WIDTH, tile).tag(TiffTag.TILE_HEIGHT, tile).tag(TiffTag.TILE_OFFSETS, offsets);
        tiff.endPage();
        try (StackReader reader = StackReader.open(save(tiff))) {
            double[] expected = IntStream.range(0, width * height)
                    .mapToDouble(i -> 100 * (i / width) + i % width)
                    .toArray();
            assertThat(read(reader, 0)).containsExactly(expected);
        }
    }

    @Test
    void samplesOfAPixelAreChannelsChunkyOrPlanar() throws IOException {
        for (boolean planar : new boolean[] {false, true}) {
            TinyTiff tiff = new TinyTiff(ByteOrder.LITTLE_ENDIAN, false);
            tiff.tag(TiffTag.WIDTH, 2)
                    .tag(TiffTag.HEIGHT, 2)
                    .tag(TiffTag.SAMPLES, 3)
                    .tag(TiffTag.BITS, 8, 8, 8);
            if (planar) {
                long at = tiff.put(new byte[] {1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24});
                tiff.tag(TiffTag.PLANAR, 2).tag(TiffTag.STRIP_OFFSETS, at, at + 4, at + 8);
            } else {
                long at = tiff.put(new byte[] {1, 11, 21, 2, 12, 22, 3, 13, 23, 4, 14, 24});
                tiff.tag(TiffTag.STRIP_OFFSETS, at);
            }
            tiff.endPage();
            try (StackReader reader = StackReader.open(save(tiff))) {
                assertThat(reader.stream().channels()).hasSize(3);
                assertThat(read(reader, 0)).containsExactly(1, 2, 3, 4);
                assertThat(read(reader, 2)).containsExactly(21, 22, 23, 24);
            }
        }
    }

    @Test
    void aHyperstackBehindOneDirectoryIsReadAsImageJWritesItBeyondFourGigabytes() throws IOException {
        TinyTiff tiff = new TinyTiff(ByteOrder.BIG_ENDIAN, false);
        double[] all = IntStream.range(0, 2 * 3 * 4 * 6).mapToDouble(i -> 7 * i).toArray();
        long at = tiff.put(tiff.samples(SampleType.UINT16, all));
        tiff.page(3, 2, SampleType.UINT16, 2, at)
                .text(
                        """
                        ImageJ=1.54f
                        images=24
                        channels=2
                        slices=3
                        frames=4
                        hyperstack=true
                        unit=\\u00B5m
                        spacing=0.5
                        finterval=1.5
                        """)
                .rational(TiffTag.X_RESOLUTION, 10_000_000, 1_000_000)
                .endPage();
        try (StackReader reader = StackReader.open(save(tiff))) {
            StreamSpec stream = reader.stream();
            assertThat(reader.frames()).isEqualTo(24);
            assertThat(stream.channels()).hasSize(2);
            assertThat(stream.zSlices()).isEqualTo(3);
            assertThat(stream.pixelSizeUm()).isEqualTo(0.1);
            assertThat(stream.zStepUm()).isEqualTo(0.5);
            assertThat(stream.framePeriodNanos()).isEqualTo(250_000_000L);
            for (int i = 0; i < 24; i++) {
                assertThat(read(reader, i)).containsExactly(Arrays.copyOfRange(all, 6 * i, 6 * i + 6));
            }
        }
    }

    @Test
    void omeXmlTellsTheOrderOfPages() throws IOException {
        TinyTiff tiff = new TinyTiff(ByteOrder.LITTLE_ENDIAN, true);
        String xml = "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\">"
                + "<Image ID=\"Image:0\"><Pixels DimensionOrder=\"XYZCT\" SizeC=\"2\" SizeZ=\"2\" SizeT=\"1\" "
                + "PhysicalSizeX=\"65\" PhysicalSizeXUnit=\"nm\" TimeIncrement=\"400\" TimeIncrementUnit=\"ms\">"
                + "<Channel Name=\"GFP\"/><Channel Name=\"RFP\"/>"
                + "<TiffData IFD=\"3\" FirstC=\"0\" FirstZ=\"0\"/><TiffData IFD=\"2\" FirstC=\"0\" FirstZ=\"1\"/>"
                + "<TiffData IFD=\"1\" FirstC=\"1\" FirstZ=\"0\"/>"
                + "<Plane TheC=\"0\" TheZ=\"0\" TheT=\"0\" ExposureTime=\"0.02\"/></Pixels></Image></OME>";
        for (int page = 0; page < 4; page++) {
            if (page == 0) {
                tiff.text(xml);
            }
            tiff.page(1, 1, SampleType.UINT8, 1, tiff.put(new byte[] {(byte) page}))
                    .endPage();
        }
        try (StackReader reader = StackReader.open(save(tiff))) {
            StreamSpec stream = reader.stream();
            assertThat(stream.channels()).containsExactly("GFP", "RFP");
            assertThat(stream.pixelSizeUm()).isEqualTo(0.065);
            assertThat(stream.framePeriodNanos()).isEqualTo(100_000_000L);
            assertThat(stream.exposureNanos()).isEqualTo(20_000_000L);
            assertThat(read(reader, 0)).containsExactly(3);
            assertThat(read(reader, 1)).containsExactly(1);
            assertThat(read(reader, 2)).containsExactly(2);
            assertThat(reader.has(3)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LZW", "Deflate", "ZLib", "PackBits"})
    void compressedPagesAreRead(String compression) throws IOException {
        for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
            BufferedImage image = new BufferedImage(37, 21, type);
            int[] values = new Random(5)
                    .ints(37 * 21, 0, type == BufferedImage.TYPE_BYTE_GRAY ? 255 : 65535)
                    .toArray();
            image.getRaster().setSamples(0, 0, 37, 21, 0, values);
            Path file = folder.resolve(compression + type + ".tif");
            ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
            try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
                ImageWriteParam settings = writer.getDefaultWriteParam();
                settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                settings.setCompressionType(compression);
                writer.setOutput(out);
                writer.write(null, new IIOImage(image, null, null), settings);
            } finally {
                writer.dispose();
            }
            try (StackReader reader = StackReader.open(file)) {
                assertThat(read(reader, 0))
                        .containsExactly(IntStream.of(values).asDoubleStream().toArray());
            }
        }
    }

    private void assertDamaged(TinyTiff tiff, String saying) throws IOException {
        Path file = save(tiff);
        assertThatThrownBy(() -> {
                    try (StackReader reader = StackReader.open(file)) {
                        for (int i = 0; i < reader.frames(); i++) {
                            read(reader, i);
                        }
                    }
                })
                .isInstanceOf(StackException.class)
                .hasMessageContaining("test.tif")
                .hasMessageContaining(saying);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hostileFilesEndInAnErrorThatSaysWhy(boolean big) throws IOException {
        TinyTiff loop = new TinyTiff(ByteOrder.LITTLE_ENDIAN, big);
        long first = loop.page(2, 2, SampleType.UINT8, 2, loop.put(new byte[4])).endPage();
        loop.page(2, 2, SampleType.UINT8, 2, first).endPage();
        loop.link(first);
        loop.put(new byte[10_000]);
        assertDamaged(loop, "loops");

        TinyTiff self = new TinyTiff(ByteOrder.LITTLE_ENDIAN, big);
        self.link(self.page(2, 2, SampleType.UINT8, 2, 8).endPage());
        self.put(new byte[2]);
        self.link(big ? 16 : 8);
        assertDamaged(self, "");

        TinyTiff beyond = new TinyTiff(ByteOrder.LITTLE_ENDIAN, big);
        beyond.page(64, 64, SampleType.UINT8, 64, 0x7fff_0000L).endPage();
        beyond.put(new byte[5000]);
        assertDamaged(beyond, "refers to");

        TinyTiff absurd = new TinyTiff(ByteOrder.BIG_ENDIAN, big);
        absurd.page(1 << 30, 1 << 30, SampleType.UINT16, 1, 8).endPage();
        assertDamaged(absurd, "would take");

        TinyTiff manyStrips = new TinyTiff(ByteOrder.BIG_ENDIAN, big);
        manyStrips.page(1, 1 << 20, SampleType.UINT8, 1, 8);
        manyStrips.raw(TiffTag.STRIP_OFFSETS, 4, 0x7fff_ffff, 8).endPage();
        manyStrips.put(new byte[1 << 20]);
        assertDamaged(manyStrips, "");

        TinyTiff noPage = new TinyTiff(ByteOrder.LITTLE_ENDIAN, big);
        assertDamaged(noPage, "no page");

        TinyTiff truncatedRun = new TinyTiff(ByteOrder.LITTLE_ENDIAN, big);
        truncatedRun
                .page(4, 4, SampleType.UINT8, 4, truncatedRun.put(new byte[16]))
                .text("ImageJ=1.54f\nimages=1000\nframes=1000\n")
                .endPage();
        assertDamaged(truncatedRun, "announces 1000 images");

        TinyTiff mixed = new TinyTiff(ByteOrder.LITTLE_ENDIAN, big);
        long at = mixed.put(new byte[64]);
        mixed.page(4, 4, SampleType.UINT8, 4, at).endPage();
        mixed.page(4, 2, SampleType.UINT16, 4, at).endPage();
        assertDamaged(mixed, "mixes pages");

        TinyTiff jpeg = new TinyTiff(ByteOrder.LITTLE_ENDIAN, big);
        jpeg.tag(TiffTag.WIDTH, 4).tag(TiffTag.HEIGHT, 4).tag(TiffTag.BITS, 8).tag(TiffTag.COMPRESSION, 7);
        jpeg.tag(TiffTag.STRIP_OFFSETS, 8).endPage();
        assertDamaged(jpeg, "compression 7");
    }

    @Test
    void aTruncatedFileNeverGivesPixelsOrAnythingButAnError() throws IOException {
        TinyTiff tiff = new TinyTiff(ByteOrder.BIG_ENDIAN, false);
        for (int page = 0; page < 3; page++) {
            tiff.page(
                            9,
                            7,
                            SampleType.UINT16,
                            3,
                            tiff.put(new byte[54]),
                            tiff.put(new byte[54]),
                            tiff.put(new byte[18]))
                    .endPage();
        }
        byte[] whole = tiff.toBytes();
        Path file = folder.resolve("cut.tif");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> StackReader.open(file).close()).isInstanceOf(StackException.class);
        }
    }

    @Property(tries = 150)
    void flippedBytesGiveFramesOrAnErrorButNothingElse(@ForAll long seed, @ForAll boolean big) throws IOException {
        TinyTiff tiff = new TinyTiff(ByteOrder.LITTLE_ENDIAN, big);
        for (int page = 0; page < 2; page++) {
            tiff.text("ImageJ=1\nimages=2\nframes=2\n");
            tiff.page(5, 4, SampleType.UINT16, 2, tiff.put(new byte[20]), tiff.put(new byte[20]))
                    .endPage();
        }
        byte[] bytes = tiff.toBytes();
        Random random = new Random(seed);
        for (int i = 0; i < 3; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        Path file = Files.createTempFile("flipped", ".tif");
        try {
            Files.write(file, bytes);
            try (StackReader reader = StackReader.open(file)) {
                assertThat(reader.stream().frame().bytes()).isLessThan(1 << 22);
                ByteBuffer frame = Patterns.direct(reader.stream().frame());
                for (int i = 0; i < Math.min(reader.frames(), 4); i++) {
                    reader.read(i, frame);
                }
            } catch (StackException e) {
                assertThat(e.getMessage()).contains("flipped");
            }
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void anIntegerThatFloatCannotHoldIsRefused() throws IOException {
        TinyTiff tiff = new TinyTiff(ByteOrder.LITTLE_ENDIAN, false);
        tiff.page(1, 1, SampleType.UINT32, 1, tiff.put(tiff.samples(SampleType.UINT32, 16_777_217.0)))
                .endPage();
        assertDamagedPixel(save(tiff));
    }

    private static void assertDamagedPixel(Path file) throws IOException {
        try (StackReader reader = StackReader.open(file)) {
            assertThat(reader.stream().frame().pixelType()).isEqualTo(PixelType.FLOAT32);
            assertThatThrownBy(() -> read(reader, 0))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("16777217");
        }
    }
}
