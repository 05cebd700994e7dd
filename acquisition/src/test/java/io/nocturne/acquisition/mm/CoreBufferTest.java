package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CoreBufferTest {
    private static final long MIB = 1L << 20;
    private static final long MILLI = 1_000_000;

    @Test
    void itHoldsTwoSecondsOfALargeFastCamera() {
        assertThat(CoreBuffer.bytes(8 * MIB, 10 * MILLI, 32L << 30)).isEqualTo(1600 * MIB);
    }

    @Test
    void itTakesAtMostAQuarterOfTheMemory() {
        assertThat(CoreBuffer.bytes(8 * MIB, 10 * MILLI, 4L << 30)).isEqualTo(1L << 30);
    }

    @Test
    void aSlowCameraStillHasRoomForEightFramesAndASmallOneForManyMore() {
        assertThat(CoreBuffer.bytes(32 * MIB, 10_000 * MILLI, 512 * MIB)).isEqualTo(256 * MIB);
        assertThat(CoreBuffer.bytes(1024, 10 * MILLI, 32L << 30)).isEqualTo(64 * MIB);
    }
}
