package io.nocturne.config.report;

import io.nocturne.stream.spi.FrameSpec;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;

/** The middle of a frame, pixel for pixel, as an 8-bit PNG. */
final class FramePicture {
    private final FrameSpec spec;
    private final float[] plane;

    /**
     * Takes a copy of a frame's first plane.
     *
     * @param pixels native byte order, from its start
     */
    FramePicture(FrameSpec spec, ByteBuffer pixels) {
        this.spec = spec;
        plane = new float[spec.width() * spec.height()];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = switch (spec.pixelType()) {
                case UINT8 -> pixels.get(i) & 0xff;
                case UINT16 -> pixels.getShort(2 * i) & 0xffff;
                case FLOAT32 -> pixels.getFloat(4 * i);
            };
        }
    }

    /** Values that 1 and 99.8 percent of the pixels stay below: the range of grey. */
    float[] range() {
        float[] sorted = plane.clone();
        Arrays.sort(sorted);
        float low = sorted[(int) (sorted.length * 0.01)];
        float high = sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * 0.998))];
        return new float[] {low, high > low ? high : low + 1};
    }

    /**
     * The middle of the frame as a data URI.
     *
     * @param part of width and height, 0 to 1
     */
    String dataUri(float[] range, double part) throws IOException {
        int width = Math.max(1, (int) Math.round(spec.width() * part));
        int height = Math.max(1, (int) Math.round(spec.height() * part));
        int left = (spec.width() - width) / 2;
        int top = (spec.height() - height) / 2;
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = image.getRaster();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float value = plane[(top + y) * spec.width() + left + x];
                float grey = 255 * (value - range[0]) / (range[1] - range[0]);
                raster.setSample(x, y, 0, Math.max(0, Math.min(255, Math.round(grey))));
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
    }
}
