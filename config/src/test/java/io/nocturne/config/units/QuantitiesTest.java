package io.nocturne.config.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "2 s,2000000000",
        "250 ms,250000000",
        "1.5us,1500",
        "10 min,600000000000",
        "0 ns,0",
        " 3  h ,10800000000000"
    })
    void spansAreReadExactly(String text, long nanos) {
        assertThat(Span.parse(text).nanos()).isEqualTo(nanos);
    }

    @ParameterizedTest
    @CsvSource({"512 MiB,536870912", "2 GB,2000000000", "1.5 KiB,1536", "7 B,7"})
    void sizesAreReadExactly(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "s", "-2 s", "2 S", "2 s s", "2,5 s", "1e3 s", "2 m", "", "99999999999 h"})
    void anythingElseIsNoSpan(String text) {
        assertThatThrownBy(() -> Span.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRateOfNothingIsRefused() {
        assertThatThrownBy(() -> Rate.parse("0 fps")).hasMessageContaining("above 0");
    }

    @Test
    void aRingLengthIsCameraTimeOrFrames() {
        assertThat(RingLength.parse("2 s").framesAt(50_000_000, 64)).isEqualTo(40);
        assertThat(RingLength.parse("2 s").framesAt(0, 64)).isEqualTo(64);
        assertThat(RingLength.parse("7 frames").framesAt(50_000_000, 64)).isEqualTo(7);
        assertThatThrownBy(() -> RingLength.parse("1.5 frames")).hasMessageContaining("whole frames");
    }

    @Test
    void aPaceIsAWordOrARate() {
        assertThat(Pace.parse("maximal").kind()).isEqualTo(Pace.Kind.MAXIMAL);
        assertThat(Pace.parse("12.5 fps").rate()).contains(new Rate(12.5));
        assertThatThrownBy(() -> Pace.parse("fast")).hasMessageContaining("recorded, maximal or a rate");
    }

    @Property
    void whatIsPrintedReadsBackToTheSame(@ForAll @LongRange(min = 0) long value) {
        assertThat(Span.parse(new Span(value).toString()).nanos()).isEqualTo(value);
        assertThat(ByteSize.parse(new ByteSize(value).toString()).bytes()).isEqualTo(value);
        double rate = Math.max(1, value) / 1024.0;
        assertThat(Rate.parse(new Rate(rate).toString()).perSecond()).isEqualTo(rate);
    }

    @ParameterizedTest
    @CsvSource({"2 s", "250 ms", "1.5 us", "90 s", "10 min", "3 h", "0 ns"})
    void quantitiesArePrintedAsAPersonWouldWriteThem(String text) {
        assertThat(Span.parse(text)).hasToString(text);
    }

    @Test
    void measuredTimesAreRounded() {
        assertThat(Span.about(12_345_678)).isEqualTo("12.3 ms");
        assertThat(Span.about(119_000_000_000L)).isEqualTo("119 s");
        assertThat(Span.about(2_500_000_000_000L)).isEqualTo("41.7 min");
        assertThat(Span.about(50L * 3600 * 1_000_000_000L)).isEqualTo("2.08 days");
        assertThat(Span.about(720L * 3600 * 1_000_000_000L)).isEqualTo("30 days");
        assertThat(ByteSize.about(21_495_808)).isEqualTo("20.5 MiB");
    }
}
