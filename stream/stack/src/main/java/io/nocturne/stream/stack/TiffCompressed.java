package io.nocturne.stream.stack;

import com.twelvemonkeys.imageio.plugins.tiff.BigTIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/** Reads compressed TIFF pages through the TwelveMonkeys library. Allocates a page each time. */
final class TiffCompressed {
    private TiffCompressed() {}

    static void read(
            TiffFile file, int page, int width, int height, int samples, int sample, SampleType type, ByteBuffer plane)
            throws IOException {
        Raster raster = raster(file, page);
        if (raster.getWidth() != width || raster.getHeight() != height || raster.getNumBands() != samples) {
            throw file.damaged("page " + page + " decodes to " + raster.getWidth() + " x " + raster.getHeight() + " x "
                    + raster.getNumBands() + " instead of " + width + " x " + height + " x " + samples);
        }
        ByteBuffer out = plane.duplicate().order(ByteOrder.nativeOrder());
        int[] whole = new int[width];
        double[] real = new double[width];
        for (int y = 0; y < height; y++) {
            if (type == SampleType.FLOAT32 || type == SampleType.FLOAT64) {
                raster.getSamples(0, y, width, 1, sample, real);
            } else {
                raster.getSamples(0, y, width, 1, sample, whole);
            }
            for (int x = 0; x < width; x++) {
                switch (type) {
                    case UINT8 -> out.put((byte) whole[x]);
                    case UINT16 -> out.putShort((short) whole[x]);
                    case FLOAT32, FLOAT64 -> out.putFloat((float) real[x]);
                    case INT8 -> out.putFloat((byte) whole[x]);
                    case INT16 -> out.putFloat((short) whole[x]);
                    default ->
                        throw new StackException(
                                file.path()
                                        + " is compressed and has 32-bit integer pixels, which isn't read: save it uncompressed");
                }
            }
        }
        plane.position(out.position());
    }

    private static Raster raster(TiffFile file, int page) throws IOException {
        boolean big = file.isBig();
        ImageReader reader = big
                ? new BigTIFFImageReaderSpi().createReaderInstance(null)
                : new TIFFImageReaderSpi().createReaderInstance(null);
        try (ImageInputStream in = new FileImageInputStream(file.path().toFile())) {
            reader.setInput(in);
            int number = file.chainNumber(page);
            return reader.canReadRaster()
                    ? reader.readRaster(number, null)
                    : reader.read(number).getRaster();
        } catch (RuntimeException e) {
            throw new StackException(file.path() + " has a damaged compressed page " + page + ": " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }
}
