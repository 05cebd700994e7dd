package io.nocturne.acquisition.mm.plugin;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import mmcorej.TaggedImage;
import org.micromanager.acqj.api.AcquisitionAPI;
import org.micromanager.acqj.api.TaggedImageProcessor;

/**
 * Looks at the images of a scripted acquisition as they pass, and hands them to the companion:
 *
 * <pre>{@code
 * ScriptLink link = ScriptLink.connect(Arrays.asList("DAPI", "GFP"), 11, 1);
 * acquisition.addImageProcessor(new ScriptTap(link));
 * ...
 * acquisition.waitForCompletion();
 * link.close();
 * }</pre>
 *
 * <p>Every image goes on unchanged, in order, and at once: the tap holds none back, whatever the companion does, so the
 * queue before it is as short as the one behind it allows. Add it last: processors behind it must not write into the
 * pixels. One acquisition each.
 */
public final class ScriptTap implements TaggedImageProcessor {
    private final ScriptLink link;
    private boolean started;

    public ScriptTap(ScriptLink link) {
        this.link = link;
    }

    @Override
    public void setAcqAndQueues(
            AcquisitionAPI acquisition, BlockingQueue<TaggedImage> source, BlockingQueue<TaggedImage> sink) {
        start(source, sink);
    }

    /** Older acquisition engines call this one, newer ones both. */
    @Override
    @Deprecated
    public void setAcqAndDequeues(
            AcquisitionAPI acquisition,
            LinkedBlockingDeque<TaggedImage> source,
            LinkedBlockingDeque<TaggedImage> sink) {
        start(source, sink);
    }

    private synchronized void start(BlockingQueue<TaggedImage> source, BlockingQueue<TaggedImage> sink) {
        if (started) {
            return;
        }
        started = true;
        Thread thread = new Thread(() -> pass(source, sink), "nocturne-script-tap");
        thread.setDaemon(true);
        thread.start();
    }

    private void pass(BlockingQueue<TaggedImage> source, BlockingQueue<TaggedImage> sink) {
        try {
            boolean last = false;
            while (!last) {
                TaggedImage image = source.take();
                last = image.pix == null && image.tags == null;
                if (!last) {
                    link.offer(image);
                }
                sink.put(image);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
