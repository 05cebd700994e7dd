package io.nocturne.stream.optics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PointSpreadTest {
    @Test
    void widefieldWidthsAreTheFittedAiryDisc() {
        PointSpread spread = PointSpread.widefield(1.4, 1.515, 0.52);
        assertThat(spread.lateralSigmaUm()).isCloseTo(0.2251 * 0.52 / 1.4, within(1e-4));
        assertThat(spread.axialSigmaUm()).isCloseTo(0.7797 * 1.515 * 0.52 / (1.4 * 1.4), within(1e-3));
    }

    @Test
    void aConfocalPinholeSharpensAndSections() {
        PointSpread widefield = PointSpread.widefield(1.3, 1.515, 0.52);
        PointSpread closed = PointSpread.confocal(1.3, 1.515, 0.488, 0.52, 0.1);
        PointSpread open = PointSpread.confocal(1.3, 1.515, 0.488, 0.52, 3);
        assertThat(closed.lateralSigmaUm()).isLessThan(open.lateralSigmaUm());
        assertThat(open.lateralSigmaUm()).isLessThan(widefield.lateralSigmaUm());
        assertThat(closed.axialResponse(1)).isLessThan(open.axialResponse(1)).isLessThan(0.5);
        assertThat(widefield.axialResponse(1)).isEqualTo(1);
    }

    @Test
    void widefieldLightSpreadsOverTheConeOutOfFocus() {
        PointSpread spread = PointSpread.widefield(1.3, 1.515, 0.52);
        double discRadius = 2 * 1.3 / Math.sqrt(1.515 * 1.515 - 1.3 * 1.3);
        double inFocus = spread.lateralVariance(0);
        assertThat(spread.lateralVariance(2) - inFocus).isCloseTo(discRadius * discRadius / 4, within(1e-9));
        assertThat(spread.lateralVariance(-2)).isEqualTo(spread.lateralVariance(2));
    }

    @Test
    void opticsThatCannotBeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Optics.widefield(1.6))
                .withMessage("Optics setting numericalAperture must be above 0 and below the refractive index 1.515, "
                        + "not 1.6");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Optics(Optics.Modality.CONFOCAL, 1.2, 1.33, 0.52, 0.6, 1))
                .withMessageContaining("excitationUm");
    }
}
