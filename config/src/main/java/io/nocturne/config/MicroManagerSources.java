package io.nocturne.config;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.nocturne.acquisition.mm.CameraPort;
import io.nocturne.acquisition.mm.CameraSettings;
import io.nocturne.acquisition.mm.CoreBuffer;
import io.nocturne.acquisition.mm.CoreLoader;
import io.nocturne.acquisition.mm.CoreSetup;
import io.nocturne.acquisition.mm.LightSettings;
import io.nocturne.acquisition.mm.MicroManagerSource;
import io.nocturne.acquisition.mm.Phase;
import io.nocturne.acquisition.mm.PortOpener;
import io.nocturne.acquisition.mm.Roi;
import io.nocturne.acquisition.mm.Trace;
import io.nocturne.config.host.HostFacts;
import io.nocturne.config.units.ByteSize;
import io.nocturne.config.units.Rate;
import io.nocturne.config.units.Span;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** From the section {@code source.micromanager} to a source. */
final class MicroManagerSources {
    /** Of a core: taking a frame, its way into the core's buffer, and a checksum, 7 ms for 8 MiB on a 2.5 GHz machine. */
    private static final double SECONDS_PER_BYTE = 7e-3 / (8 << 20);

    private static final double MUCH_OF_A_CORE = 0.15;

    private MicroManagerSources() {}

    static FrameSource of(MicroManagerCamera config) throws SourceException {
        PortOpener opener = CoreLoader.opener(config.home());
        return new MicroManagerSource(
                settings(config),
                config.trace().isPresent() ? () -> traced(opener, config.trace().get()) : opener);
    }

    private static CameraPort traced(PortOpener opener, Path file) throws SourceException {
        try {
            return Trace.recording(opener.open(), file, System::nanoTime);
        } catch (IOException e) {
            throw new SourceException("source.micromanager.trace: " + file + " can't be written: " + e.getMessage(), e);
        }
    }

    /** What the section asks for, in the source's own terms. */
    static MicroManagerSource.Settings settings(MicroManagerCamera config) throws SourceException {
        try {
            return new MicroManagerSource.Settings(
                    config.name(),
                    setup(config),
                    new CameraSettings(
                            config.exposure().map(MicroManagerSources::millis),
                            config.binning().map(Object::toString),
                            config.pixelType(),
                            config.roi().map(r -> new Roi(r.x(), r.y(), r.width(), r.height())),
                            config.buffer().map(ByteSize::bytes)),
                    config.mode(),
                    config.rate().map(Rate::perSecond).orElse(0.0),
                    config.light().map(MicroManagerSources::light).orElse(LightSettings.NONE),
                    phases(config));
        } catch (IllegalArgumentException e) {
            throw new SourceException("source.micromanager: " + e.getMessage(), e);
        }
    }

    private static CoreSetup setup(MicroManagerCamera config) {
        List<CoreSetup.Property> properties = new ArrayList<>();
        config.properties()
                .forEach((device, values) ->
                        values.forEach((name, value) -> properties.add(new CoreSetup.Property(device, name, value))));
        return new CoreSetup(
                config.configuration(),
                config.devices().stream()
                        .map(d -> new CoreSetup.Device(d.label(), d.adapter(), d.name()))
                        .toList(),
                properties,
                config.camera());
    }

    private static LightSettings light(MicroManagerCamera.Light light) {
        return new LightSettings(
                light.shutter(),
                light.device(),
                light.property(),
                light.limit().orElse(Double.POSITIVE_INFINITY),
                light.unit(),
                light.areaUm2().orElse(Double.NaN));
    }

    private static List<Phase> phases(MicroManagerCamera config) {
        List<MicroManagerCamera.Phase> phases =
                config.light().map(MicroManagerCamera.Light::phases).orElse(List.of());
        if (phases.isEmpty()) {
            Optional<Double> level = config.light().flatMap(MicroManagerCamera.Light::level);
            return List.of(new Phase("run", config.frames().orElse(-1L), level, Optional.empty()));
        }
        return phases.stream()
                .map(p -> new Phase(
                        p.name(),
                        p.frames().orElse(-1L),
                        p.level(),
                        p.exposure().map(MicroManagerSources::millis)))
                .toList();
    }

    private static double millis(Span span) {
        return span.nanos() / 1e6;
    }

    /** What it is, in a few words. */
    static String describe(MicroManagerCamera config) {
        return "Micro-Manager camera " + config.camera().orElse(config.name()) + ", mode "
                + (config.mode() == MicroManagerSource.Mode.LIVE ? "live" : "record")
                + config.light().map(MicroManagerSources::describe).orElse("");
    }

    private static String describe(MicroManagerCamera.Light light) {
        List<String> parts = new ArrayList<>();
        for (MicroManagerCamera.Phase phase : light.phases()) {
            parts.add(phase.name()
                    + phase.frames().map(n -> " " + n + " frames").orElse("")
                    + phase.level().map(l -> " at " + l + " " + light.unit()).orElse(""));
        }
        light.level().ifPresent(level -> parts.add(level + " " + light.unit()));
        return ", light: " + (parts.isEmpty() ? "as it is set" : String.join(", then ", parts))
                + light.limit()
                        .map(l -> " (limit " + l + " " + light.unit() + ")")
                        .orElse("")
                + light.shutter().map(s -> ", shutter " + s).orElse("");
    }

    /** What could be better about this camera on this machine, each with what to do. */
    static List<String> advice(MicroManagerCamera config, StreamSpec stream) {
        List<String> advice = new ArrayList<>();
        heapRegions(stream).ifPresent(advice::add);
        room(config, stream, HostFacts.read().cores()).ifPresent(advice::add);
        return advice;
    }

    /** What taking frames at that rate needs, if it is much, and how long the core's buffer bridges if it isn't there. */
    static Optional<String> room(MicroManagerCamera config, StreamSpec stream, int cores) {
        double bytesPerSecond = stream.frame().bytes() * 1e9 / Math.max(1, stream.framePeriodNanos());
        double coresNeeded = bytesPerSecond * SECONDS_PER_BYTE;
        if (coresNeeded < MUCH_OF_A_CORE * cores) {
            return Optional.empty();
        }
        long buffer = config.buffer()
                .map(ByteSize::bytes)
                .orElseGet(() -> CoreBuffer.bytes(stream.frame().bytes(), stream.framePeriodNanos()));
        boolean live = config.mode() == MicroManagerSource.Mode.LIVE;
        return Optional.of(String.format(
                Locale.ROOT,
                "Taking %s a second out of Micro-Manager and storing them needs about %.1f of %d cores. If restoring or "
                        + "another program takes those, Micro-Manager's buffer of %s bridges %.1f s and %s. Leave a "
                        + "core free (restore.workers, restore.threads), read a smaller region, or enlarge "
                        + "source.micromanager.buffer",
                ByteSize.about(Math.round(bytesPerSecond)),
                coresNeeded,
                cores,
                ByteSize.about(buffer),
                buffer / bytesPerSecond,
                live ? "is then wiped whole: a gap" : "then ends the run"));
    }

    /**
     * What the JVM could do better for frames of that size. The core gives each frame as a new array; one of half a G1 region
     * or more is "humongous" and costs a region of its own and the collector's attention.
     */
    private static Optional<String> heapRegions(StreamSpec stream) {
        HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        boolean g1 =
                options != null && options.getVMOption("UseG1GC").getValue().equals("true");
        if (!g1) {
            return Optional.empty();
        }
        long region = Long.parseLong(options.getVMOption("G1HeapRegionSize").getValue());
        boolean humongous = 2L * stream.frame().bytes() >= region;
        boolean mendable = 2L * stream.frame().bytes() < 32L << 20;
        return humongous && mendable
                ? Optional.of("Each frame of " + ByteSize.about(stream.frame().bytes())
                        + " comes as a Java array too large for a heap region of " + ByteSize.about(region)
                        + ": start Java with -XX:G1HeapRegionSize=32m")
                : Optional.empty();
    }
}
