package io.nocturne.stream.stack;

import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.util.Locale;

/** What the first page of a TIFF stack says about all pages: in ImageJ's keys, or in OME-XML (data model 2016-06). */
final class TiffDescription {
    private TiffDescription() {}

    static String imageJ(Stack stack, long timePoints, int pages) {
        StreamSpec stream = stack.stream();
        StringBuilder text = new StringBuilder("ImageJ=1.54f\n");
        line(text, "images", String.valueOf(pages));
        line(text, "channels", String.valueOf(stream.channels().size()));
        line(text, "slices", String.valueOf(stack.sizeZ()));
        line(text, "frames", String.valueOf(timePoints));
        line(text, "hyperstack", "true");
        line(text, "mode", stream.channels().size() > 1 ? "composite" : "grayscale");
        if (Double.isFinite(stack.pixelWidthUm())) {
            line(text, "unit", "micron");
        }
        if (Double.isFinite(stack.zStepUm())) {
            line(text, "spacing", String.valueOf(stack.zStepUm()));
        }
        double seconds = seconds(stream);
        if (seconds > 0) {
            line(text, "finterval", String.valueOf(seconds));
        }
        line(text, "loop", "false");
        return text.toString();
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append('=').append(value).append('\n');
    }

    private static double seconds(StreamSpec stream) {
        return stream.framePeriodNanos() * stream.framesPerTimePoint() / 1e9;
    }

    /** For a file in which positions follow one another. */
    static String ome(Stack stack, long timePoints) {
        return ome(stack, timePoints, false);
    }

    /** For a file in which every time point has all positions. */
    static String omeByTime(Stack stack, long timePoints) {
        return ome(stack, timePoints, stack.stream().positions() > 1);
    }

    private static String ome(Stack stack, long timePoints, boolean byTime) {
        StreamSpec stream = stack.stream();
        String type = stack.pixels().pixelType() == PixelType.FLOAT32
                ? "float"
                : stack.pixels().pixelType().typeName();
        int planes = Math.toIntExact(timePoints * stream.channels().size() * stack.sizeZ());
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
                .append("<OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"")
                .append(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"")
                .append(" xsi:schemaLocation=\"http://www.openmicroscopy.org/Schemas/OME/2016-06")
                .append(" http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd\">");
        for (int position = 0; position < stream.positions(); position++) {
            xml.append(String.format(Locale.ROOT, "<Image ID=\"Image:%d\" Name=\"%s\">", position, stream.name()));
            xml.append(String.format(
                    Locale.ROOT,
                    "<Pixels ID=\"Pixels:%d\" DimensionOrder=\"XYCZT\" Type=\"%s\" SizeX=\"%d\" SizeY=\"%d\""
                            + " SizeC=\"%d\" SizeZ=\"%d\" SizeT=\"%d\"",
                    position,
                    type,
                    stack.pixels().width(),
                    stack.pixels().height(),
                    stream.channels().size(),
                    stack.sizeZ(),
                    timePoints));
            attribute(xml, "PhysicalSizeX", stack.pixelWidthUm());
            attribute(xml, "PhysicalSizeY", stack.pixelHeightUm());
            attribute(xml, "PhysicalSizeZ", stack.zStepUm());
            attribute(xml, "TimeIncrement", seconds(stream) > 0 ? seconds(stream) : Double.NaN);
            xml.append('>');
            for (int c = 0; c < stream.channels().size(); c++) {
                xml.append(String.format(
                        Locale.ROOT,
                        "<Channel ID=\"Channel:%d:%d\" Name=\"%s\" SamplesPerPixel=\"1\"/>",
                        position,
                        c,
                        escape(stream.channels().get(c))));
            }
            if (byTime) {
                int some = stream.channels().size() * stack.sizeZ();
                for (long t = 0; t < timePoints; t++) {
                    long first = (t * stream.positions() + position) * some;
                    xml.append("<TiffData FirstT=\"")
                            .append(t)
                            .append("\" IFD=\"")
                            .append(first);
                    xml.append("\" PlaneCount=\"").append(some).append("\"/>");
                }
            } else {
                xml.append("<TiffData IFD=\"").append((long) position * planes);
                xml.append("\" PlaneCount=\"").append(planes).append("\"/>");
            }
            if (stream.exposureNanos() > 0) {
                xml.append("<Plane TheZ=\"0\" TheT=\"0\" TheC=\"0\"");
                attribute(xml, "ExposureTime", stream.exposureNanos() / 1e9);
                xml.append("/>");
            }
            xml.append("</Pixels></Image>");
        }
        return xml.append("</OME>").toString();
    }

    private static void attribute(StringBuilder xml, String name, double value) {
        if (Double.isFinite(value)) {
            xml.append(' ').append(name).append("=\"").append(value).append('"');
        }
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
