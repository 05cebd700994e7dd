package io.nocturne.acquisition.mm;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a core loads before anything else.
 *
 * @param configuration a Micro-Manager system configuration (.cfg), loaded first
 * @param devices further devices, loaded and initialised in this order
 * @param properties set after that, in this order
 * @param camera label of the camera to use; without it, the configuration's own
 */
public record CoreSetup(
        Optional<Path> configuration, List<Device> devices, List<Property> properties, Optional<String> camera) {
    public CoreSetup {
        devices = List.copyOf(devices);
        properties = List.copyOf(properties);
    }

    /**
     * A device to load.
     *
     * @param label its name from then on
     * @param library the device adapter, such as {@code DemoCamera}
     * @param name the device's name within its adapter, such as {@code DCam}
     */
    public record Device(String label, String library, String name) {}

    /** A value for a device's property. */
    public record Property(String device, String name, String value) {}
}
