package io.nocturne.acquisition.mm;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tags of one frame, as a Micro-Manager core writes them: a first line with their number, then for each tag the lines
 * {@code s}, name, device ({@code _} for none), read-only, value; or {@code a}, name, device, read-only, count, values.
 * Reading a frame's tags allocates nothing but once a day. Not safe for use from multiple threads.
 *
 * <p>What is missing or can't be read is -1, NaN or empty: tags come from some hundred device adapters, and a frame with an
 * odd tag is still a frame.
 */
public final class FrameTags {
    /** What {@link #coreLocalNanos} says of a frame that doesn't tell when the core had it. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    private static final String CAMERA = "Camera";
    private static final String IMAGE_NUMBER = "ImageNumber";
    private static final String ELAPSED = "ElapsedTime-ms";
    private static final String CORE_TIME = "TimeReceivedByCore";
    private static final String WIDTH = "Width";
    private static final String HEIGHT = "Height";
    private static final int DATE_LENGTH = 10;

    private String text = "";
    private int at;
    private int cameraStart;
    private int cameraEnd;
    private long imageNumber;
    private double elapsedMillis;
    private long coreLocalNanos;
    private int width;
    private int height;
    private String day = "";
    private long dayNanos;

    /** Takes the tags of the next frame. */
    public void read(String serialized) {
        text = serialized;
        at = 0;
        cameraStart = 0;
        cameraEnd = 0;
        imageNumber = -1;
        elapsedMillis = Double.NaN;
        coreLocalNanos = UNKNOWN;
        width = -1;
        height = -1;
        endOfLine();
        while (at < text.length()) {
            boolean list = text.charAt(at) == 'a';
            endOfLine();
            int name = at;
            int nameEnd = endOfLine();
            endOfLine();
            endOfLine();
            int value = at;
            int valueEnd = endOfLine();
            if (list) {
                for (double n = number(value, valueEnd); n > 0 && at < text.length(); n--) {
                    endOfLine();
                }
            } else {
                take(name, nameEnd, value, valueEnd);
            }
        }
    }

    private void take(int name, int nameEnd, int value, int valueEnd) {
        if (is(name, nameEnd, IMAGE_NUMBER)) {
            imageNumber = whole(value, valueEnd);
        } else if (is(name, nameEnd, CAMERA)) {
            cameraStart = value;
            cameraEnd = valueEnd;
        } else if (is(name, nameEnd, ELAPSED)) {
            elapsedMillis = number(value, valueEnd);
        } else if (is(name, nameEnd, CORE_TIME)) {
            coreLocalNanos = localNanos(value, valueEnd);
        } else if (is(name, nameEnd, WIDTH)) {
            width = (int) whole(value, valueEnd);
        } else if (is(name, nameEnd, HEIGHT)) {
            height = (int) whole(value, valueEnd);
        }
    }

    /** Moves to the next line and tells where this one ended. */
    private int endOfLine() {
        int end = text.indexOf('\n', at);
        if (end < 0) {
            end = text.length();
        }
        at = Math.min(end + 1, text.length());
        return end;
    }

    private boolean is(int start, int end, String name) {
        return end - start == name.length() && text.startsWith(name, start);
    }

    private long whole(int start, int end) {
        double value = number(start, end);
        return value >= 0 ? (long) value : -1;
    }

    /** A decimal number without exponent; NaN for anything else. */
    private double number(int start, int end) {
        boolean negative = start < end && text.charAt(start) == '-';
        double value = 0;
        double scale = 0;
        int digits = 0;
        for (int i = negative ? start + 1 : start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '.' && scale == 0) {
                scale = 1;
            } else if (c >= '0' && c <= '9') {
                value = value * 10 + (c - '0');
                scale *= 10;
                digits++;
            } else {
                return Double.NaN;
            }
        }
        if (digits == 0) {
            return Double.NaN;
        }
        double magnitude = scale == 0 ? value : value / scale;
        return negative ? -magnitude : magnitude;
    }

    /** Nanoseconds from 1970-01-01 00:00 local time to a stamp such as {@code 2026-11-21 21:11:51.279887}. */
    private long localNanos(int start, int end) {
        int time = start + DATE_LENGTH + 1;
        if (end < time + 8 || text.charAt(time + 2) != ':' || text.charAt(time + 5) != ':') {
            return UNKNOWN;
        }
        double hours = number(time, time + 2);
        double minutes = number(time + 3, time + 5);
        double seconds = number(time + 6, end);
        if (!(hours < 24 && minutes < 60 && seconds < 61) || !startDay(start)) {
            return UNKNOWN;
        }
        return dayNanos + Math.round((hours * 60 + minutes) * 60e9) + Math.round(seconds * 1e9);
    }

    private boolean startDay(int start) {
        if (text.startsWith(day, start) && !day.isEmpty()) {
            return true;
        }
        double year = number(start, start + 4);
        double month = number(start + 5, start + 7);
        double date = number(start + 8, start + DATE_LENGTH);
        if (!(year >= 1970 && year < 2200 && month >= 1 && month <= 12 && date >= 1 && date <= 31)) {
            return false;
        }
        day = text.substring(start, start + DATE_LENGTH);
        // Days from civil, counted from March so that a leap day is a year's last; exact in the Gregorian calendar.
        long y = (long) year - (month <= 2 ? 1 : 0);
        long m = ((long) month + 9) % 12;
        long days = y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + (long) date - 1 - 719_468;
        dayNanos = days * 86_400_000_000_000L;
        return true;
    }

    /** Whether the frame is that camera's; true if the frame doesn't say whose it is. */
    public boolean isOf(String camera) {
        int length = cameraEnd - cameraStart;
        return length == 0 || (length == camera.length() && text.startsWith(camera, cameraStart));
    }

    /** Label of the physical camera, empty if unknown. */
    public String camera() {
        return text.substring(cameraStart, cameraEnd);
    }

    /** The core's number of the frame, per camera and from 0; -1 if unknown. */
    public long imageNumber() {
        return imageNumber;
    }

    /** Milliseconds on the camera's clock since the sequence began, NaN if unknown. */
    public double elapsedMillis() {
        return elapsedMillis;
    }

    /** When the core had the frame: nanoseconds since 1970 as a clock on the wall shows them, or {@link #UNKNOWN}. */
    public long coreLocalNanos() {
        return coreLocalNanos;
    }

    /** Pixels in x, -1 if unknown. */
    public int width() {
        return width;
    }

    /** Pixels in y, -1 if unknown. */
    public int height() {
        return height;
    }

    /** All single tags by name, {@code device-name} where a device is named; a fresh map, not for every frame. */
    public Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        String[] lines = text.split("\n", -1);
        int i = 1;
        while (i + 4 < lines.length) {
            String name = lines[i + 2].equals("_") || lines[i + 2].isEmpty()
                    ? lines[i + 1]
                    : lines[i + 2] + "-" + lines[i + 1];
            if (lines[i].equals("a")) {
                i += lines[i + 4].matches("\\d{1,6}") ? Integer.parseInt(lines[i + 4]) : 0;
            } else {
                all.put(name, lines[i + 4]);
            }
            i += 5;
        }
        return all;
    }

    /** Tags as a core writes them; for fakes. */
    static String write(Map<String, String> tags) {
        StringBuilder out =
                new StringBuilder(32 * tags.size()).append(tags.size()).append('\n');
        tags.forEach((name, value) ->
                out.append("s\n").append(name).append("\n_\n1\n").append(value).append('\n'));
        return out.toString();
    }
}
