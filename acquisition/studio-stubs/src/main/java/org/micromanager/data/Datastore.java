package org.micromanager.data;

import java.io.IOException;

/** The part of Micro-Manager's interface of this name that the plugin uses; a stub to compile against, never shipped. */
public interface Datastore extends DataProvider {
    void putImage(Image image) throws IOException;

    void setName(String name);
}
