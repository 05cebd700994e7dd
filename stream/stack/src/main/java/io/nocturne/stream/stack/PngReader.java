package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.awt.image.BufferedImage;
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
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
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

    private final StreamSpec stream;
    private final Raster raster;
    private final int[] greys;

    private PngReader(StreamSpec stream, Raster raster, int[] greys) {
        this.stream = stream;
        this.raster = raster;
        this.greys = greys;
    }

    /**
     * Opens and decodes a file.
     *
     * @throws StackException if it is no PNG or is damaged
     */
    public static PngReader open(Path path) throws IOException {
        BufferedImage image = decode(path);
        Raster raster = image.getRaster();
        ColorModel colours = image.getColorModel();
        int[] greys = colours instanceof IndexColorModel palette ? greys(palette) : null;
        int bands = raster.getNumBands() - (colours.hasAlpha() && raster.getNumBands() > 1 ? 1 : 0);
        int bits = raster.getSampleModel().getSampleSize(0);
        PixelType type = bits > 8 ? PixelType.UINT16 : PixelType.UINT8;
        List<String> channels = new ArrayList<>();
        for (int c = 0; c < bands; c++) {
            channels.add(bands == 3 ? List.of("red", "green", "blue").get(c) : String.valueOf(c));
        }
        StreamSpec stream = new StreamSpec(
                StackFormats.streamName(path),
                new FrameSpec(raster.getWidth(), raster.getHeight(), type),
                channels,
                1,
                1,
                Double.NaN,
                Double.NaN,
                8 * type.bytes(),
                0,
                0,
                bands);
        return new PngReader(stream, raster, greys);
    }

    private static BufferedImage decode(Path path) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
        ImageReader reader = readers.next();
        try (InputStream file = Files.newInputStream(path);
                ImageInputStream in = new MemoryCacheImageInputStream(file)) {
            reader.setInput(in, true, true);
            long bytes = 8L * reader.getWidth(0) * reader.getHeight(0);
            if (bytes / MOST_EXPANSION > Files.size(path) || bytes / 8 > Integer.MAX_VALUE / 2) {
                throw new StackException(path + " is a damaged PNG: it claims " + reader.getWidth(0) + " x "
                        + reader.getHeight(0) + " pixels in a file of " + Files.size(path) + " bytes");
            }
            return reader.read(0);
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
    public boolean read(long index, ByteBuffer into) {
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
