package io.nocturne.stream.ring;

import io.nocturne.stream.spi.FrameHeader;

/** An entry of the restored ring: what became of a frame, with a product plane only if it was restored. */
final class Outcome {
    final FrameHeader header = new FrameHeader();
    /** Index of the product's plane, -1 for none. Set by intake before the entry is published. */
    int plane = -1;
}
