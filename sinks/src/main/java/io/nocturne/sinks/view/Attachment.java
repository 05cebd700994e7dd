package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameTap;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the view looks at, from one {@link LiveView#attach} to the next.
 *
 * @param number counts attachments from 1; every message carries it, so that a late picture of the last epoch is
 *     recognised
 */
record Attachment(
        int number,
        FrameTap tap,
        StreamSpec stream,
        Optional<RestorerSpec> restorer,
        Supplier<String> healthJson,
        Optional<RunControls> controls) {

    FrameSpec rawSpec() {
        return stream.frame();
    }

    /** The product's geometry; the raw frame's without a restorer. */
    FrameSpec productSpec() {
        return restorer.map(RestorerSpec::product).orElse(stream.frame());
    }

    int productBytes() {
        return restorer.map(r -> r.product().bytes()).orElse(0);
    }
}
