package io.nocturne.acquisition.mm;

import java.util.List;

/**
 * A camera as it stands before its sequence: what must not be read from it once frames come.
 *
 * @param camera its label
 * @param physicalCameras labels of the cameras behind it; itself alone, unless it is a "Multi Camera"
 * @param width pixels in x
 * @param height pixels in y
 * @param bytesPerPixel 1 or 2 for what can be restored
 * @param components 1 for grey, 4 for colour
 * @param bits that a pixel really uses
 * @param pixelSizeUm in the sample, 0 or NaN if not calibrated
 * @param exposureMillis of a frame
 * @param binning the camera's own word for it, empty if it has none
 * @param bufferBytes memory of the core for frames that wait to be taken
 */
public record CameraFacts(
        String camera,
        List<String> physicalCameras,
        int width,
        int height,
        int bytesPerPixel,
        int components,
        int bits,
        double pixelSizeUm,
        double exposureMillis,
        String binning,
        long bufferBytes) {
    public CameraFacts {
        physicalCameras = List.copyOf(physicalCameras);
    }

    /** Whether frames of both can be one stream's. Cameras round an exposure each in its own way: 1 % is the same. */
    boolean alike(CameraFacts other) {
        return width == other.width
                && height == other.height
                && bytesPerPixel == other.bytesPerPixel
                && Math.abs(exposureMillis - other.exposureMillis) <= 0.01 * exposureMillis;
    }

    /** Those of its values that {@link #alike} asks about, for people. */
    String kind() {
        return width + "x" + height + " pixels of " + 8 * bytesPerPixel + " bits, exposed " + exposureMillis + " ms";
    }
}
