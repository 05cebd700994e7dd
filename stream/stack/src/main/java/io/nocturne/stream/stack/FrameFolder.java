package io.nocturne.stream.stack;

import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Reads a folder of TIFF or PNG files as one movie, a time point per file, in natural order of names ({@code f2} before
 * {@code f10}). All files must have the first one's size and type. One thread at a time.
 */
public final class FrameFolder implements StackReader {
    private final Path folder;
    private final List<Path> files;
    private final StreamSpec first;
    private final StreamSpec stream;
    private StackReader open;
    private int openFile;

    private FrameFolder(Path folder, List<Path> files, StackReader firstReader) throws StackException {
        this.folder = folder;
        this.files = files;
        this.open = firstReader;
        this.first = firstReader.stream();
        if (firstReader.frames() != first.framesPerTimePoint()) {
            throw new StackException(files.get(0) + " is a stack of " + firstReader.frames()
                    + " frames. In a folder every file is one time point: open the stack itself");
        }
        this.stream = new StreamSpec(
                StackFormats.streamName(folder),
                first.frame(),
                first.channels(),
                first.zSlices(),
                first.positions(),
                first.pixelSizeUm(),
                first.zStepUm(),
                first.significantBits(),
                first.framePeriodNanos(),
                first.exposureNanos(),
                (long) files.size() * first.framesPerTimePoint());
    }

    /**
     * Opens a folder. Every file's header is looked at, so that a file of another size is found now. A folder of one file
     * is that file.
     *
     * @throws StackException if there is no such file, or if two differ; the message names both
     */
    public static StackReader open(Path folder) throws IOException {
        List<Path> files = frames(folder);
        if (files.isEmpty()) {
            throw new StackException(folder + " holds no TIFF or PNG files and is no Zarr folder: nothing to read");
        }
        StackReader reader = StackReader.open(files.get(0));
        if (files.size() == 1) {
            return reader;
        }
        try {
            FrameFolder opened = new FrameFolder(folder, files, reader);
            for (int i = 1; i < files.size(); i++) {
                opened.reader(i);
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private static List<Path> frames(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(FrameFolder::isFrame).forEach(files::add);
        }
        files.sort((a, b) ->
                compareNaturally(a.getFileName().toString(), b.getFileName().toString()));
        return files;
    }

    private static boolean isFrame(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && (name.endsWith(".tif") || name.endsWith(".tiff") || name.endsWith(".png"))
                && Files.isRegularFile(file);
    }

    /** Compares names so that runs of digits count as numbers. */
    static int compareNaturally(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            if (isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
                int endA = endOfDigits(a, i);
                int endB = endOfDigits(b, j);
                String numberA = a.substring(i, endA).replaceFirst("^0+(?=.)", "");
                String numberB = b.substring(j, endB).replaceFirst("^0+(?=.)", "");
                int order = numberA.length() != numberB.length()
                        ? Integer.compare(numberA.length(), numberB.length())
                        : numberA.compareTo(numberB);
                if (order != 0) {
                    return order;
                }
                i = endA;
                j = endB;
            } else {
                int order = Character.compare(Character.toLowerCase(a.charAt(i)), Character.toLowerCase(b.charAt(j)));
                if (order != 0) {
                    return order;
                }
                i++;
                j++;
            }
        }
        int order = Integer.compare(a.length() - i, b.length() - j);
        return order != 0 ? order : a.compareTo(b);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int endOfDigits(String text, int from) {
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private StackReader reader(int number) throws IOException {
        if (number != openFile) {
            StackReader next = StackReader.open(files.get(number));
            StreamSpec found = next.stream();
            boolean alike = found.frame().equals(first.frame()) && next.frames() == first.framesPerTimePoint();
            if (!alike) {
                next.close();
                throw new StackException("The frames in " + folder + " differ: "
                        + files.get(0).getFileName() + " is " + first.frame() + " x " + first.framesPerTimePoint()
                        + ", " + files.get(number).getFileName() + " is " + found.frame() + " x " + next.frames()
                        + ". Put frames of one kind into a folder of their own");
            }
            open.close();
            open = next;
            openFile = number;
        }
        return open;
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
        return index >= 0 && index < frames();
    }

    @Override
    public boolean read(long index, ByteBuffer into) throws IOException {
        if (!has(index)) {
            throw new IndexOutOfBoundsException("Frame " + index + " of " + frames() + " in " + folder);
        }
        int perFile = first.framesPerTimePoint();
        return reader((int) (index / perFile)).read(index % perFile, into);
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
