package io.nocturne.acquisition.mm.plugin;

import com.google.common.eventbus.Subscribe;
import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.WireException;
import java.util.function.Consumer;
import org.micromanager.data.Coords;
import org.micromanager.data.DataProviderHasNewImageEvent;
import org.micromanager.data.Image;
import org.micromanager.data.Metadata;

/** Hears of each image that an acquisition stores and hands a reference on. Called on the datastore's event thread. */
public final class AcquisitionTap {
    private final Consumer<Taken> to;
    private final Consumer<Exception> trouble;
    private Announcement stream;
    private long count;
    private boolean told;

    AcquisitionTap(Consumer<Taken> to, Consumer<Exception> trouble) {
        this.to = to;
        this.trouble = trouble;
    }

    /** An image was stored. Returns at once; never throws into Micro-Manager. */
    @Subscribe
    public void onNewImage(DataProviderHasNewImageEvent event) {
        try {
            to.accept(taken(event.getImage()));
        } catch (WireException | RuntimeException e) {
            if (!told) {
                told = true;
                trouble.accept(e);
            }
        }
    }

    private Taken taken(Image image) throws WireException {
        Metadata metadata = image.getMetadata();
        int bytes = image.getBytesPerPixel() / Math.max(1, image.getNumComponents());
        if (image.getNumComponents() != 1) {
            throw new WireException("Colour images are not restored; only grey ones of 8 or 16 bits are");
        }
        Integer bits = metadata.getBitDepth();
        Announcement now = new Announcement(
                "acquisition",
                image.getWidth(),
                image.getHeight(),
                bytes,
                bits == null ? 8 * bytes : Math.max(1, Math.min(bits, 8 * bytes)),
                orZero(metadata.getExposureMs()),
                orZero(metadata.getPixelSizeUm()));
        if (!now.sameShape(stream)) {
            stream = now;
        }
        Coords at = image.getCoords();
        return new Taken(stream, count++, Double.NaN, at.getT(), at.getZ(), at.getC(), at.getP(), image.getRawPixels());
    }

    private static double orZero(Double value) {
        return value == null ? 0 : value;
    }
}
