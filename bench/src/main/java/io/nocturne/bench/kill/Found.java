package io.nocturne.bench.kill;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.PatternSums;
import io.nocturne.bench.poll.Zarrita;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one reader finds of a {@link PatternSource} in the stacks of a run.
 *
 * @param raw indices of raw frames that are there and bit-exact
 * @param restored indices of products that are there and bit-exact
 * @param torn frames, raw or restored, that are there but not what was written
 */
record Found(Set<Long> raw, Set<Long> restored, int torn) {

    /** By our own reader. */
    static Found byOwnReader(RunFolder run, FrameSpec frame) throws IOException {
        Set<Long> raw = new HashSet<>();
        Set<Long> restored = new HashSet<>();
        int torn = read(run.raw(KillVictim.STREAM, 0), frame, raw)
                + read(run.restored(KillVictim.STREAM, 0), frame, restored);
        return new Found(raw, restored, torn);
    }

    /** By zarrita; a frame of zeros is a hole. */
    static Found byZarrita(Zarrita zarrita, Path scratch, RunFolder run, PatternSums sums)
            throws IOException, InterruptedException {
        Set<Long> raw = new HashSet<>();
        Set<Long> restored = new HashSet<>();
        int torn = 0;
        List<Path> stacks = List.of(run.rawZarr(KillVictim.STREAM, 0), run.restoredZarr(KillVictim.STREAM, 0));
        for (Zarrita.Read frame : zarrita.wholeStacks(scratch, stacks)) {
            if (frame.sha1().equals(sums.sha1(frame.index()))) {
                (frame.stack() == 0 ? raw : restored).add(frame.index());
            } else {
                torn += frame.sha1().equals(sums.sha1OfHole()) ? 0 : 1;
            }
        }
        return new Found(raw, restored, torn);
    }

    private static int read(Path path, FrameSpec frame, Set<Long> exact) throws IOException {
        if (!Files.exists(path)) {
            return 0;
        }
        int torn = 0;
        ByteBuffer pixels = ByteBuffer.allocateDirect(frame.bytes()).order(ByteOrder.nativeOrder());
        try (StackReader stack = StackReader.open(path)) {
            for (long index = 0; index < stack.frames(); index++) {
                if (!stack.has(index)) {
                    continue;
                }
                if (isWhole(stack, index, pixels) && PatternSource.mismatch(pixels, frame.pixelType(), index) < 0) {
                    exact.add(index);
                } else {
                    torn++;
                }
            }
        }
        return torn;
    }

    /** Reads a frame; false if it is there but damaged. */
    private static boolean isWhole(StackReader stack, long index, ByteBuffer into) {
        try {
            return stack.read(index, into);
        } catch (IOException e) {
            return false;
        }
    }
}
