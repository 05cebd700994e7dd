package org.micromanager;

import mmcorej.CMMCore;
import org.micromanager.data.DataManager;
import org.micromanager.display.DisplayManager;
import org.micromanager.events.EventManager;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface Studio {
    CMMCore core();

    DataManager data();

    DisplayManager displays();

    EventManager events();

    SnapLiveManager live();

    LogManager logs();
}
