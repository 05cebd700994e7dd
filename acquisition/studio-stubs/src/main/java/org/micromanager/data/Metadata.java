package org.micromanager.data;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface Metadata {
    Double getExposureMs();

    Double getPixelSizeUm();

    Long getImageNumber();

    Integer getBitDepth();

    /** Makes metadata. */
    interface Builder {
        Metadata build();
    }
}
