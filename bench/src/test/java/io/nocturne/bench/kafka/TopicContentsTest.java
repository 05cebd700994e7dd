package io.nocturne.bench.kafka;

import static io.nocturne.bench.kafka.Records.restored;
import static io.nocturne.bench.kafka.Records.without;
import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.sinks.kafka.FrameRecord;
import io.nocturne.sinks.kafka.FrameRecord.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicContentsTest {
    private static TopicContents of(FrameRecord... fresh) {
        TopicContents contents = new TopicContents();
        contents.add(List.of(fresh), 0, 0);
        return contents;
    }

    @Test
    void aWholeRecordingIsComplete() throws Exception {
        TopicContents contents = of(
                without(Kind.START, -1, 0),
                restored(0),
                without(Kind.RAW_ONLY, 1, 3),
                restored(4),
                without(Kind.END, 5, 0));

        assertThat(contents.complete(5)).isTrue();
        assertThat(contents.complete(6)).isFalse();
        assertThat(contents.frames()).isEqualTo(2);
        assertThat(contents.records()).isEqualTo(5);
        assertThat(contents.missing(new long[] {0, 1, 4})).isZero();
    }

    @Test
    void aRecordingThatWasCutOffIsSoundButNotComplete() throws Exception {
        TopicContents contents = of(without(Kind.START, -1, 0), restored(0), restored(1));

        assertThat(contents.sound()).isTrue();
        assertThat(contents.complete(2)).isFalse();
        assertThat(contents.missing(new long[] {1, 2, 3})).isEqualTo(2);
    }

    @Test
    void aFrameLeftOutIsAFault() throws Exception {
        TopicContents contents = of(without(Kind.START, -1, 0), restored(0), restored(2));

        assertThat(contents.sound()).isFalse();
        assertThat(contents.faults()).isEqualTo(1);
    }

    @Test
    void pixelsOfAnotherFrameAreAFault() throws Exception {
        assertThat(of(without(Kind.START, -1, 0), restored(0, 1)).sound()).isFalse();
    }

    @Test
    void aFrameWithoutItsPixelsIsAFault() {
        assertThat(of(without(Kind.START, -1, 0), without(Kind.RESTORED, 0, 1)).sound())
                .isFalse();
    }

    @Test
    void aTopicWithoutItsStartIsNotSound() throws Exception {
        assertThat(of(restored(0)).sound()).isFalse();
    }

    @Test
    void whatCannotBeReadIsAFaultAndARepeatIsNone() throws Exception {
        TopicContents contents = of(without(Kind.START, -1, 0));
        contents.add(List.of(restored(0)), 3, 0);
        assertThat(contents.sound()).isTrue();
        assertThat(contents.repeats()).isEqualTo(3);
        assertThat(contents.records()).isEqualTo(5);

        contents.add(List.of(), 3, 1);
        assertThat(contents.sound()).isFalse();
    }
}
