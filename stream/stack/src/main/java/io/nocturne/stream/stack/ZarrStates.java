package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The (t, c, z) array of {@link FrameState#code()}s beside restored frames; 0 means nothing yet. {@link #mark} belongs to
 * the frame-writing thread and {@link #publish} to whoever publishes; no lock lies between them. One byte per camera
 * frame is kept in memory.
 */
final class ZarrStates {
    /** About so many states lie in one chunk file, which is rewritten while it fills. */
    private static final int CHUNK_STATES = 4096;

    private final Path folder;
    private final ZarrArray array;
    private final FileMover mover;
    private final int chunkLength;
    private final int perTimePoint;
    private final Map<Long, Piece> pieces = new ConcurrentHashMap<>();
    private final Queue<Piece> changed = new ConcurrentLinkedQueue<>();

    /** One chunk: {@code codes} is written by one thread; {@code dirty} orders it for the other. */
    private static final class Piece {
        final long number;
        final byte[] codes;
        final AtomicBoolean dirty = new AtomicBoolean();

        Piece(long number, byte[] codes) {
            this.number = number;
            this.codes = codes;
        }
    }

    ZarrStates(Path folder, ZarrArray array, FileMover mover) {
        this.folder = folder;
        this.array = array;
        this.mover = mover;
        this.chunkLength = array.chunk().get(0);
        this.perTimePoint = array.chunk().get(1) * array.chunk().get(2);
    }

    /** Metadata of an array of states without a length yet. */
    static ZarrArray array(OmeZarrVersion version, int channels, int slices, char separator) {
        return new ZarrArray(
                version,
                List.of(0L, (long) channels, (long) slices),
                List.of(Math.max(1, CHUNK_STATES / (channels * slices)), channels, slices),
                Optional.empty(),
                SampleType.UINT8,
                version.codec(0),
                version.chunkPrefix(),
                separator,
                List.of("t", "c", "z"));
    }

    /** Sets a frame's state; a frame that has its product keeps it. */
    void mark(long t, int c, int z, FrameState state) throws IOException {
        if (get(t, c, z) != FrameState.RESTORED.code()) {
            set(t, c, z, state.code());
        }
    }

    int get(long t, int c, int z) throws IOException {
        return piece(t / chunkLength).codes[at(t, c, z)];
    }

    /** Sets a frame's state whatever it was. */
    void set(long t, int c, int z, int code) throws IOException {
        Piece piece = piece(t / chunkLength);
        piece.codes[at(t, c, z)] = (byte) code;
        if (!piece.dirty.getAndSet(true)) {
            changed.add(piece);
        }
    }

    private int at(long t, int c, int z) {
        return (int) (t % chunkLength) * perTimePoint + c * array.chunk().get(2) + z;
    }

    /** Starts the chunk of that time point anew, with nothing known: its file is damaged. */
    void forget(long t) {
        long number = t / chunkLength;
        pieces.put(number, new Piece(number, new byte[chunkLength * perTimePoint]));
    }

    private Piece piece(long number) throws IOException {
        Piece piece = pieces.get(number);
        if (piece == null) {
            piece = new Piece(number, new byte[chunkLength * perTimePoint]);
            new ChunkDecoder(array.codec(), piece.codes.length)
                    .read(folder.resolve(array.chunkKey(number, 0, 0)), ByteBuffer.wrap(piece.codes));
            pieces.put(number, piece);
        }
        return piece;
    }

    /** Writes what changed; what can't be written stays changed. */
    void publish() throws IOException {
        for (Piece piece = changed.peek(); piece != null; piece = changed.peek()) {
            piece.dirty.getAndSet(false); // reads, so that the codes marked before are seen
            try {
                write(piece);
            } catch (IOException e) {
                piece.dirty.set(true);
                throw e;
            }
            changed.remove();
        }
    }

    private void write(Piece piece) throws IOException {
        Path file = folder.resolve(array.chunkKey(piece.number, 0, 0));
        Files.createDirectories(file.getParent());
        ByteBuffer out;
        try (ChunkEncoder encoder = new ChunkEncoder(array)) {
            encoder.encode(ByteBuffer.wrap(piece.codes.clone()));
            out = ByteBuffer.allocate(Math.toIntExact(encoder.length()));
            out.put(encoder.head())
                    .put(encoder.content())
                    .put(encoder.trailer())
                    .flip();
        }
        AtomicFile.write(file, out, mover);
    }
}
