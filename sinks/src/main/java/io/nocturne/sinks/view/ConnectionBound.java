package io.nocturne.sinks.view;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.eclipse.jetty.io.Connection;

/**
 * Keeps the number of open connections within a bound. One more than that costs the place of the oldest that waits for a
 * request, so that connections on which nothing is said shut nobody out; pages, which have become WebSockets, keep theirs. If
 * all are busy the newcomer is closed. Any thread.
 */
final class ConnectionBound implements Connection.Listener {
    private final int most;
    /** Oldest first. */
    private final Deque<Connection> open = new ArrayDeque<>();

    ConnectionBound(int most) {
        this.most = most;
    }

    @Override
    public void onOpened(Connection connection) {
        Connection leaving = admit(connection);
        if (leaving != null) {
            leaving.close();
        }
    }

    private synchronized Connection admit(Connection newcomer) {
        Connection leaving = null;
        if (open.size() >= most) {
            leaving = takeIdle();
        }
        if (leaving == null && open.size() >= most && canBecomePage(newcomer)) {
            return newcomer;
        }
        open.add(newcomer);
        return leaving;
    }

    private Connection takeIdle() {
        for (Iterator<Connection> each = open.iterator(); each.hasNext(); ) {
            Connection connection = each.next();
            if (canBecomePage(connection) && connection.getMessagesIn() == connection.getMessagesOut()) {
                each.remove();
                return connection;
            }
        }
        return null;
    }

    /** Whether it still speaks HTTP. A page's takes the place of the one that it was until then. */
    private static boolean canBecomePage(Connection connection) {
        return connection instanceof Connection.UpgradeFrom;
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        open.remove(connection);
    }
}
