package org.micromanager.data;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface Image {
    Metadata getMetadata();

    Coords getCoords();

    int getWidth();

    int getHeight();

    int getBytesPerPixel();

    int getNumComponents();

    Object getRawPixels();
}
