package io.nocturne.config;

import io.nocturne.stream.stack.Pyramid;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds smaller copies of the frames to a run whose frames are all there. Whatever goes wrong costs the copies only. */
final class SmallerCopies {
    private static final Logger LOG = LoggerFactory.getLogger(SmallerCopies.class);

    private SmallerCopies() {}

    /**
     * Makes them if the configuration asks for them.
     *
     * @return what there is to tell a person, with what to do
     */
    static List<String> make(RunFolder run, RunConfig config, RunWatcher watcher, StopSwitch stop) {
        if (!config.disk().pyramid()) {
            return List.of();
        }
        String later = "; 'nocturne pyramid RUN' makes them, and the recorded frames are complete without";
        try {
            Pyramid.Result result = Pyramid.of(run, (stack, share) -> {
                String which = run.root().relativize(stack).toString();
                watcher.working(String.format(Locale.ROOT, "smaller copies of %s", which), share);
                return !stop.asked();
            });
            return result.finished() ? List.of() : List.of("smaller copies of the frames were left out" + later);
        } catch (IOException | RuntimeException e) {
            LOG.warn("Smaller copies of the frames could not be made", e);
            return List.of("smaller copies of the frames could not be made (" + e.getMessage() + ")" + later);
        }
    }
}
