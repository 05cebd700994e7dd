package io.nocturne.stream.stack;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Which page of a TIFF file holds which plane, and what is known about axes, from the first page's description.
 *
 * @param channels channels, samples of one pixel counted
 * @param slices z-slices
 * @param timePoints time points
 * @param positions stage positions
 * @param samples channels that lie in one page
 * @param order of pages: C, Z, T (and S for positions), fastest first
 * @param pageOf the page of a plane by its number, -1 if there is none
 * @param singleRun true if one directory stands for all planes, which lie one behind the other
 */
record TiffLayout(
        int channels,
        int slices,
        int timePoints,
        int positions,
        int samples,
        String order,
        IntUnaryOperator pageOf,
        boolean singleRun,
        List<String> channelNames,
        double pixelSizeUm,
        double zStepUm,
        double timeIncrementSeconds,
        long exposureNanos) {

    static TiffLayout of(TiffFile file, TiffPage first) throws IOException {
        TiffFile.Directory directory = file.page(0);
        String description = directory.text(TiffTag.DESCRIPTION);
        if (description.startsWith("ImageJ=")) {
            return imageJ(file, first, directory, description);
        }
        if (description.contains("OME") && description.contains("Pixels") && description.contains("DimensionOrder")) {
            return OmeXml.layout(file, first, description);
        }
        return plain(file, first);
    }

    private static TiffLayout plain(TiffFile file, TiffPage first) {
        return new TiffLayout(
                first.samples(),
                1,
                file.pages(),
                1,
                first.samples(),
                "CZT",
                inOrder(file.pages()),
                false,
                List.of(),
                Double.NaN,
                Double.NaN,
                0,
                0);
    }

    /** ImageJ's own keys; pages run over channels, then slices, then frames. */
    private static TiffLayout imageJ(TiffFile file, TiffPage first, TiffFile.Directory directory, String description)
            throws IOException {
        Map<String, String> keys = new HashMap<>();
        for (String line : description.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                keys.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        int samples = first.samples();
        int images = whole(keys, "images");
        boolean singleRun = images > file.pages() && file.pages() == 1 && first.contiguousStart() >= 0;
        int pages = singleRun ? images : file.pages();
        int channels = whole(keys, "channels");
        int slices = whole(keys, "slices");
        int frames = whole(keys, "frames");
        if (samples > 1) {
            channels = samples;
        }
        long planes = (long) channels * slices * frames;
        if (planes != (long) pages * samples) {
            channels = samples;
            slices = 1;
            frames = pages;
        }
        double micrometres = micrometres(keys.getOrDefault("unit", ""));
        double perUnit = directory.real(TiffTag.X_RESOLUTION);
        return new TiffLayout(
                channels,
                slices,
                frames,
                1,
                samples,
                "CZT",
                inOrder(pages),
                singleRun,
                List.of(),
                positive(micrometres / perUnit),
                positive(real(keys, "spacing") * micrometres),
                orZero(positive(real(keys, "finterval"))),
                0);
    }

    private static IntUnaryOperator inOrder(int pages) {
        return plane -> plane < pages ? plane : -1;
    }

    private static int whole(Map<String, String> keys, String key) {
        double value = real(keys, key);
        return value >= 1 && value <= Integer.MAX_VALUE ? (int) value : 1;
    }

    private static double real(Map<String, String> keys, String key) {
        try {
            return Double.parseDouble(keys.getOrDefault(key, "NaN"));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Micrometres in a unit of length, NaN for what isn't one. */
    static double micrometres(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "micron", "microns", "micrometer", "micrometre", "um", "\\u00b5m", "\u00b5m", "\u03bcm" -> 1;
            case "nm", "nanometer", "nanometre" -> 1e-3;
            case "mm", "millimeter", "millimetre" -> 1e3;
            case "cm" -> 1e4;
            case "m" -> 1e6;
            default -> Double.NaN;
        };
    }

    static double positive(double value) {
        return Double.isFinite(value) && value > 0 ? value : Double.NaN;
    }

    static double orZero(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    /** Planes that lie in pages: channels that are samples of one page count once. */
    int planes() {
        return Math.multiplyExact(
                Math.multiplyExact(channels / samples, slices), Math.multiplyExact(timePoints, positions));
    }

    /** Which of a page's samples a channel is. */
    int sample(int channel) {
        return channel % samples;
    }

    /** The page that holds a plane, -1 if there is none. */
    int page(long timePoint, int channel, int zSlice, int position) {
        int inPages = channels / samples;
        int plane = planeNumber(order, inPages, slices, timePoints, channel / samples, zSlice, (int) timePoint);
        plane += position * inPages * slices * timePoints;
        return pageOf.applyAsInt(plane);
    }

    static int planeNumber(String order, int channels, int slices, int times, int c, int z, int t) {
        int number = 0;
        for (int axis = order.length() - 1; axis >= 0; axis--) {
            number = switch (order.charAt(axis)) {
                case 'C' -> number * channels + c;
                case 'Z' -> number * slices + z;
                default -> number * times + t;
            };
        }
        return number;
    }
}
