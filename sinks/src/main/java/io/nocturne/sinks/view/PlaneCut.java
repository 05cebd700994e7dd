package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameSpec;

/**
 * The part of a plane that a viewer's window shows, and how much it is binned. Corners lie on the grid of bins, so that
 * panning never makes the picture shimmer.
 *
 * @param x left edge in the plane's own pixels, a multiple of {@code bin}
 * @param y top edge, likewise
 * @param width pixels across before binning, at least 1
 * @param height pixels down before binning, at least 1
 * @param bin pixels averaged in x and in y, at least 1
 */
record PlaneCut(int x, int y, int width, int height, int bin) {
    /** Most pixels of one plane that go into one message; larger cuts are binned further. */
    static final long MAX_PIXELS = 4L << 20;

    /** Most pixels of one plane in a snapshot, which is taken rarely and should be whole. */
    static final long MAX_SNAPSHOT_PIXELS = 16L << 20;

    /**
     * The cut of a plane for a window.
     *
     * @param plane geometry of the plane, which may be larger than the raw frame (super-resolution)
     * @param raw geometry of the raw frame, in whose pixels the window is given
     */
    static PlaneCut of(Viewport window, FrameSpec plane, FrameSpec raw) {
        double scaleX = (double) plane.width() / raw.width();
        double scaleY = (double) plane.height() / raw.height();
        int bin = (int) Math.max(1, Math.min(scaleX / window.zoom() + 0.25, Math.max(plane.width(), plane.height())));
        PlaneCut cut = at(window, plane, scaleX, scaleY, bin);
        while ((long) cut.columns() * cut.rows() > MAX_PIXELS) {
            bin++;
            cut = at(window, plane, scaleX, scaleY, bin);
        }
        return cut;
    }

    /** The whole plane; pixel for pixel unless that is more than a snapshot may hold. */
    static PlaneCut whole(FrameSpec plane) {
        int bin = 1;
        while ((long) plane.width() * plane.height() / bin / bin > MAX_SNAPSHOT_PIXELS) {
            bin++;
        }
        return new PlaneCut(0, 0, plane.width(), plane.height(), bin);
    }

    private static PlaneCut at(Viewport window, FrameSpec plane, double scaleX, double scaleY, int bin) {
        int x = alignedStart(window.x() * scaleX, plane.width(), bin);
        int y = alignedStart(window.y() * scaleY, plane.height(), bin);
        int endX = alignedEnd((window.x() + window.width()) * scaleX, x, plane.width(), bin);
        int endY = alignedEnd((window.y() + window.height()) * scaleY, y, plane.height(), bin);
        return new PlaneCut(x, y, endX - x, endY - y, bin);
    }

    private static int alignedStart(double edge, int size, int bin) {
        int inside = (int) Math.max(0, Math.min(Math.floor(edge), size - 1));
        return inside / bin * bin;
    }

    private static int alignedEnd(double edge, int start, int size, int bin) {
        double wanted = Math.max(start + 1, Math.ceil(edge));
        double aligned = Math.ceil((wanted - start) / bin) * bin + start;
        return (int) Math.min(size, aligned);
    }

    /** Pixels across after binning. */
    int columns() {
        return (width + bin - 1) / bin;
    }

    /** Pixels down after binning. */
    int rows() {
        return (height + bin - 1) / bin;
    }
}
