package io.nocturne.acquisition.scene;

/** One cell with everything in it. Immutable; safe to share. */
final class Cell {
    private static final double LIGHT_PER_UM = 9;
    private static final double VESICLE_LIGHT = 9;
    private static final double HAZE = 0.16;
    private static final double CHROMATIN = 1;

    private final Anatomy anatomy;
    private final double homeX;
    private final double homeY;
    private final Microtubule[] microtubules;
    private final Vesicle[] vesicles;
    private final SoftBody cytoplasm;
    private final SoftBody nucleus;

    /** Grows a cell at a place in the field, micrometres. */
    Cell(Specimen specimen, long key, double homeX, double homeY, double pixelSizeUm) {
        anatomy = new Anatomy(key, specimen.cellRadiusUm());
        this.homeX = homeX;
        this.homeY = homeY;
        microtubules = new Microtubule[specimen.microtubules()];
        for (int i = 0; i < microtubules.length; i++) {
            microtubules[i] = new Microtubule(anatomy, SmoothNoise.key(key, 1000 + i), 0.8 * pixelSizeUm);
        }
        vesicles = new Vesicle[specimen.vesicles()];
        for (int i = 0; i < vesicles.length; i++) {
            vesicles[i] = new Vesicle(anatomy, microtubules, SmoothNoise.key(key, 100_000 + i));
        }
        cytoplasm = new SoftBody(0, 0, 1.45 * anatomy.radius, 3 * pixelSizeUm, this::cytoplasmAt);
        nucleus = new SoftBody(
                anatomy.nucleusX, anatomy.nucleusY, 0.48 * anatomy.radius, 1.5 * pixelSizeUm, this::chromatinAt);
    }

    /** Free dye: as thick as the cell, little in the nucleus, kept out by organelles. */
    private double cytoplasmAt(double x, double y) {
        double rho = anatomy.rho(x, y);
        double edge = smoothStep((1 - rho) / 0.05);
        if (edge == 0) {
            return 0;
        }
        double inside = smoothStep((1.06 - anatomy.nucleusRho(x, y)) / 0.12);
        double organelles = SmoothNoise.at(SmoothNoise.key(anatomy.key, 70), x / 1.6, y / 1.6)
                + 0.6 * SmoothNoise.at(SmoothNoise.key(anatomy.key, 71), x / 0.7, y / 0.7);
        double mottle = 1 + 0.28 * organelles * (1 - inside);
        return edge * mottle * (0.25 + anatomy.height(x, y) / 4.5) * (1 - 0.62 * inside);
    }

    /** Chromatin: a soft-edged ellipse with denser clumps and dark nucleoli. */
    private double chromatinAt(double x, double y) {
        double edge = smoothStep((1.02 - anatomy.nucleusRho(x, y)) / 0.1);
        if (edge == 0) {
            return 0;
        }
        double clumps = SmoothNoise.at(SmoothNoise.key(anatomy.key, 80), x / 1.1, y / 1.1)
                + 0.8 * SmoothNoise.at(SmoothNoise.key(anatomy.key, 81), x / 0.5, y / 0.5);
        double nucleoli = smoothStep((SmoothNoise.at(SmoothNoise.key(anatomy.key, 82), x / 2.3, y / 2.3) - 0.35) / 0.2);
        return edge * (1 + 0.3 * clumps) * (1 - 0.6 * nucleoli);
    }

    private static double smoothStep(double t) {
        double c = Math.min(1, Math.max(0, t));
        return c * c * (3 - 2 * c);
    }

    /** Paints what a channel's dye shows at that time. */
    void paint(Canvas canvas, Pose pose, FocalPlane focus, Structure structure, double seconds, double[] xyz) {
        pose.set(anatomy.key, homeX, homeY, anatomy.radius, seconds);
        double area = focus.pixelSizeUm() * focus.pixelSizeUm() / 0.0064;
        double haze = structure == Structure.NUCLEI ? 0.3 : structure == Structure.CELLS ? 1 : 0.6;
        cytoplasm.paint(canvas, 2, pose, focus.pixelSizeUm(), HAZE * area * haze);
        if (structure == Structure.NUCLEI) {
            nucleus.paint(canvas, 1, pose, focus.pixelSizeUm(), CHROMATIN * area);
        }
        if (structure == Structure.CELLS || structure == Structure.MICROTUBULES) {
            for (Microtubule microtubule : microtubules) {
                microtubule.paint(canvas, pose, focus, seconds, LIGHT_PER_UM);
            }
        }
        if (structure == Structure.CELLS || structure == Structure.VESICLES) {
            for (Vesicle vesicle : vesicles) {
                vesicle.paint(canvas, pose, focus, seconds, VESICLE_LIGHT, xyz);
            }
        }
    }
}
