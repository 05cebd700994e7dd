package io.nocturne.inference.unifmir;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Order of tokens that makes a shifted window out of whole pieces: window by window, in a window quadrant by quadrant, in a
 * quadrant row by row.
 *
 * <pre>
 *   image, windows of 8 x 8            a shifted window takes one quadrant of each
 *   +---------+---------+              of four neighbours:
 *   | q00 q01 | q00 q01 |                  q11 of (i, j)    q10 of (i, j+1)
 *   | q10 q11 | q10 q11 |                  q01 of (i+1, j)  q00 of (i+1, j+1)
 *   +---------+---------+
 *   | q00 q01 | q00 q01 |              In the last row and column neighbours come from the other end. They
 *   | q10 q11 | q10 q11 |              must not see each other, so such a window falls into groups of two
 *   +---------+---------+              quadrants, and in the corner of one: no mask is needed.
 * </pre>
 */
final class WindowLayout {
    /** Tokens along a quadrant's side. */
    static final int SIDE = UnifmirNetwork.WINDOW / 2;
    /** Tokens of a quadrant. */
    static final int QUADRANT = SIDE * SIDE;

    private static final int PER_WINDOW = 4;

    /** Place of a quadrant in its window. */
    private record Place(int row, int column) {}

    private static final Place TOP_LEFT = new Place(0, 0);
    private static final Place TOP_RIGHT = new Place(0, 1);
    private static final Place BOTTOM_LEFT = new Place(1, 0);
    private static final Place BOTTOM_RIGHT = new Place(1, 1);
    private static final List<Place> WINDOW = List.of(TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT);

    /** Groups of tokens that see each other, all of one shape, so that they share one bias. */
    static final class Groups {
        private final String name;
        private final List<Place> places;
        private final long[] quadrants;

        private Groups(String name, List<Place> places, long[] quadrants) {
            this.name = name;
            this.places = places;
            this.quadrants = quadrants;
        }

        /** Tells them from the layout's other groups. */
        String name() {
            return name;
        }

        /** Tokens of one group. */
        int tokens() {
            return places.size() * QUADRANT;
        }

        /** Groups there are. */
        int count() {
            return quadrants.length / places.size();
        }

        /** Quadrants in group order, by their place in the layout. */
        long[] quadrants() {
            return quadrants;
        }

        /** Row of each token of a group in its window. */
        int[] rows() {
            return IntStream.range(0, tokens())
                    .map(token -> places.get(token / QUADRANT).row() * SIDE + token % QUADRANT / SIDE)
                    .toArray();
        }

        /** Column of each token of a group in its window. */
        int[] columns() {
            return IntStream.range(0, tokens())
                    .map(token -> places.get(token / QUADRANT).column() * SIDE + token % SIDE)
                    .toArray();
        }
    }

    private final int height;
    private final int width;
    private final int rows;
    private final int columns;

    /** For an image of so many pixels; both multiples of 8. */
    WindowLayout(int height, int width) {
        this.height = height;
        this.width = width;
        this.rows = height / UnifmirNetwork.WINDOW;
        this.columns = width / UnifmirNetwork.WINDOW;
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    int windows() {
        return rows * columns;
    }

    int quadrants() {
        return windows() * PER_WINDOW;
    }

    int tokens() {
        return height * width;
    }

    /** Runs of four tokens: for each in the layout its place in the image. */
    long[] imageRuns() {
        long[] runs = new long[tokens() / SIDE];
        int next = 0;
        for (int window = 0; window < windows(); window++) {
            for (int quadrant = 0; quadrant < PER_WINDOW; quadrant++) {
                int top = window / columns * UnifmirNetwork.WINDOW + quadrant / 2 * SIDE;
                int left = window % columns * 2 + quadrant % 2;
                for (int row = 0; row < SIDE; row++) {
                    runs[next++] = (long) (top + row) * (width / SIDE) + left;
                }
            }
        }
        return runs;
    }

    /** Runs of four tokens: for each in the image its place in the layout. */
    long[] layoutRuns() {
        return inverse(imageRuns());
    }

    /** Windows as they are. */
    Groups whole() {
        return new Groups("whole", WINDOW, LongStream.range(0, quadrants()).toArray());
    }

    /** All groups of shifted windows; together they hold every quadrant once. */
    List<Groups> shifted() {
        int lastRow = rows - 1;
        int lastColumn = columns - 1;
        List<Groups> all = List.of(
                new Groups("inner", WINDOW, shifted(0, lastRow, 0, lastColumn, WINDOW)),
                new Groups(
                        "right",
                        List.of(TOP_LEFT, BOTTOM_LEFT),
                        joined(
                                shifted(0, lastRow, lastColumn, columns, List.of(TOP_LEFT, BOTTOM_LEFT)),
                                shifted(0, lastRow, lastColumn, columns, List.of(TOP_RIGHT, BOTTOM_RIGHT)))),
                new Groups(
                        "bottom",
                        List.of(TOP_LEFT, TOP_RIGHT),
                        joined(
                                shifted(lastRow, rows, 0, lastColumn, List.of(TOP_LEFT, TOP_RIGHT)),
                                shifted(lastRow, rows, 0, lastColumn, List.of(BOTTOM_LEFT, BOTTOM_RIGHT)))),
                new Groups("corner", List.of(TOP_LEFT), shifted(lastRow, rows, lastColumn, columns, WINDOW)));
        return all.stream().filter(groups -> groups.quadrants().length > 0).toList();
    }

    /** For each quadrant of the layout its place in the shifted groups, one kind after the other. */
    long[] fromShifted() {
        return inverse(joined(shifted().stream().map(Groups::quadrants).toArray(long[][]::new)));
    }

    /** These places of every shifted window in a rectangle of windows. */
    private long[] shifted(int fromRow, int toRow, int fromColumn, int toColumn, List<Place> places) {
        LongStream.Builder quadrants = LongStream.builder();
        for (int row = fromRow; row < toRow; row++) {
            for (int column = fromColumn; column < toColumn; column++) {
                for (Place place : places) {
                    quadrants.add(shiftedQuadrant(row, column, place));
                }
            }
        }
        return quadrants.build().toArray();
    }

    /** Where a quadrant of a shifted window lies. */
    private long shiftedQuadrant(int windowRow, int windowColumn, Place place) {
        int row = (windowRow + place.row()) % rows;
        int column = (windowColumn + place.column()) % columns;
        int quadrant = (1 - place.row()) * 2 + 1 - place.column();
        return (long) (row * columns + column) * PER_WINDOW + quadrant;
    }

    private static long[] joined(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
    }

    private static long[] inverse(long[] places) {
        long[] turned = new long[places.length];
        for (int i = 0; i < places.length; i++) {
            turned[(int) places[i]] = i;
        }
        return turned;
    }
}
