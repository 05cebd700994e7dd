package io.nocturne.acquisition.mm;

import java.util.Optional;

/**
 * What is set on a camera while it stands still; what is left out stays as it is.
 *
 * @param exposureMillis time that a frame is exposed
 * @param binning the camera's own word for it, such as {@code 2} or {@code 2x2}
 * @param pixelType the camera's own word for it, such as {@code 16bit}
 * @param roi region that is read out; set after binning and type, which reset it on many cameras
 * @param bufferBytes memory of the core for frames that wait to be taken; set last
 */
public record CameraSettings(
        Optional<Double> exposureMillis,
        Optional<String> binning,
        Optional<String> pixelType,
        Optional<Roi> roi,
        Optional<Long> bufferBytes) {
    /** Leaves everything as it is. */
    public static final CameraSettings UNCHANGED = new CameraSettings(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public CameraSettings {
        exposureMillis.ifPresent(millis -> {
            if (!(millis > 0)) {
                throw new IllegalArgumentException("An exposure takes longer than 0 ms, not " + millis);
            }
        });
        bufferBytes.ifPresent(bytes -> {
            if (bytes < 1L << 20) {
                throw new IllegalArgumentException("A core's buffer needs at least 1 MiB, not " + bytes + " bytes");
            }
        });
    }

    /** These settings with that exposure. */
    public CameraSettings withExposureMillis(double millis) {
        return new CameraSettings(Optional.of(millis), binning, pixelType, roi, bufferBytes);
    }

    /** These settings with that region. */
    public CameraSettings withRoi(Roi region) {
        return new CameraSettings(exposureMillis, binning, pixelType, Optional.of(region), bufferBytes);
    }

    /** These settings with that binning. */
    public CameraSettings withBinning(String word) {
        return new CameraSettings(exposureMillis, Optional.of(word), pixelType, roi, bufferBytes);
    }

    /** These settings with that buffer. */
    public CameraSettings withBufferBytes(long bytes) {
        return new CameraSettings(exposureMillis, binning, pixelType, roi, Optional.of(bytes));
    }

    /** These settings but for the buffer. */
    CameraSettings withoutBuffer() {
        return new CameraSettings(exposureMillis, binning, pixelType, roi, Optional.empty());
    }

    /** True if nothing but the exposure is set, which cameras take while they run. */
    boolean onlyExposure() {
        return exposureMillis.isPresent()
                && binning.isEmpty()
                && pixelType.isEmpty()
                && roi.isEmpty()
                && bufferBytes.isEmpty();
    }
}
