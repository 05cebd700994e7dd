package io.nocturne.inference.training;

import io.nocturne.inference.Normalization;
import io.nocturne.inference.Normalizer;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads whole images into memory, and what their noise is. */
final class ImageFiles {
    private ImageFiles() {}

    /** All frames of a stack, in order. */
    static List<StillFrame> frames(Path file) throws IOException {
        List<StillFrame> frames = new ArrayList<>();
        try (StackReader reader = StackReader.open(file)) {
            for (long i = 0; i < reader.frames(); i++) {
                StillFrame frame = new StillFrame(reader.stream().frame());
                if (reader.read(i, frame.pixels())) {
                    frames.add(frame);
                }
            }
        }
        if (frames.isEmpty()) {
            throw new IOException(file + " holds no frames");
        }
        return frames;
    }

    static Picture picture(StillFrame frame) {
        return new Picture(frame.spec().width(), frame.spec().height(), frame.counts());
    }

    /** Offset, gain and read noise as a run would estimate them from these frames; the last frame's values. */
    static double[] noise(List<StillFrame> frames) {
        StreamSpec stream = StreamSpec.movie("noise", frames.get(0).spec(), 0, frames.size());
        Normalizer normalizer = new Normalizer(Normalization.anscombe(), stream, Optional.empty());
        double[] norm = new double[RestorerSpec.MAX_NORM];
        for (StillFrame frame : frames) {
            normalizer.observe(frame, norm);
        }
        return norm;
    }

    /** Hash of a file, 64 hex digits. */
    static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
