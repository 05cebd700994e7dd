package io.nocturne.acquisition.mm;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What a core said while frames were taken out of it, without their pixels: a text file by which somebody else can play a
 * camera's behaviour again ({@link TracePort}). One line per event, fields separated by tabs, times in nanoseconds since the
 * sequence's start:
 *
 * <pre>
 *   nocturne-trace 1
 *   facts  camera  physical,cameras  width  height  bytes/pixel  components  bits  pixel um  exposure ms  binning  buffer bytes
 *   start  frames wanted  stop on overflow
 *   frame  time  array length  tags, with \n for line ends
 *   gone   time            the count promised a frame and there was none
 *   end    time  overflowed
 * </pre>
 *
 * @param facts of the camera when the sequence began
 * @param events in order of time
 */
public record Trace(CameraFacts facts, List<Event> events) {
    private static final String HEADING = "nocturne-trace 1";

    /** What happened. */
    public enum Kind {
        /** A frame was taken. */
        FRAME,
        /** A frame was promised and gone. */
        GONE,
        /** The sequence had ended by itself. */
        END
    }

    /**
     * One event.
     *
     * @param nanos since the sequence's start
     * @param length of the array that was taken, else 0
     * @param text the frame's tags; at the end {@code true} if the buffer had overflowed
     */
    public record Event(Kind kind, long nanos, int length, String text) {}

    public Trace {
        events = List.copyOf(events);
    }

    /**
     * Reads one sequence, the file's last.
     *
     * @throws IOException if it is no trace; the message names the line
     */
    public static Trace read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.get(0).equals(HEADING)) {
            throw new IOException(file + " is no trace: its first line should be '" + HEADING + "'");
        }
        CameraFacts facts = null;
        List<Event> events = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            String[] fields = lines.get(i).split("\t", -1);
            try {
                switch (fields[0]) {
                    case "facts" -> facts = facts(fields);
                    case "start" -> events.clear();
                    case "frame" ->
                        events.add(new Event(
                                Kind.FRAME,
                                Long.parseLong(fields[1]),
                                Integer.parseInt(fields[2]),
                                fields[3].replace("\\n", "\n")));
                    case "gone" -> events.add(new Event(Kind.GONE, Long.parseLong(fields[1]), 0, ""));
                    case "end" -> events.add(new Event(Kind.END, Long.parseLong(fields[1]), 0, fields[2]));
                    default -> throw new IOException("no event is called '" + fields[0] + "'");
                }
            } catch (IOException | RuntimeException e) {
                throw new IOException(file + ", line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (facts == null) {
            throw new IOException(file + " doesn't say what its camera is: a line 'facts' is missing");
        }
        return new Trace(facts, events);
    }

    private static CameraFacts facts(String[] f) {
        return new CameraFacts(
                f[1],
                Arrays.asList(f[2].split(",", -1)),
                Integer.parseInt(f[3]),
                Integer.parseInt(f[4]),
                Integer.parseInt(f[5]),
                Integer.parseInt(f[6]),
                Integer.parseInt(f[7]),
                Double.parseDouble(f[8]),
                Double.parseDouble(f[9]),
                f[10],
                Long.parseLong(f[11]));
    }

    /**
     * The same port, with everything that it says of frames written to that file.
     *
     * @throws IOException if the file can't be written
     */
    public static CameraPort recording(CameraPort port, Path file, LongSupplier nanoTime) throws IOException {
        BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        Recorder recorder = new Recorder(port, out, nanoTime);
        recorder.line(HEADING);
        return (CameraPort) Proxy.newProxyInstance(
                Trace.class.getClassLoader(), new Class<?>[] {CameraPort.class}, (proxy, method, given) -> {
                    try {
                        Object result = method.invoke(port, given);
                        recorder.said(method.getName(), given, result);
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Writes; whoever calls the port's methods calls it. */
    private static final class Recorder {
        private final CameraPort port;
        private final Writer out;
        private final LongSupplier nanoTime;
        private long start;
        private boolean ended;

        Recorder(CameraPort port, Writer out, LongSupplier nanoTime) {
            this.port = port;
            this.out = out;
            this.nanoTime = nanoTime;
        }

        synchronized void said(String method, Object[] given, Object result) {
            switch (method) {
                case "facts" -> facts((CameraFacts) result);
                case "start" -> {
                    start = nanoTime.getAsLong();
                    ended = false;
                    line("start\t" + given[0] + "\t" + given[1]);
                }
                case "pop" -> popped(result);
                case "running" -> {
                    if (!(boolean) result && !ended) {
                        ended = true;
                        line("end\t" + since() + "\t" + port.overflowed());
                    }
                }
                case "close" -> finish();
                default -> {} // says nothing of frames
            }
        }

        private long since() {
            return nanoTime.getAsLong() - start;
        }

        private void facts(CameraFacts f) {
            line(String.join(
                    "\t",
                    "facts",
                    f.camera(),
                    String.join(",", f.physicalCameras()),
                    Integer.toString(f.width()),
                    Integer.toString(f.height()),
                    Integer.toString(f.bytesPerPixel()),
                    Integer.toString(f.components()),
                    Integer.toString(f.bits()),
                    String.format(Locale.ROOT, "%s", f.pixelSizeUm()),
                    String.format(Locale.ROOT, "%s", f.exposureMillis()),
                    f.binning(),
                    Long.toString(f.bufferBytes())));
        }

        private void popped(Object pixels) {
            if (pixels == null) {
                line("gone\t" + since());
            } else {
                int length = java.lang.reflect.Array.getLength(pixels);
                line("frame\t" + since() + "\t" + length + "\t" + port.tags().replace("\n", "\\n"));
            }
        }

        private void finish() {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException("The trace could not be finished", e);
            }
        }

        void line(String text) {
            try {
                out.write(text);
                out.write('\n');
            } catch (IOException e) {
                throw new UncheckedIOException("The trace could not be written", e);
            }
        }
    }
}
