package io.nocturne.config;

import io.nocturne.config.yaml.Setting;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.OtfMask;
import io.nocturne.inference.RestorationModel;
import io.nocturne.stream.spi.StreamSpec;

/** The objective's limits, beyond which products hold nothing. */
public record Otf(
        @Setting(value = "Numerical aperture of the objective.", min = "0.01", max = "1.7") double na,
        @Setting(value = "Emission wavelength in nanometres.", min = "300", max = "1200") double wavelengthNm) {
    private static final double UM_PER_NM = 1e-3;

    /** The model with the mask behind it; the pixel size is the stream's. */
    RestorationModel behind(RestorationModel model, StreamSpec stream) throws ModelException {
        return new OtfMask(na, wavelengthNm * UM_PER_NM).behind(model, stream.pixelSizeUm());
    }
}
