package io.nocturne.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.spi.FrameSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class OnlookerTest {
    private static final FrameSpec FRAME = KillVictim.frame(16);

    /** A picture of frame {@code index}: header, then a raw plane, then a restored one, of those frames. */
    private static ByteBuffer picture(long index, long raw, long restored) {
        ByteBuffer picture = ByteBuffer.allocate(192 + 2 * FRAME.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        picture.putLong(16, index);
        for (int plane = 0; plane < 2; plane++) {
            int header = 64 + 64 * plane;
            int start = 192 + plane * FRAME.bytes();
            picture.put(header, (byte) 1);
            picture.putInt(header + 4, 1);
            picture.putInt(header + 40, start);
            picture.putInt(header + 44, FRAME.bytes());
            PatternSource.fill(
                    picture.slice(start, FRAME.bytes()).order(ByteOrder.nativeOrder()),
                    FRAME.pixelType(),
                    plane == 0 ? raw : restored);
        }
        return picture;
    }

    @Test
    void aPictureOfOneFrameIsWhole() {
        assertThat(Onlooker.tornPlanes(picture(7, 7, 7), FRAME)).isZero();
    }

    @Test
    void aPlaneOfAnotherFrameIsTorn() {
        assertThat(Onlooker.tornPlanes(picture(7, 7, 6), FRAME)).isEqualTo(1);
        assertThat(Onlooker.tornPlanes(picture(7, 8, 6), FRAME)).isEqualTo(2);
    }

    @Test
    void oneWrongPixelIsTorn() {
        ByteBuffer picture = picture(7, 7, 7);
        picture.put(192 + 40, (byte) ~picture.get(192 + 40));

        assertThat(Onlooker.tornPlanes(picture, FRAME)).isEqualTo(1);
    }

    @Test
    void aPlaneThatIsNotThereIsNotTorn() {
        ByteBuffer picture = picture(7, 7, 6);
        picture.put(128, (byte) 0);

        assertThat(Onlooker.tornPlanes(picture, FRAME)).isZero();
    }

    @Test
    void binnedPixelsAreNotWhatWasAskedFor() {
        ByteBuffer picture = picture(7, 7, 7);
        picture.putInt(64 + 4, 2);

        assertThat(Onlooker.tornPlanes(picture, FRAME)).isEqualTo(1);
    }
}
