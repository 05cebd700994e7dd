package io.nocturne.inference.bioimage;

/** One step of a package's processing that we can do. */
sealed interface Step {
    /** x * gain + offset. */
    record Linear(double gain, double offset) implements Step {}

    /** Values below and above are set to these. */
    record Clip(double min, double max) implements Step {}

    /**
     * (x - first) / (second - first + eps) of two percentiles, or (x - first) / (second + eps) of mean and standard
     * deviation, of the pixels that come from the camera.
     *
     * @param percentiles which of the two
     * @param low lower percentile
     * @param high upper percentile
     * @param perSample whether a frame's own values count, or those of the frames so far
     */
    record Statistics(boolean percentiles, double low, double high, boolean perSample, double eps) implements Step {}
}
