package io.nocturne.stream.stack;

import io.nocturne.stream.ledger.LedgerLine;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import io.nocturne.stream.stack.RunFolder.StreamEpoch;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Checks one epoch of one stream: raw frames one by one as the ledger names them, then products, states and lengths. One
 * byte per frame is kept in memory.
 */
final class EpochCheck implements Closeable {
    private final RunFolder run;
    private final String place;
    private final Findings findings;
    private final boolean repair;
    private final Path rawPath;
    private final Path restoredPath;
    private final StackCare raw;
    private final StackCare restored;
    private final CRC32C crc = new CRC32C();
    private final SparseBytes outcomes = new SparseBytes();
    private final List<long[]> gaps = new ArrayList<>();
    /** Coordinates of frames that don't lie where their index says. */
    private final Map<Long, Place> oddPlaces = new HashMap<>();

    private final SparseBytes ledgered = new SparseBytes();
    private final long[] rawLength;
    private ByteBuffer pixels = ByteBuffer.allocateDirect(0);
    private long rawFrames;
    private long rawMissing;
    private long products;
    private long gapFrames;

    private record Place(long t, int c, int z, int p) {}

    EpochCheck(RunFolder run, StreamEpoch epoch, Findings findings, boolean repair) {
        this.run = run;
        this.place = epoch.stream() + " epoch " + epoch.epoch();
        this.findings = findings;
        this.repair = repair;
        this.rawPath = run.raw(epoch.stream(), epoch.epoch());
        this.restoredPath = run.restored(epoch.stream(), epoch.epoch());
        this.raw = open(rawPath);
        this.restored = open(restoredPath);
        structure(raw, rawPath);
        structure(restored, restoredPath);
        this.rawLength = new long[raw == null ? 1 : raw.stack().stream().positions()];
    }

    private StackCare open(Path stack) {
        if (!Files.exists(stack)) {
            return null;
        }
        try {
            return StackCare.open(run, stack);
        } catch (IOException e) {
            findings.add(
                    Severity.ERROR,
                    Kind.STACK_UNREADABLE,
                    run.root().relativize(stack).toString(),
                    "",
                    "The stack can't be opened: " + e.getMessage(),
                    false);
            return null;
        }
    }

    /** Whether frames can be found, before any is looked for. */
    private void structure(StackCare stack, Path path) {
        try {
            if (stack != null) {
                stack.checkStructure(
                        repair,
                        (severity, kind, where, sentence, repaired) ->
                                findings.add(severity, kind, place, where, sentence, repaired));
            }
        } catch (IOException e) {
            add(Severity.ERROR, Kind.STACK_UNREADABLE, path.getFileName().toString(), String.valueOf(e.getMessage()));
        }
    }

    /** A raw line: checks the frame it names. */
    void raw(LedgerLine line) throws IOException {
        Place at = new Place(
                line.number("t", -1), (int) line.number("c", 0), (int) line.number("z", 0), (int) line.number("p", 0));
        if (raw != null && inside(at) && !at.equals(byIndex(line.index()))) {
            oddPlaces.put(line.index(), at);
        }
        if (!line.delivered()) {
            return;
        }
        if (raw == null || !inside(at)) {
            rawMissing++;
            return;
        }
        rawLength[at.p] = Math.max(rawLength[at.p], at.t + 1);
        ledgered.set(number(rawOrder(), at), 1);
        String frame = "frame " + line.index();
        try {
            if (!read(raw, at)) {
                add(Severity.ERROR, Kind.FRAME_MISSING, frame, "The ledger says stored, but its file is missing.");
                return;
            }
        } catch (IOException e) {
            add(Severity.ERROR, Kind.FRAME_DAMAGED, frame, String.valueOf(e.getMessage()));
            return;
        }
        crc.reset();
        crc.update(pixels);
        if (line.pixelsCrc32c() >= 0 && line.pixelsCrc32c() != crc.getValue()) {
            add(
                    Severity.ERROR,
                    Kind.FRAME_NOT_AS_LEDGERED,
                    frame,
                    String.format(
                            "The ledger has CRC-32C %08x for its pixels, the file holds %08x: another frame lies there.",
                            line.pixelsCrc32c(), crc.getValue()));
            return;
        }
        rawFrames++;
    }

    void outcome(LedgerLine line) {
        int state = line.state().code();
        for (long index = line.index(); index < line.index() + line.count(); index++) {
            if (outcomes.get(index) != FrameState.RESTORED.code()) {
                outcomes.set(index, state);
            }
        }
    }

    void gap(LedgerLine line) {
        gapFrames += line.count();
        gaps.add(new long[] {line.index(), line.count()});
    }

    /** Checks what needs the whole ledger. */
    void finish() throws IOException {
        if (rawMissing > 0) {
            findings.add(
                    Severity.ERROR,
                    Kind.STACK_MISSING,
                    place,
                    "",
                    rawMissing + " frames are ledgered as stored, but there is no raw stack to hold them: "
                            + run.root().relativize(rawPath),
                    false);
        }
        if (raw != null) {
            for (long[] gap : gaps) {
                long end = gap[0] + gap[1];
                long from = Math.max(gap[0], end - rawOrder().framesPerTimePoint());
                for (long index = from; index < end; index++) {
                    Place at = byIndex(index);
                    rawLength[at.p] = Math.max(rawLength[at.p], at.t + 1);
                }
            }
            for (int p = 0; p < rawLength.length; p++) {
                checkLength(raw, rawPath, p, rawLength[p], ledgered);
            }
        }
        if (restored != null) {
            checkRestored();
        }
    }

    private void checkRestored() throws IOException {
        StreamSpec stream = restored.stack().stream();
        int positions = stream.positions();
        SparseBytes expected = new SparseBytes();
        SparseBytes known = new SparseBytes();
        long[] length = new long[positions];
        for (long[] gap : gaps) {
            for (long index = gap[0]; index < gap[0] + gap[1]; index++) {
                expect(expected, stream, length, placeOf(stream, index), FrameState.GAP.code());
            }
        }
        outcomes.forEach(index -> {
            try {
                Place at = placeOf(stream, index);
                int state = outcomes.get(index);
                if (state == FrameState.RESTORED.code()) {
                    known.set(number(restored.stack().asStream(), productPlace(at)), 1);
                    if (!product(index, at)) {
                        state = 0;
                    }
                }
                expect(expected, stream, length, at, state);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        for (int p = 0; p < positions; p++) {
            long needed = checkLength(restored, restoredPath, p, length[p], known);
            checkStates(stream, p, needed, expected);
        }
    }

    private static void expect(SparseBytes expected, StreamSpec stream, long[] length, Place at, int state) {
        expected.set(number(stream, at), state);
        length[at.p] = Math.max(length[at.p], at.t + 1);
    }

    /** True if the product is there and sound; a damaged one is put aside by repair, so that it is made again. */
    private boolean product(long index, Place at) throws IOException {
        Place of = productPlace(at);
        String frame = "restored frame " + index;
        try {
            if (read(restored, of)) {
                products++;
                return true;
            }
            add(
                    Severity.WARNING,
                    Kind.FRAME_MISSING,
                    frame,
                    "The ledger says restored, but the product was not stored before the run ended; "
                            + "'restore --in' makes it again.");
        } catch (IOException e) {
            if (repair) {
                restored.putAside(of.t, of.c, of.z, of.p);
            }
            findings.add(
                    Severity.ERROR,
                    Kind.FRAME_DAMAGED,
                    place,
                    frame,
                    e.getMessage() + "; 'restore --in' makes the product again once it is put aside.",
                    repair);
        }
        return false;
    }

    private Place productPlace(Place at) {
        return restored.stack().perStack() ? new Place(at.t, at.c, 0, at.p) : at;
    }

    /**
     * Compares an image's shape with the frames that are there and ledgered, and looks for frames the ledger doesn't know.
     * A shape that leaves out stored frames misleads its readers; one that leaves out holes only is short of the truth.
     *
     * @return time points the image has, or has after repair
     */
    private long checkLength(StackCare care, Path path, int position, long needed, SparseBytes known)
            throws IOException {
        StreamSpec order = care.stack().asStream();
        int depth = care.stack().pixels().depth();
        long[] stored = {0};
        String stack = place + " " + path.getFileName();
        care.forEach(position, (t, c, plane, first) -> {
            stored[0] = Math.max(stored[0], t + 1);
            Place at = new Place(t, c, plane / depth, position);
            boolean firstChunk = first && plane % depth == 0;
            if (firstChunk && known.get(number(order, at)) == 0) {
                findings.add(
                        Severity.WARNING,
                        Kind.FRAME_NOT_LEDGERED,
                        stack,
                        "t=" + at.t + " c=" + at.c + " z=" + at.z + " position " + at.p,
                        "A whole frame is there that the ledger doesn't know: the run was killed between the two.",
                        false);
            }
        });
        long shape = care.length(position);
        long longest = Math.max(needed, stored[0]);
        if (care.tellsLength() && shape < longest) {
            if (repair) {
                care.lengthen(position, longest);
            }
            boolean hides = shape < stored[0];
            findings.add(
                    hides ? Severity.ERROR : Severity.WARNING,
                    Kind.SHAPE_BEHIND,
                    stack,
                    "position " + position,
                    "The shape shows " + shape + " time points, but there are " + longest
                            + (hides ? "." : "; of those it leaves out no frame is stored here."),
                    repair);
        }
        return Math.max(shape, longest);
    }

    private static void lengthen(Path array, long length) throws IOException {
        ZarrArray.read(array).withLength(length).store(array, FileMover.ATOMIC.retrying());
    }

    private void checkStates(StreamSpec stream, int position, long length, SparseBytes expected) throws IOException {
        Path folder = restored.states(position);
        ZarrArray array = ZarrArray.read(folder);
        ZarrStates states = new ZarrStates(folder, array, FileMover.ATOMIC.retrying());
        for (long t = 0; t < length; t++) {
            for (int c = 0; c < stream.channels().size(); c++) {
                for (int z = 0; z < stream.zSlices(); z++) {
                    int should = expected.get(number(stream, new Place(t, c, z, position)));
                    int is;
                    try {
                        is = states.get(t, c, z);
                    } catch (StackException damaged) {
                        is = -1;
                        states.forget(t);
                    }
                    if (is != should) {
                        states.set(t, c, z, should);
                        boolean unpublished = t >= array.shape().get(0) && is == 0;
                        findings.add(
                                unpublished ? Severity.WARNING : Severity.ERROR,
                                Kind.STATE_WRONG,
                                place,
                                "t=" + t + " c=" + c + " z=" + z + " position " + position,
                                "The state array says " + is + " where ledger and frames say " + should + ".",
                                repair);
                    }
                }
            }
        }
        if (repair) {
            states.publish();
            if (array.shape().get(0) < length) {
                lengthen(folder, length);
            }
        }
    }

    private boolean read(StackCare care, Place at) throws IOException {
        int bytes = care.stack().pixels().bytes();
        if (pixels.capacity() < bytes) {
            pixels = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        return care.read(at.t, at.c, at.z, at.p, pixels);
    }

    private boolean inside(Place at) {
        StreamSpec stream = rawOrder();
        return at.t >= 0
                && at.c >= 0
                && at.c < stream.channels().size()
                && at.z >= 0
                && at.z < stream.zSlices()
                && at.p >= 0
                && at.p < stream.positions();
    }

    private StreamSpec rawOrder() {
        return raw.stack().asStream();
    }

    private Place byIndex(long index) {
        return byIndex(rawOrder(), index);
    }

    private static Place byIndex(StreamSpec stream, long index) {
        return new Place(
                stream.timePointOf(index), stream.channelOf(index), stream.zSliceOf(index), stream.positionOf(index));
    }

    private Place placeOf(StreamSpec stream, long index) {
        Place odd = oddPlaces.get(index);
        return odd == null ? byIndex(stream, index) : odd;
    }

    /** A number for every place, in the order of indices. */
    private static long number(StreamSpec stream, Place at) {
        long number = at.t * stream.positions() + at.p;
        return (number * stream.zSlices() + at.z) * stream.channels().size() + at.c;
    }

    private void add(Severity severity, Kind kind, String frame, String sentence) {
        findings.add(severity, kind, place, frame, sentence, false);
    }

    @Override
    public void close() throws IOException {
        for (StackCare care : new StackCare[] {raw, restored}) {
            if (care != null) {
                care.close();
            }
        }
    }

    long rawFrames() {
        return rawFrames;
    }

    long rawBytes() {
        return raw == null ? 0 : rawFrames * raw.stack().pixels().bytes();
    }

    long products() {
        return products;
    }

    long gapFrames() {
        return gapFrames;
    }
}
