package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads OME-Zarr 0.5 and 0.4 images, also while they grow, and plain Zarr arrays whose last two axes are y and x. Of a
 * pyramid it reads the finest level. Checks every CRC-32C there is. One thread at a time.
 *
 * <p>Frames are numbered channel fastest, then z, position and time. For stacks that {@link OmeZarrWriter} wrote a product
 * of several planes is one frame.
 */
public final class OmeZarrReader implements RecordedStack {
    private final Path root;
    private final Stack stack;
    private final List<Image> images;
    private final StreamSpec stream;
    private long frames;

    /** One position. {@code axisOf} maps t, c, z to axes of the array, -1 where it has none. */
    private static final class Image {
        final Path folder;
        final int[] axisOf;
        final Path states;
        ZarrArray array;
        ZarrPlaneReader planes;

        Image(Path folder, List<String> axes, Path states) throws IOException {
            this.folder = folder;
            this.array = ZarrArray.read(folder);
            this.planes = new ZarrPlaneReader(folder, array);
            this.axisOf = axes(folder, array, axes);
            this.states = states;
        }

        private static int[] axes(Path folder, ZarrArray array, List<String> given) throws StackException {
            int count = array.shape().size();
            List<String> names = !given.isEmpty() ? given : !array.axes().isEmpty() ? array.axes() : null;
            if (names == null) {
                names = List.of("t", "c", "z", "y", "x").subList(Math.max(0, 5 - count), 5);
                names = count == 3 ? List.of("t", "y", "x") : count == 4 ? List.of("t", "c", "y", "x") : names;
            }
            boolean known = names.size() == count
                    && names.subList(count - 2, count).equals(List.of("y", "x"))
                    && List.of("t", "c", "z", "y", "x").containsAll(names);
            if (!known) {
                throw new StackException(folder + " has the axes " + names + " for the shape " + array.shape()
                        + "; read here are t, c and z in any order, then y and x");
            }
            return new int[] {names.indexOf("t"), names.indexOf("c"), names.indexOf("z")};
        }

        long size(int which) {
            return axisOf[which] < 0 ? 1 : array.shape().get(axisOf[which]);
        }

        long[] at(long t, int c, int z) {
            long[] at = new long[array.shape().size() - 2];
            long[] wanted = {t, c, z};
            for (int which = 0; which < 3; which++) {
                if (axisOf[which] >= 0) {
                    at[axisOf[which]] = wanted[which];
                }
            }
            return at;
        }
    }

    private OmeZarrReader(Path root, Stack stack, List<Image> images) {
        this.root = root;
        this.stack = stack;
        this.images = images;
        this.frames = count();
        StreamSpec plain = stack.asStream();
        this.stream = new StreamSpec(
                plain.name(),
                plain.frame(),
                plain.channels(),
                plain.zSlices(),
                plain.positions(),
                plain.pixelSizeUm(),
                plain.zStepUm(),
                plain.significantBits(),
                plain.framePeriodNanos(),
                plain.exposureNanos(),
                frames);
    }

    /** True if a folder looks like a Zarr group or array. */
    static boolean accepts(Path folder) {
        return Files.isDirectory(folder) && OmeZarrVersion.of(folder).isPresent();
    }

    /**
     * Opens the image, or the images of all stage positions, in that folder.
     *
     * @throws StackException if it isn't one, or uses what isn't read here; the message says which
     */
    public static OmeZarrReader open(Path root) throws IOException {
        if (!accepts(root)) {
            throw new StackException(root + " is not a Zarr folder: it has neither zarr.json nor .zgroup nor .zarray");
        }
        try {
            return read(root);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new StackException(root + " is no image that can be read: " + e.getMessage(), e);
        }
    }

    private static OmeZarrReader read(Path root) throws IOException {
        OmeZarrVersion version = OmeZarrVersion.of(root).orElseThrow();
        if (version.isArray(root)) {
            Image image = new Image(root, List.of(), null);
            return new OmeZarrReader(
                    root,
                    ForeignZarr.stack(
                            root, image.array, image.axisOf, 1, MissingNode.getInstance(), MissingNode.getInstance()),
                    List.of(image));
        }
        JsonNode top = version.attributes(root);
        JsonNode ours = top.path(OmeZarrVersion.OURS);
        List<Path> folders = top.path("ome").has("bioformats2raw.layout") || top.has("bioformats2raw.layout")
                ? series(root)
                : List.of(root);
        List<Image> images = new ArrayList<>();
        JsonNode ome = null;
        JsonNode multiscale = null;
        for (Path folder : folders) {
            JsonNode attributes = attributes(folder);
            ome = attributes.has("ome") ? attributes.path("ome") : attributes;
            multiscale = ome.path("multiscales").path(0);
            String path = multiscale.path("datasets").path(0).path("path").asText("");
            if (path.isEmpty()) {
                throw new StackException(folder + " holds no OME-Zarr image: its metadata lists no multiscales");
            }
            List<String> axes = new ArrayList<>();
            multiscale
                    .path("axes")
                    .forEach(axis -> axes.add(
                            axis.isTextual() ? axis.asText() : axis.path("name").asText()));
            Path states = StateArrays.folderOf(root, folder, images.size(), version);
            images.add(new Image(folder.resolve(path), axes, Files.isDirectory(states) ? states : null));
        }
        for (Image image : images) {
            requireAlike(images.get(0), image);
        }
        Stack stack = ours.isObject()
                ? ours(root, ours, images)
                : ForeignZarr.stack(root, images.get(0).array, images.get(0).axisOf, images.size(), ome, multiscale);
        return new OmeZarrReader(root, stack, images);
    }

    private static void requireAlike(Image first, Image other) throws StackException {
        int axes = first.array.shape().size();
        boolean alike = axes == other.array.shape().size() && first.array.type() == other.array.type();
        for (int axis = 0; alike && axis < axes; axis++) {
            alike = axis == first.axisOf[0]
                    || first.array.shape().get(axis).equals(other.array.shape().get(axis));
        }
        if (!alike) {
            throw new StackException("Positions differ: " + first.folder + " has the shape " + first.array.shape()
                    + ", " + other.folder + " has " + other.array.shape() + ". Open one of them alone");
        }
    }

    private static JsonNode attributes(Path folder) throws IOException {
        return OmeZarrVersion.of(folder).orElse(OmeZarrVersion.V0_4).attributes(folder);
    }

    private static List<Path> series(Path root) throws IOException {
        List<Path> folders = new ArrayList<>();
        if (Files.isDirectory(root.resolve("OME"))) {
            JsonNode names = attributes(root.resolve("OME"));
            names = names.has("ome") ? names.path("ome").path("series") : names.path("series");
            names.forEach(name -> folders.add(root.resolve(name.asText())));
        }
        for (int number = 0; folders.isEmpty() || folders.size() == number; number++) {
            Path folder = root.resolve(String.valueOf(number));
            if (!accepts(folder)) {
                break;
            }
            folders.add(folder);
        }
        if (folders.isEmpty()) {
            throw new StackException(root + " is a collection of images, but none was found in it");
        }
        return folders;
    }

    private static Stack ours(Path root, JsonNode json, List<Image> images) throws StackException {
        Stack stack;
        try {
            stack = StreamJson.read(json);
        } catch (IllegalArgumentException e) {
            throw new StackException(root + " has damaged metadata of ours: " + e.getMessage(), e);
        }
        List<Long> shape = images.get(0).array.shape();
        FrameSpec pixels = stack.pixels();
        List<Long> expected =
                List.of((long) stack.stream().channels().size(), (long) stack.sizeZ(), (long) pixels.height(), (long)
                        pixels.width());
        boolean fits = shape.size() == 5
                && shape.subList(1, 5).equals(expected)
                && images.get(0).array.type().pixelType() == pixels.pixelType()
                && images.size() == stack.stream().positions();
        if (!fits) {
            throw new StackException(root + " has metadata for frames of " + expected + " (c, z, y, x) at "
                    + stack.stream().positions() + " positions, but arrays of shape " + shape + " at " + images.size());
        }
        return stack;
    }

    @Override
    public Stack stack() {
        return stack;
    }

    @Override
    public StreamSpec stream() {
        return stream;
    }

    @Override
    public long frames() {
        return frames;
    }

    @Override
    public long length(int position) {
        return images.get(position).size(0);
    }

    private long count() {
        long longest = 0;
        for (Image image : images) {
            longest = Math.max(longest, image.size(0));
        }
        return longest * stack.asStream().framesPerTimePoint();
    }

    @Override
    public long refresh() throws IOException {
        for (Image image : images) {
            ZarrArray now = ZarrArray.read(image.folder);
            if (!now.equals(image.array)) {
                image.array = now;
                image.planes = new ZarrPlaneReader(image.folder, now);
            }
        }
        frames = count();
        return frames;
    }

    @Override
    public boolean has(long timePoint, int channel, int zSlice, int position) throws IOException {
        Image image = images.get(position);
        if (timePoint >= image.size(0)) {
            return false;
        }
        int first = stack.firstZ(zSlice);
        for (int plane = 0; plane < stack.pixels().depth(); plane++) {
            if (!image.planes.has(image.at(timePoint, channel, first + plane))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean read(long timePoint, int channel, int zSlice, int position, ByteBuffer into) throws IOException {
        if (timePoint < images.get(position).size(0)) {
            return readStored(timePoint, channel, zSlice, position, into);
        }
        into.clear().limit(stack.pixels().bytes());
        ZarrPlaneReader.clear(into, 0, stack.pixels().bytes());
        return false;
    }

    /** The same whatever the shape says, for a stack whose length may be behind its frames. */
    boolean readStored(long timePoint, int channel, int zSlice, int position, ByteBuffer into) throws IOException {
        Image image = images.get(position);
        into.clear().limit(stack.pixels().bytes());
        boolean complete = true;
        int first = stack.firstZ(zSlice);
        for (int plane = 0; plane < stack.pixels().depth(); plane++) {
            complete &= image.planes.read(into, image.at(timePoint, channel, first + plane));
        }
        into.position(0).limit(stack.pixels().bytes());
        return complete;
    }

    @Override
    public int state(long timePoint, int channel, int zSlice, int position) throws IOException {
        Image image = images.get(position);
        if (image.states == null) {
            return 0;
        }
        return StateArrays.read(image.states, timePoint, channel, zSlice);
    }

    @Override
    public String toString() {
        return root + " " + stack.pixels() + " x "
                + Arrays.toString(
                        images.stream().mapToLong(image -> image.size(0)).toArray());
    }

    @Override
    public void close() {}
}
