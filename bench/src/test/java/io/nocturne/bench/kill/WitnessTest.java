package io.nocturne.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.spi.RunClock;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WitnessTest {
    /** A clock that is a second later at each look. */
    private static final class SteppingClock implements RunClock {
        private long seconds;

        @Override
        public long nanoTime() {
            return ++seconds * 1_000_000_000L;
        }

        @Override
        public long epochNanos(long nanoTime) {
            return nanoTime;
        }
    }

    @Test
    void everyMessageIsHeardWithTheTimeItWasSent() throws Exception {
        try (Witness witness = new Witness()) {
            try (WitnessLine line = new WitnessLine(witness.port(), new SteppingClock())) {
                for (long index = 0; index < 3000; index++) {
                    line.accept(index * 2);
                }
            }
            witness.awaitEnd();

            assertThat(witness.heard()).isEqualTo(3000);
            assertThat(witness.sentBefore(Long.MAX_VALUE)).hasSize(3000).endsWith(5996, 5998);
            assertThat(witness.sentBefore(3_000_000_000L)).containsExactly(0, 2);
        }
    }

    @Test
    void aWitnessThatHeardNothingComesToAnEndAllTheSame() throws Exception {
        try (Witness witness = new Witness()) {
            new WitnessLine(witness.port(), new SteppingClock()).close();

            witness.awaitEnd();

            assertThat(witness.heard()).isZero();
            assertThat(witness.sentBefore(Long.MAX_VALUE)).isEmpty();
        }
    }

    @Test
    void aRecordingWithoutItsWitnessEnds() throws Exception {
        WitnessLine line;
        try (Witness witness = new Witness()) {
            line = new WitnessLine(witness.port(), new SteppingClock());
        }
        line.close();

        assertThatThrownBy(() -> line.accept(0)).isInstanceOf(UncheckedIOException.class);
    }
}
