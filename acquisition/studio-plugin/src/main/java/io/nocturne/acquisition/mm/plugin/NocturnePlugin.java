package io.nocturne.acquisition.mm.plugin;

import com.google.common.eventbus.Subscribe;
import java.util.function.Consumer;
import mmcorej.CMMCore;
import org.micromanager.MenuPlugin;
import org.micromanager.Studio;
import org.micromanager.acquisition.AcquisitionEndedEvent;
import org.micromanager.acquisition.AcquisitionStartedEvent;
import org.micromanager.data.Datastore;
import org.micromanager.events.LiveModeEvent;
import org.micromanager.events.ShutdownCommencingEvent;
import org.scijava.plugin.Plugin;
import org.scijava.plugin.SciJavaPlugin;

/**
 * The menu entry: chosen once, it connects to the companion and hands on whatever Live and acquisitions show from then
 * on; chosen again, it stops. Micro-Manager's own threads only move references here.
 */
@Plugin(type = MenuPlugin.class)
public final class NocturnePlugin implements MenuPlugin, SciJavaPlugin {
    private static final int LIVE_ROOM = 1;

    private Studio studio;
    private StudioLink link;
    private Outbox outbox;
    private RestoredWindow window;
    private LiveTap live;
    private AcquisitionTap acquisition;
    private Datastore watched;

    @Override
    public void setContext(Studio context) {
        studio = context;
    }

    @Override
    public String getSubMenu() {
        return "On-The-Fly Restoration";
    }

    @Override
    public String getName() {
        return "Nocturne";
    }

    @Override
    public String getHelpText() {
        return "Hands frames of Live and of acquisitions to a running Nocturne and shows them restored. Choose it again to stop.";
    }

    @Override
    public String getVersion() {
        String version = getClass().getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String getCopyright() {
        return "Apache-2.0";
    }

    @Override
    public void onPluginSelected() {
        if (stop()) {
            studio.logs().logMessage("Nocturne: stopped");
            return;
        }
        Thread connecting = new Thread(this::startQuietly, "nocturne-connect");
        connecting.setDaemon(true);
        connecting.start();
    }

    private void startQuietly() {
        try {
            Outbox out = new Outbox(LIVE_ROOM);
            RestoredWindow shows = new RestoredWindow(studio, trouble("showing restored frames"));
            StudioLink connected =
                    Companion.ofThisUser().reach(at -> StudioLink.connect(at, out, shows, trouble("the companion")));
            begin(out, shows, connected);
        } catch (Exception e) {
            studio.logs().showError(e, "Nocturne: " + e.getMessage());
        }
    }

    private synchronized void begin(Outbox out, RestoredWindow shows, StudioLink connected) {
        outbox = out;
        window = shows;
        link = connected;
        daemon("nocturne-show", window);
        studio.events().registerForEvents(this);
        studio.logs().logMessage("Nocturne: connected");
        if (studio.live().isLiveModeOn()) {
            tapLive();
        }
    }

    private Consumer<Exception> trouble(String what) {
        return why -> {
            studio.logs().logError(why, "Nocturne: " + what + ": " + why.getMessage());
            stop();
        };
    }

    /** Live was turned on or off. */
    @Subscribe
    public synchronized void onLive(LiveModeEvent event) {
        untapLive();
        if (event.isOn() && link != null) {
            tapLive();
        }
    }

    private void tapLive() {
        CMMCore core = studio.core();
        double exposure = 10;
        try {
            // From the core's own records: a running camera must not be asked.
            exposure = Double.parseDouble(core.getPropertyFromCache(core.getCameraDevice(), "Exposure"));
        } catch (Exception e) {
            studio.logs().logMessage("Nocturne: Live's exposure isn't on record and is taken as " + exposure + " ms");
        }
        CoreLivePeek peek = new CoreLivePeek(core, exposure, core.getPixelSizeUm(true), (int) core.getImageBitDepth());
        live = new LiveTap(peek, exposure, outbox::offer, trouble("Live"));
        daemon("nocturne-live", live);
    }

    private void untapLive() {
        if (live != null) {
            live.stop();
            live = null;
        }
    }

    /** An acquisition begins: its datastore tells of each image. */
    @Subscribe
    public synchronized void onAcquisitionStarted(AcquisitionStartedEvent event) {
        if (link != null) {
            unwatch();
            acquisition = new AcquisitionTap(outbox::offer, trouble("the acquisition"));
            watched = event.getDatastore();
            watched.registerForEvents(acquisition);
        }
    }

    /** An acquisition has ended. */
    @Subscribe
    public synchronized void onAcquisitionEnded(AcquisitionEndedEvent event) {
        if (event.getStore() == watched) {
            unwatch();
        }
    }

    private void unwatch() {
        if (watched != null) {
            watched.unregisterForEvents(acquisition);
            watched = null;
            acquisition = null;
        }
    }

    /** Micro-Manager is about to end. */
    @Subscribe
    public void onShutdown(ShutdownCommencingEvent event) {
        if (!event.isCanceled()) {
            stop();
        }
    }

    /** Stops everything; false if nothing ran. */
    private synchronized boolean stop() {
        if (link == null) {
            return false;
        }
        studio.events().unregisterForEvents(this);
        untapLive();
        unwatch();
        window.stop();
        link.close();
        link = null;
        return true;
    }

    private static void daemon(String name, Runnable loop) {
        Thread thread = new Thread(loop, name);
        thread.setDaemon(true);
        thread.start();
    }
}
