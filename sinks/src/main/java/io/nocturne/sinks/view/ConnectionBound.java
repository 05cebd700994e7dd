package io.nocturne.sinks.view;

import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;

/** Closes connections beyond a number as soon as they are opened, so that those who are in stay served. Any thread. */
final class ConnectionBound implements Connection.Listener {
    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionBound(int most) {
        this.most = most;
    }

    @Override
    public void onOpened(Connection connection) {
        if (open.incrementAndGet() > most) {
            connection.close();
        }
    }

    @Override
    public void onClosed(Connection connection) {
        open.decrementAndGet();
    }
}
