package io.nocturne.acquisition.mm.plugin;

import java.io.IOException;
import java.util.function.Consumer;
import org.micromanager.Studio;
import org.micromanager.data.Coords;
import org.micromanager.data.Image;
import org.micromanager.data.RewritableDatastore;
import org.micromanager.display.DisplayWindow;

/**
 * Shows the newest restored frame in a window of Micro-Manager's, 30 times a second at most: its display takes events
 * into a queue without bounds. Frames come on one thread, the window is fed by another.
 */
final class RestoredWindow implements StudioLink.Restored, Runnable {
    private static final long PERIOD_NANOS = 1_000_000_000L / 30;

    private final Studio studio;
    private final Consumer<Exception> trouble;
    private final long periodNanos;
    private RewritableDatastore store;
    private DisplayWindow window;
    private int shownWidth;
    private int shownHeight;
    private int shownBytes;

    /** Guarded by this. */
    private Object newest;

    private int width;
    private int height;
    private int bytes;
    private boolean stopped;
    private long shown;

    RestoredWindow(Studio studio, Consumer<Exception> trouble) {
        this(studio, trouble, PERIOD_NANOS);
    }

    RestoredWindow(Studio studio, Consumer<Exception> trouble, long periodNanos) {
        this.studio = studio;
        this.trouble = trouble;
        this.periodNanos = periodNanos;
    }

    @Override
    public void show(int newWidth, int newHeight, int bytesPerPixel, byte[] pixels) {
        Object converted =
                bytesPerPixel == 2 ? shorts(pixels, newWidth * newHeight) : bytes(pixels, newWidth * newHeight);
        synchronized (this) {
            newest = converted;
            width = newWidth;
            height = newHeight;
            bytes = bytesPerPixel;
            notifyAll();
        }
    }

    private static short[] shorts(byte[] pixels, int count) {
        short[] shorts = new short[count];
        for (int i = 0; i < count; i++) {
            shorts[i] = (short) ((pixels[2 * i] & 0xff) | pixels[2 * i + 1] << 8);
        }
        return shorts;
    }

    private static byte[] bytes(byte[] pixels, int count) {
        byte[] bytes = new byte[count];
        System.arraycopy(pixels, 0, bytes, 0, count);
        return bytes;
    }

    @Override
    public void run() {
        try {
            while (showNewest()) {
                Thread.sleep(periodNanos / 1_000_000, (int) (periodNanos % 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            trouble.accept(e);
        }
    }

    /** Waits for a frame newer than the one shown and shows it; false once stopped. */
    private boolean showNewest() throws InterruptedException, IOException {
        Object pixels;
        int w;
        int h;
        int b;
        synchronized (this) {
            while (newest == null && !stopped) {
                wait();
            }
            if (stopped) {
                return false;
            }
            pixels = newest;
            newest = null;
            w = width;
            h = height;
            b = bytes;
        }
        openFor(w, h, b);
        Coords first = studio.data().coordsBuilder().t(0).z(0).c(0).p(0).build();
        Image image = studio.data()
                .createImage(
                        pixels,
                        w,
                        h,
                        b,
                        1,
                        first,
                        studio.data().metadataBuilder().build());
        store.putImage(image);
        if (window == null) {
            studio.displays().manage(store);
            window = studio.displays().createDisplay(store);
        }
        synchronized (this) {
            shown++;
        }
        return true;
    }

    /** Images of one store must be alike: another shape gets another store and window. */
    private void openFor(int w, int h, int b) {
        boolean alike = w == shownWidth && h == shownHeight && b == shownBytes;
        if (store == null || !alike || (window != null && window.isClosed())) {
            store = studio.data().createRewritableRAMDatastore();
            store.setName("Nocturne, restored");
            window = null;
            shownWidth = w;
            shownHeight = h;
            shownBytes = b;
        }
    }

    synchronized long shown() {
        return shown;
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
