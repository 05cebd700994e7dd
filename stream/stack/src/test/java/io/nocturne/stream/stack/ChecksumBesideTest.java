package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ChecksumBesideTest {
    private static final int LARGE = 3 << 20;

    private static ByteBuffer bytes(int seed, int length) {
        byte[] random = new byte[length];
        new Random(seed).nextBytes(random);
        return ByteBuffer.allocateDirect(length).put(random).flip();
    }

    private static long sum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return crc.getValue();
    }

    @Test
    void theSumIsRightWhoeverWorksItOut() {
        try (ChecksumBeside beside = new ChecksumBeside()) {
            for (int i = 0; i < 300; i++) {
                ByteBuffer bytes = bytes(i, i % 3 == 0 ? LARGE : 1 + 997 * i);
                bytes.position(i % 2);
                beside.begin(bytes);
                for (int spin = 0; spin < i % 5 * 1000; spin++) {
                    Thread.onSpinWait(); // time for the other thread
                }
                assertThat(beside.value()).as("buffer %d", i).isEqualTo(sum(bytes));
                assertThat(bytes.position()).isEqualTo(i % 2);
            }
        }
    }

    @Test
    void oneThatNobodyAskedForDoesNotDisturbTheNext() {
        try (ChecksumBeside beside = new ChecksumBeside()) {
            for (int i = 0; i < 100; i++) {
                beside.begin(bytes(-1, 1000));
                ByteBuffer bytes = bytes(i, 5000 + i);
                beside.begin(bytes);
                assertThat(beside.value()).isEqualTo(sum(bytes));
            }
        }
    }

    @Test
    void withoutAnyJobThereIsNoThreadToEnd() {
        new ChecksumBeside().close();
    }
}
