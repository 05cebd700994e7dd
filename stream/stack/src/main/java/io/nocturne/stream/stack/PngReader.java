package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads a PNG of 8 or 16 bits as a stack of one frame: grey as it is, a grey palette by its greys, a coloured palette by
 * its indices (a look-up table on intensities, as ImageJ saves it), colours as channels, transparency dropped. One thread
 * at a time.
 */
public final class PngReader implements StackReader {
    /** More than Deflate can ever expand. */
    private static final long MOST_EXPANSION = 2048;

    private final Path path;
    private final StreamSpec stream;
    private final int[] greys;
    private Raster raster;

    private PngReader(Path path, StreamSpec stream, int[] greys) {
        this.path = path;
        this.stream = stream;
        this.greys = greys;
    }

    /**
     * Opens a file; its pixels are decoded at the first {@link #read}.
     *
     * @throws StackException if it is no PNG or its header is damaged
     */
    public static PngReader open(Path path) throws IOException {
        return with(path, reader -> {
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            ImageTypeSpecifier image = reader.getImageTypes(0).next();
            ColorModel colours = image.getColorModel();
            int bands = image.getNumBands() - (colours.hasAlpha() && image.getNumBands() > 1 ? 1 : 0);
            PixelType type = image.getSampleModel().getSampleSize(0) > 8 ? PixelType.UINT16 : PixelType.UINT8;
            long bytes = (long) width * height * bands * type.bytes();
            if (bytes / MOST_EXPANSION > Files.size(path)) {
                throw new StackException(path + " is a damaged PNG: it claims " + width + " x " + height
                        + " pixels in a file of " + Files.size(path) + " bytes");
            }
            List<String> channels = new ArrayList<>();
            for (int c = 0; c < bands; c++) {
                channels.add(bands == 3 ? List.of("red", "green", "blue").get(c) : String.valueOf(c));
            }
            StreamSpec stream = new StreamSpec(
                    StackFormats.streamName(path),
                    new FrameSpec(width, height, type),
                    channels,
                    1,
                    1,
                    Double.NaN,
                    Double.NaN,
                    8 * type.bytes(),
                    0,
                    0,
                    bands);
            return new PngReader(path, stream, colours instanceof IndexColorModel palette ? greys(palette) : null);
        });
    }

    /** Something done with the JDK's reader. */
    @FunctionalInterface
    private interface Use<T> {
        T with(ImageReader reader) throws IOException;
    }

    private static <T> T with(Path path, Use<T> use) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (InputStream file = Files.newInputStream(path);
                ImageInputStream in = new MemoryCacheImageInputStream(file)) {
            reader.setInput(in, true, true);
            return use.with(reader);
        } catch (StackException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new StackException(path + " is not a PNG, or is damaged: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    /** The grey that each index means; null where the palette has colours, so that indices are the intensities. */
    private static int[] greys(IndexColorModel palette) {
        int[] greys = new int[palette.getMapSize()];
        for (int i = 0; i < greys.length; i++) {
            greys[i] = palette.getRed(i);
            if (palette.getGreen(i) != greys[i] || palette.getBlue(i) != greys[i]) {
                return null;
            }
        }
        return greys;
    }

    @Override
    public StreamSpec stream() {
        return stream;
    }

    @Override
    public long frames() {
        return stream.totalFrames();
    }

    @Override
    public boolean has(long index) {
        return index >= 0 && index < frames();
    }

    @Override
    public boolean read(long index, ByteBuffer into) throws IOException {
        if (!has(index)) {
            throw new IndexOutOfBoundsException("Frame " + index + " of " + frames() + " in " + path);
        }
        if (raster == null) {
            raster = with(path, reader -> reader.read(0).getRaster());
        }
        FrameSpec frame = stream.frame();
        into.clear().limit(frame.bytes());
        ByteBuffer out = into.duplicate().order(ByteOrder.nativeOrder());
        int[] row = new int[frame.width()];
        for (int y = 0; y < frame.height(); y++) {
            raster.getSamples(0, y, frame.width(), 1, (int) index, row);
            for (int value : row) {
                int sample = greys == null ? value : greys[Math.min(value, greys.length - 1)];
                if (frame.pixelType() == PixelType.UINT8) {
                    out.put((byte) sample);
                } else {
                    out.putShort((short) sample);
                }
            }
        }
        return true;
    }

    @Override
    public void close() {}
}
