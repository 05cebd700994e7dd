package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

class PlaneBinnerTest {
    @Property(tries = 300)
    void everyPixelIsTheMeanOfItsBinOnOddSizesToo(
            @ForAll @IntRange(min = 1, max = 37) int width,
            @ForAll @IntRange(min = 1, max = 29) int height,
            @ForAll @IntRange(min = 1, max = 3) int depth,
            @ForAll @IntRange(min = 1, max = 9) int bin,
            @ForAll PixelType type,
            @ForAll long seed) {
        FrameSpec spec = new FrameSpec(width, height, depth, type);
        Random random = new Random(seed);
        int slice = random.nextInt(depth);
        int x = random.nextInt((width + bin - 1) / bin) * bin;
        int y = random.nextInt((height + bin - 1) / bin) * bin;
        PlaneCut cut = new PlaneCut(x, y, 1 + random.nextInt(width - x), 1 + random.nextInt(height - y), bin);
        ByteBuffer plane = randomPlane(spec, random);

        ByteBuffer out = ByteBuffer.allocateDirect(cut.columns() * cut.rows() * type.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        new PlaneBinner().bin(plane, spec, slice, cut, out);

        assertThat(out.hasRemaining()).isFalse();
        for (int row = 0; row < cut.rows(); row++) {
            for (int column = 0; column < cut.columns(); column++) {
                double mean = mean(plane, spec, slice, cut, column, row);
                double found = value(out, type, row * cut.columns() + column);
                if (type == PixelType.FLOAT32) {
                    assertThat(found).isEqualTo((float) mean);
                } else {
                    assertThat(found).isEqualTo(Math.floor(mean + 0.5));
                }
            }
        }
    }

    @Property(tries = 500)
    void theCutCoversTheWindowOnTheGridOfBins(
            @ForAll @IntRange(min = 1, max = 700) int width,
            @ForAll @IntRange(min = 1, max = 700) int height,
            @ForAll @IntRange(min = 1, max = 3) int scale,
            @ForAll @DoubleRange(min = -900, max = 900) double x,
            @ForAll @DoubleRange(min = -900, max = 900) double y,
            @ForAll @DoubleRange(min = 0.5, max = 1500) double size,
            @ForAll @Scale(3) @DoubleRange(min = 0.002, max = 40) double zoom) {
        FrameSpec raw = new FrameSpec(width, height, PixelType.UINT16);
        FrameSpec product = new FrameSpec(scale * width, scale * height, PixelType.UINT16);

        PlaneCut cut = PlaneCut.of(new Viewport(x, y, size, size, zoom), product, raw);

        assertThat(cut.x()).isBetween(0, product.width() - 1);
        assertThat(cut.x() % cut.bin()).isZero();
        assertThat(cut.y() % cut.bin()).isZero();
        assertThat(cut.x() + cut.width()).isBetween(cut.x() + 1, product.width());
        assertThat(cut.y() + cut.height()).isBetween(cut.y() + 1, product.height());
        double left = Math.max(0, Math.min(x * scale, product.width() - 1));
        double right = Math.max(left, Math.min((x + size) * scale, product.width()));
        assertThat((double) cut.x()).isLessThanOrEqualTo(left);
        assertThat((double) cut.x() + cut.width()).isGreaterThanOrEqualTo(right - 1e-6);
    }

    @Test
    void aHugeWindowIsBinnedUntilItFitsTheLimit() {
        FrameSpec frame = new FrameSpec(9001, 7001, PixelType.UINT8);
        PlaneCut cut = PlaneCut.of(new Viewport(0, 0, 9001, 7001, 100), frame, frame);

        assertThat((long) cut.columns() * cut.rows()).isLessThanOrEqualTo(PlaneCut.MAX_PIXELS);
        assertThat(cut.width()).isEqualTo(9001);
    }

    @Test
    void theBrightestCountSurvivesAveraging() {
        FrameSpec spec = new FrameSpec(6, 6, PixelType.UINT16);
        ByteBuffer plane = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
        while (plane.hasRemaining()) {
            plane.putShort((short) 65_535);
        }
        ByteBuffer out = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        new PlaneBinner().bin(plane, spec, 0, new PlaneCut(0, 0, 6, 6, 3), out);

        assertThat(value(out, PixelType.UINT16, 3)).isEqualTo(65_535);
    }

    private static ByteBuffer randomPlane(FrameSpec spec, Random random) {
        ByteBuffer plane = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
        while (plane.hasRemaining()) {
            switch (spec.pixelType()) {
                case UINT8 -> plane.put((byte) random.nextInt());
                case UINT16 -> plane.putShort((short) random.nextInt());
                case FLOAT32 -> plane.putFloat((float) random.nextGaussian());
            }
        }
        return plane.flip();
    }

    private static double mean(ByteBuffer plane, FrameSpec spec, int slice, PlaneCut cut, int column, int row) {
        double sum = 0;
        int count = 0;
        for (int y = row * cut.bin(); y < Math.min(cut.height(), (row + 1) * cut.bin()); y++) {
            for (int x = column * cut.bin(); x < Math.min(cut.width(), (column + 1) * cut.bin()); x++) {
                int pixel = (slice * spec.height() + cut.y() + y) * spec.width() + cut.x() + x;
                sum += value(plane, spec.pixelType(), pixel);
                count++;
            }
        }
        return sum / count;
    }

    private static double value(ByteBuffer buffer, PixelType type, int pixel) {
        return switch (type) {
            case UINT8 -> buffer.get(pixel) & 0xFF;
            case UINT16 -> buffer.getShort(2 * pixel) & 0xFFFF;
            case FLOAT32 -> buffer.getFloat(4 * pixel);
        };
    }
}
