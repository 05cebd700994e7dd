package io.nocturne.acquisition.scene;

/**
 * What lies under the simulated microscope.
 *
 * @param cells cells in view, 0 for as many as the field holds
 * @param cellRadiusUm mean radius of a spread cell in micrometres, 3 to 60
 * @param microtubules per cell, 0 to 2000
 * @param vesicles per cell, 0 to 5000
 * @param speed factor on every motion, 0 (frozen) to 100; 1 is what living cells do
 */
public record Specimen(int cells, double cellRadiusUm, int microtubules, int vesicles, double speed) {
    /** Spread cells with a dense microtubule network, moving as in life. */
    public static final Specimen TYPICAL = new Specimen(0, 13, 120, 60, 1);

    public Specimen {
        require(cells >= 0 && cells <= 500, "cells", cells, "0 (fill the field) to 500");
        require(cellRadiusUm >= 3 && cellRadiusUm <= 60, "cellRadiusUm", cellRadiusUm, "3 to 60 micrometres");
        require(microtubules >= 0 && microtubules <= 2000, "microtubules", microtubules, "0 to 2000 per cell");
        require(vesicles >= 0 && vesicles <= 5000, "vesicles", vesicles, "0 to 5000 per cell");
        require(speed >= 0 && speed <= 100, "speed", speed, "0 to 100");
    }

    static void require(boolean holds, String name, double value, String range) {
        if (!holds) {
            throw new IllegalArgumentException("Simulation setting " + name + " must be " + range + ", not " + value);
        }
    }
}
