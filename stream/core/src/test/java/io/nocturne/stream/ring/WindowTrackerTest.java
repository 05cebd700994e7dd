package io.nocturne.stream.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.ring.WindowTracker.Verdict;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WindowTrackerTest {
    private static final int RING = 256;

    private static StreamSpec stream(int channels, int zSlices) {
        List<String> names = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            names.add("c" + c);
        }
        return new StreamSpec(
                "cam0", new FrameSpec(1, 1, PixelType.UINT8), names, zSlices, 1, Double.NaN, Double.NaN, 8, 0, 0, -1);
    }

    /** Feeds frames and gaps; gives "index:window" of every product, and what never became one. */
    private static List<String> play(WindowSpec window, StreamSpec stream, String script) {
        WindowTracker tracker = new WindowTracker(window, stream, RING);
        FrameHeader[] bySequence = new FrameHeader[script.length() + 1];
        List<String> out = new ArrayList<>();
        long[] sequences = new long[window.size(stream.zSlices())];
        long index = 0;
        long kept = 0;
        for (int s = 0; s <= script.length(); s++) {
            FrameHeader header = new FrameHeader();
            bySequence[s] = header;
            boolean frame = s < script.length() && script.charAt(s) == 'f';
            header.reset(frame ? FrameState.RAW : FrameState.GAP, Cause.NONE, index++, 1);
            header.placeByIndex(stream);
            if (frame) {
                tracker.frame(s, header);
            } else {
                tracker.marker(s);
            }
            for (Verdict v = tracker.verdict(); v != Verdict.WAIT; v = tracker.verdict()) {
                long head = bySequence[(int) tracker.head()].index;
                if (v == Verdict.PRODUCT) {
                    tracker.resolve(sequences);
                    long[] indices = Arrays.stream(sequences)
                            .map(q -> bySequence[(int) q].index)
                            .toArray();
                    assertThat(Arrays.stream(sequences).min().getAsLong()).isGreaterThanOrEqualTo(kept);
                    out.add(head + ":" + Arrays.toString(indices).replace(" ", ""));
                } else if (v != Verdict.MARKER) {
                    out.add(head + ":" + v);
                }
                tracker.pop();
            }
            kept = tracker.oldestNeeded(s + 1);
        }
        return out;
    }

    @Test
    void edgesRepeatTheNearestFrame() {
        assertThat(play(new WindowSpec(WindowSpec.Axis.TIME, 1, 1), stream(1, 1), "ffff"))
                .containsExactly("0:[0,0,1]", "1:[0,1,2]", "2:[1,2,3]", "3:[2,3,3]");
    }

    @Test
    void aWindowNeverSpansAGap() {
        assertThat(play(new WindowSpec(WindowSpec.Axis.TIME, 2, 0), stream(1, 1), "fff.fff"))
                .containsExactly("0:[0,0,0]", "1:[0,0,1]", "2:[0,1,2]", "4:[4,4,4]", "5:[4,4,5]", "6:[4,5,6]");
    }

    @Test
    void aTimeWindowStaysInItsChannelAndSlice() {
        assertThat(play(new WindowSpec(WindowSpec.Axis.TIME, 1, 0), stream(2, 2), "ffffffff"))
                .containsExactly(
                        "0:[0,0]", "1:[1,1]", "2:[2,2]", "3:[3,3]", "4:[0,4]", "5:[1,5]", "6:[2,6]", "7:[3,7]");
    }

    @Test
    void aSliceWindowStaysInItsTimePoint() {
        assertThat(play(new WindowSpec(WindowSpec.Axis.Z, 1, 1), stream(1, 3), "ffffff"))
                .containsExactly("0:[0,0,1]", "1:[0,1,2]", "2:[1,2,2]", "3:[3,3,4]", "4:[3,4,5]", "5:[4,5,5]");
    }

    @Test
    void aStackFiresAtItsLastSliceAndABrokenOneNever() {
        assertThat(play(WindowSpec.WHOLE_STACK, stream(1, 3), "ffff.f"))
                .containsExactly("0:MEMBER", "1:MEMBER", "2:[0,1,2]", "3:INCOMPLETE", "5:INCOMPLETE");
    }

    @Test
    void aWindowThatCannotBeKeptIsRefused() {
        assertThatThrownBy(() -> new WindowTracker(new WindowSpec(WindowSpec.Axis.TIME, 4, 4), stream(2, 20), RING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("360 frames")
                .hasMessageContaining("256 slots");
    }

    @Property(tries = 200)
    void everyFrameLeavesOnceAndNothingStillNeededIsGivenBack(
            @ForAll @IntRange(max = 3) int before,
            @ForAll @IntRange(max = 3) int after,
            @ForAll @IntRange(min = 1, max = 2) int channels,
            @ForAll @IntRange(min = 1, max = 4) int zSlices,
            @ForAll boolean alongZ,
            @ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < 120; i++) {
            script.append(random.nextInt(9) == 0 ? '.' : 'f');
        }
        WindowSpec window = new WindowSpec(alongZ ? WindowSpec.Axis.Z : WindowSpec.Axis.TIME, before, after);
        List<String> out = play(window, stream(channels, zSlices), script.toString());

        List<Long> left = out.stream()
                .map(s -> Long.parseLong(s.substring(0, s.indexOf(':'))))
                .toList();
        List<Long> frames = new ArrayList<>();
        for (int i = 0; i < script.length(); i++) {
            if (script.charAt(i) == 'f') {
                frames.add((long) i);
            }
        }
        assertThat(left).isEqualTo(frames);
    }
}
