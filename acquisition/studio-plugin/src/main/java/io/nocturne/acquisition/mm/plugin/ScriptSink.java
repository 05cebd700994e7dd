package io.nocturne.acquisition.mm.plugin;

import mmcorej.TaggedImage;
import mmcorej.org.json.JSONObject;
import org.micromanager.acqj.api.AcqEngJDataSink;
import org.micromanager.acqj.main.Acquisition;

/**
 * The end of a scripted acquisition that Micro-Manager itself doesn't store: images go to the companion, which does.
 *
 * <pre>{@code
 * ScriptLink link = ScriptLink.connect(Arrays.asList("DAPI", "GFP"), 11, 1);
 * Acquisition acquisition = new Acquisition(new ScriptSink(link));
 * }</pre>
 *
 * <p>It never holds the engine up, so a companion that falls behind by more than a few images loses some: {@link
 * ScriptLink#skipped} counts them and they are gaps in its ledger. Where no image may be missing, store with Micro-Manager's
 * own sink and look with a {@link ScriptTap}.
 */
public final class ScriptSink implements AcqEngJDataSink {
    private final ScriptLink link;
    private volatile boolean any;
    private volatile boolean finished;

    public ScriptSink(ScriptLink link) {
        this.link = link;
    }

    @Override
    public void initialize(Acquisition acquisition, JSONObject summary) {
        finished = false;
    }

    @Override
    public Object putImage(TaggedImage image) {
        any = true;
        link.offer(image);
        return image.tags;
    }

    @Override
    public void finish() {
        finished = true;
    }

    @Override
    public boolean isFinished() {
        return finished;
    }

    @Override
    public boolean anythingAcquired() {
        return any;
    }
}
