package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameSpec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Cuts a region out of a plane and bins it: every output pixel is the mean of {@code bin x bin} input pixels, of fewer
 * at the right and bottom edges. Integer types are rounded to the nearest count, half up. Output is little-endian.
 *
 * <p>One thread. Nothing is allocated once rows of the plane's width have been seen.
 */
final class PlaneBinner {
    private static final boolean NATIVE_IS_LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.nativeOrder());

    private double[] sums = new double[0];
    private double[] line = new double[0];
    private byte[] row = new byte[0];

    /**
     * Writes the cut's {@code columns() x rows()} pixels at {@code out}'s position and moves it behind them.
     *
     * @param plane one frame or product, native byte order; its position is neither read nor moved
     * @param slice which z-slice of the plane, from 0
     */
    void bin(ByteBuffer plane, FrameSpec spec, int slice, PlaneCut cut, ByteBuffer out) {
        int pixelBytes = spec.pixelType().bytes();
        int first = slice * spec.width() * spec.height();
        if (cut.bin() == 1 && NATIVE_IS_LITTLE) {
            int rowBytes = cut.width() * pixelBytes;
            for (int y = 0; y < cut.height(); y++) {
                int source = (first + (cut.y() + y) * spec.width() + cut.x()) * pixelBytes;
                out.put(out.position(), plane, source, rowBytes);
                out.position(out.position() + rowBytes);
            }
            return;
        }
        reserve(cut.width());
        int columns = cut.columns();
        int bin = cut.bin();
        for (int y = 0; y < cut.height(); y += bin) {
            Arrays.fill(sums, 0, columns, 0.0);
            int lines = Math.min(bin, cut.height() - y);
            for (int l = 0; l < lines; l++) {
                int source = first + (cut.y() + y + l) * spec.width() + cut.x();
                read(plane, spec, source, cut.width());
                add(cut.width(), bin);
            }
            for (int column = 0; column < columns; column++) {
                int across = Math.min(bin, cut.width() - column * bin);
                sums[column] /= (double) across * lines;
            }
            write(spec, columns, out);
        }
    }

    private void add(int width, int bin) {
        int column = 0;
        for (int x = 0; x < width; x += bin, column++) {
            double sum = 0;
            int end = Math.min(width, x + bin);
            for (int i = x; i < end; i++) {
                sum += line[i];
            }
            sums[column] += sum;
        }
    }

    private void read(ByteBuffer plane, FrameSpec spec, int firstPixel, int width) {
        int pixelBytes = spec.pixelType().bytes();
        plane.get(firstPixel * pixelBytes, row, 0, width * pixelBytes);
        switch (spec.pixelType()) {
            case UINT8 -> {
                for (int x = 0; x < width; x++) {
                    line[x] = row[x] & 0xFF;
                }
            }
            case UINT16 -> {
                for (int x = 0; x < width; x++) {
                    line[x] = (short) SHORTS.get(row, 2 * x) & 0xFFFF;
                }
            }
            case FLOAT32 -> {
                for (int x = 0; x < width; x++) {
                    line[x] = (float) FLOATS.get(row, 4 * x);
                }
            }
        }
    }

    private void write(FrameSpec spec, int columns, ByteBuffer out) {
        switch (spec.pixelType()) {
            case UINT8 -> {
                for (int x = 0; x < columns; x++) {
                    out.put((byte) (sums[x] + 0.5));
                }
            }
            case UINT16 -> {
                for (int x = 0; x < columns; x++) {
                    out.putShort((short) (int) (sums[x] + 0.5));
                }
            }
            case FLOAT32 -> {
                for (int x = 0; x < columns; x++) {
                    out.putFloat((float) sums[x]);
                }
            }
        }
    }

    private void reserve(int width) {
        if (line.length < width) {
            line = new double[width];
            sums = new double[width];
            row = new byte[4 * width];
        }
    }
}
