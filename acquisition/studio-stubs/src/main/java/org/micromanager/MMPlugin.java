package org.micromanager;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface MMPlugin extends MMGenericPlugin {
    void setContext(Studio studio);

    String getName();

    String getHelpText();

    String getVersion();

    String getCopyright();
}
