package org.micromanager.data;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface DataManager {
    Coords.Builder coordsBuilder();

    Metadata.Builder metadataBuilder();

    RewritableDatastore createRewritableRAMDatastore();

    Image createImage(
            Object pixels,
            int width,
            int height,
            int bytesPerPixel,
            int numComponents,
            Coords coords,
            Metadata metadata);
}
