package org.micromanager.display;

import org.micromanager.data.DataProvider;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface DisplayManager {
    DisplayWindow createDisplay(DataProvider provider);

    void manage(DataProvider provider);
}
