package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;

/**
 * A network run on four overlapping quadrants, each cut again while it is large: hard seams at the middles, nothing
 * blended. As the published pipelines do, for results that compare with theirs; live we blend. One thread at a time.
 */
public final class Chop implements Network {
    /** How large quadrants are. */
    enum Rule {
        /** Half and 24 pixels; again from 600,000 pixels on. */
        FRAMES(24, 1, 600_000),
        /** Half and 10 pixels, up to the next multiple of 16; never again. */
        PROJECTION(10, 16, Long.MAX_VALUE),
        /** Half and 2 pixels of a view, up to the next multiple of 8; again from 120,000 on. */
        VIEWS(2, 8, 120_000);

        private final int margin;
        private final int multiple;
        private final long again;

        Rule(int margin, int multiple, long again) {
            this.margin = margin;
            this.multiple = multiple;
            this.again = again;
        }

        /** Side of a quadrant. A multiple goes up to the next one: upstream adds a whole step to it. */
        int side(int length) {
            int side = length / 2 + margin;
            return multiple == 1 ? side : side + multiple - side % multiple;
        }

        boolean again(int height, int width) {
            return (long) height * width >= again;
        }
    }

    private final Network whole;
    private final Rule rule;

    Chop(Network whole, Rule rule) {
        this.whole = whole;
        this.rule = rule;
    }

    @Override
    public int inputs() {
        return whole.inputs();
    }

    @Override
    public int outputs() {
        return whole.outputs();
    }

    @Override
    public int scale() {
        return whole.scale();
    }

    /** {@inheritDoc} The images must be larger than their quadrants. */
    @Override
    public float[] run(float[] images, int count, int height, int width) throws ModelException {
        int rows = rule.side(height);
        int columns = rule.side(width);
        if (rows > height || columns > width) {
            throw new ModelException(
                    "Images of " + width + " x " + height + " are too small to be cut into quadrants of "
                            + columns + " x " + rows + ", where upstream's program breaks off: leave the cutting out"
                            + " (--no-chop)");
        }
        int scale = scale();
        float[] out = new float[Planes.floats((long) count * outputs(), (long) height * scale, (long) width * scale)];
        for (int quadrant = 0; quadrant < 4; quadrant++) {
            boolean lower = quadrant / 2 == 1;
            boolean right = quadrant % 2 == 1;
            int top = lower ? height - rows : 0;
            int left = right ? width - columns : 0;
            Planes cut = cut(new Planes(count * inputs(), height, width, images), top, left, rows, columns);
            float[] restored = rule.again(rows, columns)
                    ? run(cut.pixels(), count, rows, columns)
                    : whole.run(cut.pixels(), count, rows, columns);
            Planes from = new Planes(count * outputs(), rows * scale, columns * scale, restored);
            Planes into = new Planes(count * outputs(), height * scale, width * scale, out);
            int firstRow = (lower ? height / 2 : 0) * scale;
            int lastRow = (lower ? height : height / 2) * scale;
            int firstColumn = (right ? width / 2 : 0) * scale;
            int lastColumn = (right ? width : width / 2) * scale;
            for (int plane = 0; plane < into.count(); plane++) {
                for (int y = firstRow; y < lastRow; y++) {
                    System.arraycopy(
                            restored,
                            (plane * from.height() + y - top * scale) * from.width() + firstColumn - left * scale,
                            out,
                            (plane * into.height() + y) * into.width() + firstColumn,
                            lastColumn - firstColumn);
                }
            }
        }
        return out;
    }

    private static Planes cut(Planes from, int top, int left, int rows, int columns) {
        Planes to = new Planes(from.count(), rows, columns);
        for (int plane = 0; plane < from.count(); plane++) {
            for (int y = 0; y < rows; y++) {
                System.arraycopy(
                        from.pixels(),
                        (plane * from.height() + top + y) * from.width() + left,
                        to.pixels(),
                        (plane * rows + y) * columns,
                        columns);
            }
        }
        return to;
    }
}
