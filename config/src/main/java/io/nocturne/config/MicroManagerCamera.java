package io.nocturne.config;

import io.nocturne.acquisition.mm.MicroManagerSource.Mode;
import io.nocturne.config.units.ByteSize;
import io.nocturne.config.units.Rate;
import io.nocturne.config.units.Span;
import io.nocturne.config.yaml.Setting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A camera that Nocturne drives through the user's own Micro-Manager: section {@code source.micromanager}. */
public record MicroManagerCamera(
        @Setting("Folder of Micro-Manager; without it, MM_HOME, or where its installer puts it.") Optional<Path> home,
        @Setting(value = "Name of the stream, in folders and topics.", byDefault = "cam0") String name,
        @Setting("System configuration (.cfg) to load, as Micro-Manager's Hardware Wizard writes it.")
                Optional<Path> configuration,
        @Setting("Devices to load, after the configuration or instead of one.") List<Device> devices,
        @Setting("Values of properties by device and property, set in this order; numbers in quotes.")
                Map<String, Map<String, String>> properties,
        @Setting("Label of the camera; without it, the configuration's own.") Optional<String> camera,
        @Setting(value = "Exposure of a frame; without it, as the camera has it.", min = "1 us", max = "1 h")
                Optional<Span> exposure,
        @Setting(value = "Binning; without it, as the camera has it.", min = "1", max = "64") Optional<Integer> binning,
        @Setting("The camera's own word for its pixel type, such as 16bit.") Optional<String> pixelType,
        @Setting("Region of the sensor, in binned pixels; without it, as the camera has it.") Optional<Region> roi,
        @Setting(
                        value = "Micro-Manager's own buffer for frames that wait; without it, two seconds' worth.",
                        min = "1 MiB",
                        max = "64 GiB")
                Optional<ByteSize> buffer,
        @Setting(
                        value = "If that buffer is full: live leaves a gap and goes on, record stops the run.",
                        byDefault = "live")
                Mode mode,
        @Setting(
                        value = "Frames per second that are expected; without it, one per exposure. For the plan only.",
                        max = "100000 fps")
                Optional<Rate> rate,
        @Setting(value = "Frames before the run ends; without it, it goes on until stopped.", min = "1")
                Optional<Long> frames,
        @Setting("Excitation: on only while frames are taken; leave it out to see to it yourself.")
                Optional<Light> light,
        @Setting("File that gets what the core says of each frame, without pixels: to go with a report of a problem.")
                Optional<Path> trace) {
    public MicroManagerCamera {
        if (configuration.isEmpty() && devices.isEmpty()) {
            throw new IllegalArgumentException(
                    "needs a configuration (.cfg) or devices: without either there is no camera");
        }
        if (frames.isPresent() && light.isPresent() && !light.get().phases().isEmpty()) {
            throw new IllegalArgumentException(
                    "frames and light.phases can't both be given: each phase has its frames");
        }
    }

    /** A device of a Micro-Manager adapter. */
    public record Device(
            @Setting("Its name from then on.") String label,
            @Setting("Its adapter, such as DemoCamera.") String adapter,
            @Setting("Its name in the adapter, such as DCam.") String name) {}

    /** A region of the sensor. */
    public record Region(
            @Setting(value = "Left edge.", byDefault = "0", min = "0") int x,
            @Setting(value = "Upper edge.", byDefault = "0", min = "0") int y,
            @Setting(value = "Pixels in x.", min = "1", max = "65536") int width,
            @Setting(value = "Pixels in y.", min = "1", max = "65536") int height) {}

    /** The excitation. */
    public record Light(
            @Setting("Label of the shutter that is open only while frames are taken.") Optional<String> shutter,
            @Setting("Label of the light source whose power is set.") Optional<String> device,
            @Setting(value = "Its property for that.", byDefault = "Power") String property,
            @Setting("Level for the whole run, in the unit below.") Optional<Double> level,
            @Setting("Highest level that may ever be set; must be given with a device.") Optional<Double> limit,
            @Setting(value = "Unit of levels, as the device means it.", byDefault = "%") String unit,
            @Setting("Lit area of the sample in square micrometres: then doses are per area.") Optional<Double> areaUm2,
            @Setting("Parts of the run with light of their own, in this order; the last may have no end.")
                    List<Phase> phases) {
        public Light {
            if (level.isPresent() && !phases.isEmpty()) {
                throw new IllegalArgumentException("level and phases can't both be given: each phase has its level");
            }
            if (device.isPresent() && limit.isEmpty()) {
                throw new IllegalArgumentException(
                        "device needs limit: the highest level that the sample may be given, in " + unit);
            }
        }
    }

    /** A part of a run. */
    public record Phase(
            @Setting("Its name, such as reference.") String name,
            @Setting(value = "Its frames; without it, until the run is stopped.", min = "1") Optional<Long> frames,
            @Setting("Level of the light.") Optional<Double> level,
            @Setting(value = "Exposure of its frames; without it, as before.", min = "1 us", max = "1 h")
                    Optional<Span> exposure) {}
}
