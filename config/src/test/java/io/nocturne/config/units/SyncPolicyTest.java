package io.nocturne.config.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.stack.Fsync;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SyncPolicyTest {
    @Test
    void wordsAndSpansAreUnderstood() {
        assertThat(SyncPolicy.parse("none").fsync()).isEqualTo(Fsync.NONE);
        assertThat(SyncPolicy.parse("each").fsync()).isEqualTo(Fsync.EACH);
        assertThat(SyncPolicy.parse(" 500 ms").fsync()).isEqualTo(Fsync.every(Duration.ofMillis(500)));
        assertThat(SyncPolicy.parse("1 s").toString()).isEqualTo("1 s");
    }

    @Test
    void whatIsNeitherIsRefusedWithAnExample() {
        for (String wrong : new String[] {"", "often", "1 ms", "-1 s", "3"}) {
            assertThatThrownBy(() -> SyncPolicy.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("none, each or a span such as '1 s'");
        }
    }

    @Test
    void eachPolicyTellsWhatMayBeLost() {
        assertThat(Fsync.NONE.lossBound()).contains("killed: no stored frame").contains("30 s");
        assertThat(Fsync.every(Duration.ofSeconds(2)).lossBound()).contains("2000 ms");
        assertThat(Fsync.EACH.lossBound()).contains("no frame that the ledger calls stored");
    }
}
