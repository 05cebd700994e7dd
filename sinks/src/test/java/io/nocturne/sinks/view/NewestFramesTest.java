package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NewestFramesTest {
    private static final FrameSpec FRAME = new FrameSpec(7, 5, PixelType.UINT16);
    private final HandClock clock = new HandClock();
    private final StreamSpec stream = StreamSpec.movie("cam0", FRAME, 0, -1);
    private final Optional<RestorerSpec> restorer =
            Optional.of(new RestorerSpec("twice", "test", FRAME, FRAME, WindowSpec.SINGLE, List.of()));
    private final FakeTap tap = new FakeTap(stream, restorer);
    private final NewestFrames frames =
            new NewestFrames(new Attachment(1, tap, stream, restorer, () -> "{}", Optional.empty()), clock);

    @Test
    void bothSidesShowTheSameIndexThoughRawIsAhead() {
        tap.newestRaw.set(12);
        tap.newestRestored.set(9);
        frames.poll();

        FramePair pair = frames.of(frames.newestChannel()).orElseThrow();
        assertThat(pair.header.index).isEqualTo(9);
        assertThat(pair.raw.getShort(0)).isEqualTo((short) FakeTap.rawValue(9));
        assertThat(pair.restored.orElseThrow().getShort(0)).isEqualTo((short) FakeTap.restoredValue(9));
    }

    @Test
    void rawIsShownAsLongAsNothingIsRestored() {
        tap.newestRaw.set(3);
        frames.poll();

        FramePair pair = frames.of(frames.newestChannel()).orElseThrow();
        assertThat(pair.header.index).isEqualTo(3);
        assertThat(pair.hasRaw).isTrue();
        assertThat(pair.hasRestored).isFalse();
    }

    @Test
    void rawGoesOnAloneWhenRestoringStops() {
        tap.advanceTo(5);
        frames.poll();
        tap.newestRaw.set(6);
        frames.poll();
        assertThat(frames.of(frames.newestChannel()).orElseThrow().header.index).isEqualTo(5);

        clock.now += 2_000_000_000L;
        frames.poll();
        FramePair pair = frames.of(frames.newestChannel()).orElseThrow();
        assertThat(pair.header.index).isEqualTo(6);
        assertThat(pair.hasRestored).isFalse();
    }

    @Test
    void aSlowModelIsNotTakenForAStoppedOne() {
        tap.newestRaw.set(100);
        for (int index = 0; index < 3; index++) {
            tap.newestRestored.set(index);
            frames.poll();
            clock.now += 1_500_000_000L;
        }
        frames.poll();
        assertThat(frames.of(frames.newestChannel()).orElseThrow().header.index).isEqualTo(2);
    }

    @Test
    void aProductWhoseRawFrameIsGoneStandsAlone() {
        tap.newestRaw.set(50);
        tap.newestRestored.set(20);
        tap.rawKept.set(10);
        frames.poll();

        FramePair pair = frames.of(frames.newestChannel()).orElseThrow();
        assertThat(pair.hasRestored).isTrue();
        assertThat(pair.hasRaw).isFalse();
    }

    @Test
    void eachChannelKeepsItsOwnNewestFrame() {
        StreamSpec two =
                new StreamSpec("cam0", FRAME, List.of("GFP", "RFP"), 1, 1, Double.NaN, Double.NaN, 16, 0, 0, -1);
        FakeTap twoTap = new FakeTap(two, Optional.empty());
        NewestFrames both =
                new NewestFrames(new Attachment(1, twoTap, two, Optional.empty(), () -> "{}", Optional.empty()), clock);
        for (int index = 0; index < 4; index++) {
            twoTap.newestRaw.set(index);
            both.poll();
        }
        assertThat(both.of(0).orElseThrow().header.index).isEqualTo(2);
        assertThat(both.of(1).orElseThrow().header.index).isEqualTo(3);
        assertThat(both.of(7)).isEmpty();
    }

    private static final class HandClock implements RunClock {
        private long now = 1;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public long epochNanos(long nanoTime) {
            return nanoTime;
        }
    }
}
