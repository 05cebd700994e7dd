package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads TIFF and BigTIFF stacks of 8-bit, 16-bit and float pixels: plain pages (time), ImageJ hyperstacks, also those
 * beyond 4 GB that ImageJ writes behind a single directory, and OME-TIFF within one file. Several samples per pixel are
 * channels. Signed integers and doubles become float32. One thread at a time.
 */
public final class TiffReader implements StackReader {
    private final TiffFile file;
    private final TiffPage first;
    private final TiffLayout layout;
    private final StreamSpec stream;
    private final long runStart;
    private final int planeBytes;

    private TiffReader(TiffFile file) throws IOException {
        this.file = file;
        this.first = new TiffPage(file, 0);
        this.layout = TiffLayout.of(file, first);
        this.runStart = layout.singleRun() ? first.contiguousStart() : -1;
        this.planeBytes = first.width() * first.height() * first.type().bytes();
        if (layout.singleRun()) {
            long end = runStart + (long) layout.planes() * planeBytes;
            if (end > file.size()) {
                throw file.damaged("its description announces " + layout.planes() + " images, which would end at byte "
                        + end + ", but it has only " + file.size());
            }
        } else {
            requireAlike();
        }
        FrameSpec frame =
                new FrameSpec(first.width(), first.height(), first.type().pixelType());
        int perTimePoint = layout.channels() * layout.slices() * layout.positions();
        this.stream = new StreamSpec(
                StackFormats.streamName(file.path()),
                frame,
                channelNames(),
                layout.slices(),
                layout.positions(),
                layout.pixelSizeUm(),
                layout.zStepUm(),
                8 * frame.pixelType().bytes(),
                Math.round(layout.timeIncrementSeconds() * 1e9 / perTimePoint),
                layout.exposureNanos(),
                (long) layout.timePoints() * perTimePoint);
    }

    /**
     * Opens a file.
     *
     * @throws StackException if it is no TIFF, is damaged, or holds what isn't read here; the message says which
     */
    public static TiffReader open(Path path) throws IOException {
        TiffFile file = TiffFile.open(path);
        try {
            return new TiffReader(file);
        } catch (ArithmeticException | IllegalArgumentException e) {
            file.close();
            throw new StackException(path + " is a damaged TIFF file: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void requireAlike() throws IOException {
        for (int page = 1; page < file.pages(); page++) {
            TiffPage other = new TiffPage(file, page);
            if (!other.isLike(first)) {
                throw new StackException(file.path() + " mixes pages: page 0 is " + first + ", page " + page + " is "
                        + other + ". Split it into stacks of one kind");
            }
        }
    }

    private List<String> channelNames() {
        List<String> names = new ArrayList<>(layout.channelNames());
        while (names.size() < layout.channels()) {
            names.add(String.valueOf(names.size()));
        }
        return names.subList(0, layout.channels());
    }

    @Override
    public StreamSpec stream() {
        return stream;
    }

    @Override
    public long frames() {
        return stream.totalFrames();
    }

    @Override
    public boolean has(long index) {
        return index >= 0 && index < frames() && page(index) >= 0;
    }

    private int page(long index) {
        return layout.page(
                stream.timePointOf(index), stream.channelOf(index), stream.zSliceOf(index), stream.positionOf(index));
    }

    @Override
    public boolean read(long index, ByteBuffer into) throws IOException {
        if (index < 0 || index >= frames()) {
            throw new IndexOutOfBoundsException("Frame " + index + " of " + frames() + " in " + file.path());
        }
        int bytes = stream.frame().bytes();
        int page = page(index);
        into.clear().limit(bytes);
        if (page < 0) {
            ZarrPlaneReader.clear(into, 0, bytes);
            return false;
        }
        try {
            if (runStart >= 0) {
                first.readRun(runStart + (long) page * planeBytes, into);
            } else {
                TiffPage one = page == 0 ? first : new TiffPage(file, page);
                one.read(layout.sample(stream.channelOf(index)), into);
            }
        } catch (ArithmeticException | IndexOutOfBoundsException e) {
            throw new StackException(file.path() + " is a damaged TIFF file: page " + page + " can't be read", e);
        }
        into.limit(bytes).position(0);
        return true;
    }

    @Override
    public String toString() {
        return file.path() + " " + stream.frame() + " x " + frames();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
