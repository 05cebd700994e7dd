package io.nocturne.stream.stack;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads the OME-XML of an OME-TIFF's first page. Several images of one size are positions. Source: OME data model 2016-06
 * and the OME-TIFF specification. DTDs and external entities are off.
 */
final class OmeXml {
    private static final int MOST_PLANES = 1 << 24;

    /** One {@code Pixels} element. */
    private static final class Pixels {
        String order = "CZT";
        int channels = 1;
        int slices = 1;
        int times = 1;
        double pixelSizeUm = Double.NaN;
        double zStepUm = Double.NaN;
        double seconds = Double.NaN;
        double exposureSeconds = Double.NaN;
        final List<String> names = new ArrayList<>();
        final List<Block> blocks = new ArrayList<>();
    }

    /** One {@code TiffData} element; -1 where it says nothing. */
    private static final class Block {
        int page = -1;
        int c;
        int z;
        int t;
        int count = -1;
        String fileName = "";
    }

    private OmeXml() {}

    static TiffLayout layout(TiffFile file, TiffPage first, String xml) throws IOException {
        List<Pixels> images;
        try {
            images = parse(xml);
        } catch (XMLStreamException | NumberFormatException e) {
            throw new StackException(file.path() + " has damaged OME-XML: " + e.getMessage(), e);
        }
        if (images.isEmpty()) {
            throw new StackException(file.path() + " has OME-XML without a Pixels element");
        }
        Pixels one = images.get(0);
        List<Pixels> alike = new ArrayList<>();
        for (Pixels image : images) {
            if (image.channels == one.channels && image.slices == one.slices && image.times == one.times) {
                alike.add(image);
            }
        }
        int samples = first.samples();
        if (one.channels % samples != 0) {
            throw new StackException(file.path() + " has OME-XML of " + one.channels + " channels, but " + samples
                    + " samples per pixel");
        }
        long planes = (long) one.channels / samples * one.slices * one.times;
        if (planes < 1 || planes * alike.size() > MOST_PLANES) {
            throw new StackException(file.path() + " has OME-XML of " + planes * alike.size() + " planes");
        }
        int[] pageOf = pages(file, alike, samples, (int) planes);
        return new TiffLayout(
                one.channels,
                one.slices,
                one.times,
                alike.size(),
                samples,
                one.order,
                plane -> pageOf[plane],
                false,
                one.names,
                one.pixelSizeUm,
                one.zStepUm,
                TiffLayout.orZero(one.seconds),
                Math.round(TiffLayout.orZero(one.exposureSeconds) * 1e9));
    }

    /** The page of every plane, -1 where there is none. */
    private static int[] pages(TiffFile file, List<Pixels> images, int samples, int planes) throws StackException {
        int[] pageOf = new int[planes * images.size()];
        Arrays.fill(pageOf, -1);
        Set<String> fileNames = new HashSet<>();
        images.forEach(image -> image.blocks.forEach(block -> fileNames.add(block.fileName)));
        fileNames.remove("");
        String ours = String.valueOf(file.path().getFileName());
        int next = 0;
        for (int position = 0; position < images.size(); position++) {
            Pixels image = images.get(position);
            List<Block> blocks = image.blocks.isEmpty() ? List.of(new Block()) : image.blocks;
            for (Block block : blocks) {
                if (fileNames.size() > 1 && !block.fileName.equals(ours)) {
                    continue;
                }
                int plane = TiffLayout.planeNumber(
                        image.order,
                        image.channels / samples,
                        image.slices,
                        image.times,
                        block.c / samples,
                        block.z,
                        block.t);
                int page = block.page < 0 ? next : block.page;
                // Without a count, a block with a page is that page; one without is all that follows.
                int count = block.count >= 0 ? block.count : block.page < 0 ? planes : 1;
                for (int i = 0; i < count && plane + i >= 0 && plane + i < planes; i++, page++) {
                    pageOf[position * planes + plane + i] = page < file.pages() ? page : -1;
                }
                next = page;
            }
        }
        if (Arrays.stream(pageOf).allMatch(page -> page < 0) || (fileNames.size() > 1 && missing(pageOf))) {
            throw new StackException(file.path() + " is part of an OME-TIFF of " + fileNames.size()
                    + " files, and not all planes are in it: save it as one file");
        }
        return pageOf;
    }

    private static boolean missing(int[] pageOf) {
        return Arrays.stream(pageOf).anyMatch(page -> page < 0);
    }

    private static List<Pixels> parse(String xml) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        XMLStreamReader in = factory.createXMLStreamReader(new StringReader(xml));
        List<Pixels> images = new ArrayList<>();
        Pixels pixels = null;
        Block block = null;
        try {
            while (in.hasNext()) {
                if (in.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                String name = in.getLocalName();
                if (name.equals("Pixels")) {
                    pixels = pixels(in);
                    images.add(pixels);
                } else if (pixels != null && name.equals("Channel")) {
                    pixels.names.add(text(in, "Name", String.valueOf(pixels.names.size())));
                } else if (pixels != null && name.equals("TiffData")) {
                    block = block(in);
                    pixels.blocks.add(block);
                } else if (name.equals("UUID") && block != null) {
                    block.fileName = text(in, "FileName", "");
                } else if (pixels != null && name.equals("Plane") && Double.isNaN(pixels.exposureSeconds)) {
                    pixels.exposureSeconds = real(in, "ExposureTime") * seconds(text(in, "ExposureTimeUnit", "s"));
                }
            }
        } finally {
            in.close();
        }
        return images;
    }

    private static Pixels pixels(XMLStreamReader in) {
        Pixels pixels = new Pixels();
        String order = text(in, "DimensionOrder", "XYCZT");
        if (order.matches("XY[CZT]{3}")) {
            pixels.order = order.substring(2);
        }
        pixels.channels = Math.max(1, whole(in, "SizeC", 1));
        pixels.slices = Math.max(1, whole(in, "SizeZ", 1));
        pixels.times = Math.max(1, whole(in, "SizeT", 1));
        pixels.pixelSizeUm = TiffLayout.positive(
                real(in, "PhysicalSizeX") * TiffLayout.micrometres(text(in, "PhysicalSizeXUnit", "um")));
        pixels.zStepUm = TiffLayout.positive(
                real(in, "PhysicalSizeZ") * TiffLayout.micrometres(text(in, "PhysicalSizeZUnit", "um")));
        pixels.seconds = TiffLayout.positive(real(in, "TimeIncrement") * seconds(text(in, "TimeIncrementUnit", "s")));
        return pixels;
    }

    private static Block block(XMLStreamReader in) {
        Block block = new Block();
        block.page = whole(in, "IFD", -1);
        block.c = Math.max(0, whole(in, "FirstC", 0));
        block.z = Math.max(0, whole(in, "FirstZ", 0));
        block.t = Math.max(0, whole(in, "FirstT", 0));
        block.count = whole(in, "PlaneCount", -1);
        return block;
    }

    private static double seconds(String unit) {
        return switch (unit) {
            case "s" -> 1;
            case "ms" -> 1e-3;
            case "\u00b5s", "\u03bcs" -> 1e-6;
            case "min" -> 60;
            default -> Double.NaN;
        };
    }

    private static String text(XMLStreamReader in, String name, String otherwise) {
        String value = in.getAttributeValue(null, name);
        return value == null ? otherwise : value;
    }

    private static int whole(XMLStreamReader in, String name, int otherwise) {
        String value = in.getAttributeValue(null, name);
        return value == null ? otherwise : Integer.parseInt(value.strip());
    }

    private static double real(XMLStreamReader in, String name) {
        String value = in.getAttributeValue(null, name);
        return value == null ? Double.NaN : Double.parseDouble(value.strip());
    }
}
