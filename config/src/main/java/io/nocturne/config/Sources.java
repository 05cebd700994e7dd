package io.nocturne.config;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.acquisition.ReplaySource;
import io.nocturne.acquisition.SimulatedCamera;
import io.nocturne.acquisition.mm.studio.StudioSource;
import io.nocturne.acquisition.mm.wire.Rendezvous;
import io.nocturne.acquisition.scene.Light;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.config.units.Pace;
import io.nocturne.config.units.Rate;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.util.ArrayList;
import java.util.List;

/** From the configuration's source section to a source. */
final class Sources {
    private Sources() {}

    /** The source that is configured, not yet opened. */
    static FrameSource of(RunConfig run) throws SourceException {
        RunConfig.Source config = run.source();
        if (config.simulated().isPresent()) {
            return simulated(config.simulated().get());
        }
        if (config.micromanager().isPresent()) {
            return MicroManagerSources.of(config.micromanager().get());
        }
        if (config.studio().isPresent()) {
            return studio(config.studio().get());
        }
        if (config.replay().isPresent()) {
            return replay(config.replay().get(), run.restore().everyFrame());
        }
        return pattern(config.pattern().orElseThrow());
    }

    /** What it is, in a few words. */
    static String describe(RunConfig.Source config) {
        if (config.simulated().isPresent()) {
            return "simulated camera " + config.simulated().get().name();
        }
        if (config.micromanager().isPresent()) {
            return MicroManagerSources.describe(config.micromanager().get());
        }
        if (config.studio().isPresent()) {
            return "Micro-Manager Studio";
        }
        return config.replay().map(r -> "replay of " + r.path()).orElse("numbered patterns");
    }

    /** The plugin may start this very program again, if the system tells how it was started. */
    private static FrameSource studio(RunConfig.Studio config) {
        ProcessHandle.Info self = ProcessHandle.current().info();
        List<String> command = new ArrayList<>();
        if (self.command().isPresent() && self.arguments().isPresent()) {
            command.add(self.command().get());
            command.addAll(List.of(self.arguments().get()));
        }
        return new StudioSource(
                config.name(), Rendezvous.file(), config.patience().toDuration(), command);
    }

    /** What could be better about this source on this JVM, each with what to do. */
    static List<String> advice(RunConfig.Source config, StreamSpec stream) {
        return config.micromanager()
                .map(camera -> MicroManagerSources.advice(camera, stream))
                .orElse(List.of());
    }

    private static FrameSource simulated(RunConfig.Simulated config) {
        List<Structure> channels = config.channels().isEmpty() ? List.of(Structure.CELLS) : config.channels();
        return new SimulatedCamera(SimulatedCamera.Settings.builder(config.name())
                .size(config.width(), config.height())
                .framesPerSecond(config.rate().perSecond())
                .frames(config.frames().orElse(-1L))
                .bufferFrames(config.buffer().orElse(0))
                .seed(config.seed())
                .channels(channels)
                .zStack(config.zSlices(), 0.3)
                .light(Light.DIM.withPeakPhotons(config.photons()))
                .sensor(config.camera().map(Sources::measured).orElseGet(() -> usual(config.sensor())))
                .build());
    }

    private static SensorSpec usual(RunConfig.Sensor sensor) {
        return switch (sensor) {
            case SCMOS -> SensorSpec.scmos();
            case EMCCD -> SensorSpec.emccd();
            case PMT -> SensorSpec.pmt();
        };
    }

    private static SensorSpec measured(RunConfig.CameraNoise camera) {
        return SensorSpec.scmos().withLine(camera.offset(), camera.gain(), camera.readNoise());
    }

    /** Time from frame to frame as they will come, 0 for as fast as there is room. */
    static long periodNanos(RunConfig.Source config, StreamSpec stream) {
        boolean maximal = config.replay()
                .map(replay -> replay.pace().kind() == Pace.Kind.MAXIMAL)
                .orElse(false);
        return maximal ? 0 : stream.framePeriodNanos();
    }

    private static FrameSource replay(RunConfig.Replay config, boolean waits) {
        ReplaySource.Pace pace =
                switch (config.pace().kind()) {
                    case RECORDED -> ReplaySource.Pace.RECORDED;
                    case MAXIMAL -> ReplaySource.Pace.MAXIMAL;
                    case RATE -> ReplaySource.Pace.RATE;
                };
        return new ReplaySource(new ReplaySource.Settings(
                config.path(),
                config.name().orElse(""),
                pace,
                config.pace().rate().map(Rate::perSecond).orElse(0.0),
                config.loop() ? config.frames().orElse(-1L) : 0,
                waits || pace == ReplaySource.Pace.MAXIMAL,
                0,
                new ReplaySource.Geometry(
                        config.zSlices().orElse(0),
                        config.pixelSizeUm().orElse(0.0),
                        config.zStepUm().orElse(0.0))));
    }

    private static FrameSource pattern(RunConfig.Pattern config) {
        return new PatternSource(new PatternSource.Settings(
                "pattern",
                new FrameSpec(config.width(), config.height(), PixelType.UINT16),
                config.rate().perSecond(),
                config.frames().orElse(-1L),
                0));
    }
}
