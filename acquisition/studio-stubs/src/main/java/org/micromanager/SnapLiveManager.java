package org.micromanager;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface SnapLiveManager {
    boolean isLiveModeOn();
}
