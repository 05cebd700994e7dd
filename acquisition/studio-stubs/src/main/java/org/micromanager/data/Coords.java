package org.micromanager.data;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface Coords {
    int getT();

    int getZ();

    int getC();

    int getP();

    /** Makes coordinates. */
    interface Builder {
        Builder t(int timepoint);

        Builder z(int slice);

        Builder c(int channel);

        Builder p(int position);

        Coords build();
    }
}
