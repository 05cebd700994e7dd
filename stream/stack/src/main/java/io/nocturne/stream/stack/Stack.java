package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.Objects;

/**
 * What a stack at rest holds: the frames of one epoch, or the products made of them. Immutable.
 *
 * @param stream the camera's frames that this stack is, or is made of
 * @param pixels geometry of one stored frame; for products it may differ from {@code stream.frame()} in size, depth and
 *     type
 * @param restored true for products: a state per camera frame is kept beside them
 * @param perStack true if one product stands for a whole z-stack; otherwise every camera frame has its own
 * @param productZStepUm distance of planes as the restorer gives it, in micrometres; NaN if it follows from the stream
 */
public record Stack(StreamSpec stream, FrameSpec pixels, boolean restored, boolean perStack, double productZStepUm) {
    public Stack {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(pixels, "pixels");
    }

    /** The stack of a stream's frames as the camera gave them. */
    public static Stack raw(StreamSpec stream) {
        double planes = stream.frame().depth() > 1 ? stream.zStepUm() : Double.NaN;
        return new Stack(stream, stream.frame(), false, false, planes);
    }

    /** The stack of what a restorer makes of a stream. */
    public static Stack restored(StreamSpec stream, RestorerSpec restorer) {
        return new Stack(
                stream,
                restorer.product(),
                true,
                restorer.window().axis() == WindowSpec.Axis.STACK,
                restorer.zStepUm());
    }

    /** Planes along z: every product has {@code pixels.depth()} of them. */
    public int sizeZ() {
        return (perStack ? 1 : stream.zSlices()) * pixels.depth();
    }

    /** First plane along z of the product at that camera slice. */
    public int firstZ(int zSlice) {
        return perStack ? 0 : zSlice * pixels.depth();
    }

    /** Pixel pitch in y in micrometres, NaN if unknown: the camera's, corrected for the product's size. */
    public double pixelHeightUm() {
        return stream.pixelSizeUm() * stream.frame().height() / pixels.height();
    }

    /** Pixel pitch in x in micrometres, NaN if unknown. */
    public double pixelWidthUm() {
        return stream.pixelSizeUm() * stream.frame().width() / pixels.width();
    }

    /** Distance of planes in micrometres, NaN if unknown. */
    public double zStepUm() {
        if (Double.isFinite(productZStepUm)) {
            return productZStepUm;
        }
        return stream.zSlices() == 1 ? stream.zStepUm() : stream.zStepUm() * stream.zSlices() / sizeZ();
    }

    /** How these frames look to whoever reads them as a stream of their own. */
    public StreamSpec asStream() {
        int typeBits = 8 * pixels.pixelType().bytes();
        boolean sameType = pixels.pixelType() == stream.frame().pixelType();
        int slices = perStack ? 1 : stream.zSlices();
        return new StreamSpec(
                stream.name(),
                pixels,
                stream.channels(),
                slices,
                stream.positions(),
                pixelWidthUm(),
                zStepUm(),
                sameType ? stream.significantBits() : typeBits,
                perStack ? stream.framePeriodNanos() * stream.zSlices() : stream.framePeriodNanos(),
                stream.exposureNanos(),
                perStack && stream.totalFrames() > 0 ? stream.totalFrames() / stream.zSlices() : stream.totalFrames());
    }
}
