package io.nocturne.inference.checkpoint;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.HalfFloat;
import io.nocturne.inference.graph.TensorContent;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A parameter whose elements stay in the checkpoint until they are asked for. */
final class StoredParameter implements Parameter {
    /** Most bytes of one tensor, and of the stretch of storage that it is spread over. */
    static final long MAX_BYTES = 1L << 30;

    private static final int GATHERED = 1 << 13;

    private final CheckpointArchive archive;
    private final String entry;
    private final String name;
    private final ElementType type;
    private final List<Long> shape;
    private final List<Long> strides;
    private final long offset;
    private final long span;

    private StoredParameter(
            CheckpointArchive archive, String entry, String name, ElementType type, Pickled.Tensor view, long span) {
        this.archive = archive;
        this.entry = entry;
        this.name = name;
        this.type = type;
        this.span = span;
        shape = view.sizes();
        strides = view.strides();
        offset = view.offset();
    }

    /**
     * Checks a view against the storage that is really there.
     *
     * @param entry name of the archive's entry with the storage
     * @throws CheckpointException naming the parameter, if the view is impossible
     */
    static StoredParameter of(CheckpointArchive archive, String entry, String name, Pickled.Tensor view)
            throws CheckpointException {
        Pickled.Storage storage = view.storage();
        String where = archive.file() + ": " + CheckpointException.quote(name);
        ElementType type = storage.type()
                .element()
                .orElseThrow(() -> new CheckpointException(where + " has elements of "
                        + storage.type().kind() + "; expected float32, float16 or whole numbers. In Python, call "
                        + "model.float() before saving"));
        long there = archive.size(entry)
                .orElseThrow(() -> new CheckpointException(where + ": its elements should be in the entry "
                        + CheckpointException.quote(entry) + ", which is missing"));
        if (storage.count() < 0 || storage.count() != there / type.bytes() || there % type.bytes() != 0) {
            throw new CheckpointException(where + ": expected " + storage.count() + " elements of " + type.bytes()
                    + " bytes in the entry " + CheckpointException.quote(entry) + ", found " + there + " bytes");
        }
        long span = span(where, view, storage.count(), type.bytes());
        return new StoredParameter(archive, entry, name, type, view, span);
    }

    /** Elements from the first to the last that the view touches, that included. */
    private static long span(String where, Pickled.Tensor view, long stored, int elementBytes)
            throws CheckpointException {
        List<Long> sizes = view.sizes();
        List<Long> strides = view.strides();
        String shape = where + " has sizes " + sizes + ", strides " + strides + ", offset " + view.offset();
        if (sizes.size() != strides.size()) {
            throw new CheckpointException(shape + ": expected as many strides as sizes");
        }
        long count = 1;
        long last = 0;
        try {
            for (int i = 0; i < sizes.size(); i++) {
                if (sizes.get(i) < 0 || strides.get(i) < 0) {
                    throw new CheckpointException(shape + ": expected numbers of at least 0");
                }
                count = Math.multiplyExact(count, sizes.get(i));
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, sizes.get(i) - 1), strides.get(i)));
            }
            long end = count == 0 ? 0 : Math.addExact(last, 1);
            if (view.offset() < 0 || Math.addExact(view.offset(), end) > stored) {
                throw new CheckpointException(shape + ": reaches outside its storage of " + stored + " elements");
            }
            if (count > stored) {
                throw new CheckpointException(
                        shape + ": has more elements than its storage, " + count + " against " + stored);
            }
            if (end > MAX_BYTES / elementBytes) {
                throw new CheckpointException(shape + ": larger than " + MAX_BYTES + " bytes");
            }
            return end;
        } catch (ArithmeticException e) {
            throw new CheckpointException(shape + ": too large", e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public List<Long> shape() {
        return shape;
    }

    @Override
    public float[] floats() {
        float[] floats = new float[(int) count()];
        int[] filled = {0};
        stream((bytes, count) -> {
            ByteBuffer chunk = ByteBuffer.wrap(bytes, 0, count).order(ByteOrder.LITTLE_ENDIAN);
            int elements = count / type.bytes();
            if (type == ElementType.FLOAT32) {
                chunk.asFloatBuffer().get(floats, filled[0], elements);
            } else {
                for (int i = 0; i < elements; i++) {
                    floats[filled[0] + i] = widen(chunk);
                }
            }
            filled[0] += elements;
        });
        return floats;
    }

    private float widen(ByteBuffer next) {
        return switch (type) {
            case FLOAT32 -> next.getFloat();
            case FLOAT16 -> HalfFloat.toFloat(next.getShort());
            case INT64 -> next.getLong();
            case INT32 -> next.getInt();
            case UINT8, BOOL -> next.get() & 0xff;
        };
    }

    @Override
    public TensorContent content() {
        return new TensorContent() {
            @Override
            public long byteCount() {
                return count() * type.bytes();
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                try {
                    stream((bytes, count) -> out.write(bytes, 0, count));
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            }
        };
    }

    /** Gives all elements row-major, in pieces that hold whole elements. */
    private void stream(CheckpointArchive.Consumer sink) {
        if (isRowMajor()) {
            archive.read(entry, offset * type.bytes(), span * type.bytes(), sink);
            return;
        }
        ByteBuffer stretch = ByteBuffer.allocate((int) (span * type.bytes()));
        archive.read(entry, offset * type.bytes(), stretch.capacity(), (bytes, count) -> stretch.put(bytes, 0, count));
        try {
            gather(stretch.array(), sink);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private void gather(byte[] stretch, CheckpointArchive.Consumer sink) throws IOException {
        int bytes = type.bytes();
        byte[] chunk = new byte[GATHERED * bytes];
        long[] index = new long[shape.size()];
        long from = 0;
        int filled = 0;
        for (long left = count(); left > 0; left--) {
            System.arraycopy(stretch, (int) from * bytes, chunk, filled, bytes);
            filled += bytes;
            if (filled == chunk.length || left == 1) {
                sink.accept(chunk, filled);
                filled = 0;
            }
            for (int i = index.length - 1; i >= 0; i--) { // one step of an odometer
                from += strides.get(i);
                if (++index[i] < shape.get(i)) {
                    break;
                }
                from -= shape.get(i) * strides.get(i);
                index[i] = 0;
            }
        }
    }

    private boolean isRowMajor() {
        long expected = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            if (shape.get(i) != 1 && strides.get(i) != expected) {
                return false;
            }
            expected *= shape.get(i);
        }
        return true;
    }

    @Override
    public String toString() {
        return name + " " + shape + " " + type;
    }
}
