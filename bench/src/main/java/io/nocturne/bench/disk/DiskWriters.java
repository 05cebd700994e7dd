package io.nocturne.bench.disk;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.Fsync;
import io.nocturne.stream.stack.NdTiffWriter;
import io.nocturne.stream.stack.OmeTiffWriter;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.OmeZarrWriter.Layout;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.concurrent.Future;
import mmcorej.org.json.JSONObject;
import org.micromanager.ndtiffstorage.IndexEntryData;
import org.micromanager.ndtiffstorage.NDTiffStorage;

/** The writers that are compared, each to a place of its own. */
enum DiskWriters {
    PLAIN("plain FileChannel") {
        @Override
        DiskWriter open(Path place, FrameSpec frame) throws Exception {
            FileChannel file = FileChannel.open(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new DiskWriter() {
                @Override
                public void write(long index, ByteBuffer pixels) throws Exception {
                    while (pixels.hasRemaining()) {
                        file.write(pixels);
                    }
                }

                @Override
                public void close() throws IOException {
                    file.close();
                }
            };
        }
    },
    SHARDS("OME-Zarr, shards") {
        @Override
        DiskWriter open(Path place, FrameSpec frame) throws Exception {
            return zarr(place, frame, OmeZarrWriter.Options.DEFAULT.withLayout(Layout.SHARDS));
        }
    },
    FILES("OME-Zarr, files c/T/C/Z/Y/X") {
        @Override
        DiskWriter open(Path place, FrameSpec frame) throws Exception {
            return zarr(place, frame, OmeZarrWriter.Options.DEFAULT.withLayout(Layout.FILES));
        }
    },
    DOTTED("OME-Zarr, files c.T.C.Z.Y.X") {
        @Override
        DiskWriter open(Path place, FrameSpec frame) throws Exception {
            return zarr(
                    place,
                    frame,
                    OmeZarrWriter.Options.DEFAULT.withLayout(Layout.FILES).withSeparator('.'));
        }
    },
    TIFF("OME-TIFF") {
        @Override
        DiskWriter open(Path place, FrameSpec frame) throws Exception {
            return of(OmeTiffWriter.create(place, stack(frame), Fsync.NONE));
        }
    },
    OWN_NDTIFF("NDTiff, ours") {
        @Override
        DiskWriter open(Path place, FrameSpec frame) throws Exception {
            return of(NdTiffWriter.create(place, stack(frame), Fsync.NONE));
        }
    },
    NDTIFF("NDTiffStorage 2.19.2") {
        @Override
        DiskWriter open(Path place, FrameSpec frame) throws Exception {
            NDTiffStorage storage = new NDTiffStorage(
                    place.getParent().toString(),
                    place.getFileName().toString(),
                    new JSONObject(),
                    0,
                    0,
                    false,
                    null,
                    QUEUE,
                    line -> {},
                    false);
            return new DiskWriter() {
                private final short[][] images = new short[QUEUE + 2][frame.pixels()];
                private Future<IndexEntryData> last;

                @Override
                public void write(long index, ByteBuffer pixels) throws Exception {
                    while (storage.getWritingQueueTaskSize() >= QUEUE) {
                        last.get(); // the queue is as long as ours before a frame is given up
                    }
                    short[] image = images[(int) (index % images.length)];
                    pixels.order(ByteOrder.nativeOrder()).asShortBuffer().get(image);
                    HashMap<String, Object> axes = new HashMap<>();
                    axes.put("time", (int) index);
                    last = storage.putImage(image, new JSONObject(), axes, false, 16, frame.height(), frame.width());
                }

                @Override
                public void close() throws IOException {
                    storage.finishedWriting();
                    try {
                        storage.closeAndWait();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IOException("Interrupted while NDTiff wrote its last frames", e);
                    }
                }
            };
        }
    };

    private static final int QUEUE = 30;

    private final String title;

    DiskWriters(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Starts writing. */
    abstract DiskWriter open(Path place, FrameSpec frame) throws Exception;

    private static DiskWriter zarr(Path place, FrameSpec frame, OmeZarrWriter.Options options) throws Exception {
        return of(OmeZarrWriter.create(place, stack(frame), options));
    }

    private static Stack stack(FrameSpec frame) {
        return Stack.raw(StreamSpec.movie("cam0", frame, 0, -1));
    }

    private static DiskWriter of(StackWriter writer) {
        return new DiskWriter() {
            @Override
            public void write(long index, ByteBuffer pixels) throws Exception {
                writer.write(index, pixels);
            }

            @Override
            public void close() throws IOException {
                writer.close();
            }
        };
    }
}
