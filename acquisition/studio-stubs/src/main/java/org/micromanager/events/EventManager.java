package org.micromanager.events;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface EventManager {
    void registerForEvents(Object listener);

    void unregisterForEvents(Object listener);
}
