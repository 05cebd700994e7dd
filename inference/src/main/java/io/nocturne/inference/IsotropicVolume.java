package io.nocturne.inference;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A z-stack on its way to a volume whose planes are as far apart as its pixels. It shows the stack as images along both
 * orthogonal axes, interpolated along z and normalised, and takes back what a 2-D network made of them; the volume is the
 * geometric mean of both. One thread at a time; all memory is taken at the start.
 *
 * <pre>
 *                    view 0: for each x an image of [y, depth - 1 - z]
 *   [z, y, x]  --&gt;                                                      --&gt;  sqrt(max(v0, 0) max(v1, 0))
 *                    view 1: for each y an image of [x, z]
 * </pre>
 *
 * The views, and that z runs backwards in the first, are as UniFMIR's networks for isotropic reconstruction were trained.
 * Interpolation along z isn't: its inputs came interpolated. Planes share out the stack's whole height, z-slices standing
 * for the middle of theirs; outside the middles of the first and last the volume repeats them.
 */
public final class IsotropicVolume {
    /** Both axes that images are cut along. */
    public static final int VIEWS = 2;

    private final FrameSpec frame;
    private final FrameSpec product;
    private final int slices;
    private final List<TilePlan> plans;
    private final ByteBuffer raw;
    private final FloatBuffer volume;
    private final PixelRows stack;
    private final PixelRows out;
    private final NormTransform transform;
    private final float[] row;
    private final int[] below;
    private final int[] above;
    private final float[] part;

    private final TileCutter.Rows shown = this::show;
    private int shownView;
    private int shownImage;

    private final TileCutter[] cutters = new TileCutter[VIEWS];
    private final TileJoiner[] joiners = new TileJoiner[VIEWS];

    /**
     * @param frame geometry of a z-slice
     * @param slices of the stack
     * @param product geometry of the volume
     * @param plans how the images of either view are cut
     * @param rule what is done to pixels
     */
    public IsotropicVolume(FrameSpec frame, int slices, FrameSpec product, List<TilePlan> plans, Normalization rule) {
        this.frame = frame;
        this.slices = slices;
        this.product = product;
        this.plans = List.copyOf(plans);
        raw = memory(bytesOfStack(frame, slices));
        volume = memory(bytesOfVolume(product)).asFloatBuffer();
        stack = new PixelRows(new FrameSpec(frame.width(), frame.height(), slices, frame.pixelType()));
        stack.over(raw);
        out = new PixelRows(product);
        transform = new NormTransform(rule);
        row = new float[Math.max(product.width(), product.depth())];
        below = new int[product.depth()];
        above = new int[product.depth()];
        part = new float[product.depth()];
        for (int z = 0; z < product.depth(); z++) {
            double at = Math.max(0, Math.min(slices - 1, (z + 0.5) * slices / product.depth() - 0.5));
            below[z] = (int) at;
            above[z] = Math.min(slices - 1, below[z] + 1);
            part[z] = (float) (at - below[z]);
        }
        for (int view = 0; view < VIEWS; view++) {
            cutters[view] = new TileCutter(plans.get(view), 1);
            joiners[view] = new TileJoiner(plans.get(view), 1, 1);
        }
    }

    /**
     * Planes of the volume: the stack's height in units of a pixel, rounded; as many as there are slices where the stream
     * tells no sizes.
     */
    public static int depth(StreamSpec stream) {
        double height = stream.zSlices() * stream.zStepUm() / stream.pixelSizeUm();
        return Double.isFinite(height) && height > 0 ? (int) Math.max(1, Math.round(height)) : stream.zSlices();
    }

    /** How the images of a view are cut: view 0 shows [y, z], view 1 shows [x, z]. */
    public static TilePlan plan(int view, FrameSpec frame, int depth, ModelCard.Tile tile, int side) {
        int rows = view == 0 ? frame.height() : frame.width();
        return TilePlan.tiled(depth, rows, side, tile.overlap(), tile.multiple());
    }

    /** Bytes that one of these takes besides its tiles. */
    public static long bytes(FrameSpec frame, int slices, FrameSpec product) {
        return bytesOfStack(frame, slices) + bytesOfVolume(product);
    }

    private static long bytesOfStack(FrameSpec frame, int slices) {
        return (long) frame.bytes() * slices;
    }

    private static long bytesOfVolume(FrameSpec product) {
        return (long) product.pixels() * Float.BYTES;
    }

    private static ByteBuffer memory(long bytes) {
        if (bytes > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException("A volume of " + bytes + " bytes passes 2 GiB: use smaller frames");
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    }

    /** Images of a view. */
    public int images(int view) {
        return view == 0 ? frame.width() : frame.height();
    }

    /** Floats that the tiles of one image take. */
    public int imageFloats(int view) {
        return Math.toIntExact(cutters[view].floats());
    }

    /** Takes the slices of a window as they are, and the values for the rule. */
    public void load(FrameWindow window, double[] norm) {
        transform.set(norm);
        for (int z = 0; z < slices; z++) {
            raw.put(z * frame.bytes(), window.frame(z).pixels(), 0, frame.bytes());
        }
    }

    /** Cuts one image of a view into tiles, from the start of {@code into}. */
    public void cut(int view, int image, FloatBuffer into) {
        shownView = view;
        shownImage = image;
        cutters[view].cut(shown, into);
    }

    private void show(int none, int y, float[] line) {
        int view = shownView;
        int image = shownImage;
        int depth = product.depth();
        int pixel = view == 0 ? y * frame.width() + image : image * frame.width() + y;
        for (int z = 0; z < depth; z++) {
            float low = stack.pixel(below[z] * frame.pixels() + pixel);
            float high = stack.pixel(above[z] * frame.pixels() + pixel);
            line[view == 0 ? depth - 1 - z : z] = low + part[z] * (high - low);
        }
        transform.forward(line, depth);
    }

    /** Takes the network's tiles of one image: each image once, view 0 before view 1. */
    public void join(int view, int image, FloatBuffer tiles) {
        int depth = product.depth();
        int width = product.width();
        int plane = width * product.height();
        int lines = plans.get(view).y().length();
        for (int y = 0; y < lines; y++) {
            joiners[view].line(tiles, 0, y, row);
            int pixel = view == 0 ? y * width + image : image * width + y;
            for (int z = 0; z < depth; z++) {
                int at = z * plane + pixel;
                float value = Math.max(0, row[view == 0 ? depth - 1 - z : z]);
                volume.put(at, view == 0 ? value : (float) Math.sqrt((double) volume.get(at) * value));
            }
        }
    }

    /**
     * Writes the volume, back in counts.
     *
     * @return pixels clipped to the product type's range
     */
    public int emit(ByteBuffer into) {
        out.over(into);
        int clipped = 0;
        for (int line = 0; line < product.height() * product.depth(); line++) {
            volume.get(line * product.width(), row, 0, product.width());
            transform.inverse(row, product.width());
            clipped += out.write(line, row);
        }
        return clipped;
    }
}
