package io.nocturne.acquisition.mm.plugin;

import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.WireException;
import mmcorej.CMMCore;
import mmcorej.Metadata;

/**
 * Live, seen through Micro-Manager's core. What must not be read while a camera runs (its exposure, its bit depth) is
 * read once, by whoever makes this, before the first look. One thread.
 */
final class CoreLivePeek implements LivePeek {
    private final CMMCore core;
    private final Metadata metadata = new Metadata();
    private final double exposureMillis;
    private final double pixelSizeUm;
    private final int bits;
    private Announcement stream;
    private long last = -1;

    CoreLivePeek(CMMCore core, double exposureMillis, double pixelSizeUm, int bits) {
        this.core = core;
        this.exposureMillis = exposureMillis;
        this.pixelSizeUm = pixelSizeUm;
        this.bits = bits;
    }

    @Override
    public Taken newest() throws WireException {
        Object pixels;
        int width;
        int height;
        long number;
        double elapsed;
        try {
            pixels = core.getNBeforeLastImageMD(0, metadata);
            width = (int) number("Width");
            height = (int) number("Height");
            number = (long) number("ImageNumber");
            elapsed = number("ElapsedTime-ms");
        } catch (Exception e) {
            return null; // none yet, or the buffer was wiped under the look: the core has no other way to say so
        }
        if (number == last) {
            return null;
        }
        int bytes = pixels instanceof short[] ? 2 : 1;
        int length = bytes == 2 ? ((short[]) pixels).length : pixels instanceof byte[] ? ((byte[]) pixels).length : -1;
        if (length != width * height) {
            throw new WireException("Live gives frames that aren't grey ones of 8 or 16 bits");
        }
        Announcement now = new Announcement(
                "live", width, height, bytes, Math.max(1, Math.min(bits, 8 * bytes)), exposureMillis, pixelSizeUm);
        if (!now.sameShape(stream)) {
            stream = now;
        }
        Taken taken = new Taken(stream, number, elapsed, 0, 0, 0, 0, pixels);
        taken.skippedBefore = last >= 0 && number > last ? number - last - 1 : 0;
        last = number;
        return taken;
    }

    private double number(String tag) throws Exception {
        return Double.parseDouble(metadata.GetSingleTag(tag).GetValue());
    }
}
