package io.nocturne.acquisition.mm;

import java.math.BigDecimal;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The excitation of one run: on only while frames are taken, never above its limit, off at the end however the run ends.
 * Between {@link #on} and {@link #off} a hook of the JVM's stands ready, for a program that is ended some other way than
 * through its source; a JVM that is killed outright can't turn anything off. Safe from any thread.
 */
final class Light {
    private static final Logger LOG = LoggerFactory.getLogger(Light.class);

    private final CameraPort port;
    private final LightSettings settings;
    private Thread hook;
    private volatile double level = Double.NaN;

    Light(CameraPort port, LightSettings settings) {
        this.port = port;
        this.settings = settings;
    }

    /** Turns the light on at that level, or as it is set if there is none: power first, then the shutter. */
    synchronized void on(Optional<Double> wanted) throws PortException {
        if (settings.powerDevice().isPresent() && wanted.isPresent()) {
            double allowed = settings.allowed(wanted.get());
            requireWithinDevice(settings.powerDevice().get(), allowed);
            armHook();
            set(settings.powerDevice().get(), allowed);
            level = allowed;
        } else {
            level = wanted.orElse(Double.NaN);
        }
        if (settings.shutter().isPresent()) {
            armHook();
            port.shutter(settings.shutter().get(), true);
        }
    }

    private void requireWithinDevice(String device, double wanted) throws PortException {
        double[] limits = port.limits(device, settings.powerProperty());
        if (limits != null && !(wanted >= limits[0] && wanted <= limits[1])) {
            throw new PortException("A light level of " + wanted + " " + settings.unit() + " lies outside what "
                    + device + "'s " + settings.powerProperty() + " takes, " + limits[0] + " to " + limits[1]);
        }
    }

    private void set(String device, double value) throws PortException {
        port.set(
                device,
                settings.powerProperty(),
                BigDecimal.valueOf(value).stripTrailingZeros().toPlainString());
    }

    /** Turns the light off: shutter, then power; each is tried whatever becomes of the other. Never throws. */
    synchronized void off() {
        level = Double.NaN;
        if (hook == null) {
            return;
        }
        settings.shutter()
                .ifPresent(shutter -> tryToEnd("close shutter " + shutter, () -> port.shutter(shutter, false)));
        settings.powerDevice()
                .ifPresent(device -> tryToEnd("turn " + device + " down", () -> set(device, lowest(device))));
        disarmHook();
    }

    private double lowest(String device) throws PortException {
        double[] limits = port.limits(device, settings.powerProperty());
        return limits == null ? 0 : Math.max(0, limits[0]);
    }

    /** Light that a frame of that exposure gives the sample, 0 if unknown. */
    double dose(long exposureNanos) {
        double now = level;
        if (!(now >= 0)) {
            return 0;
        }
        double dose = now * exposureNanos / 1e9;
        return settings.areaUm2() > 0 ? dose / settings.areaUm2() : dose;
    }

    private interface Attempt {
        void run() throws PortException;
    }

    private static void tryToEnd(String what, Attempt attempt) {
        try {
            attempt.run();
        } catch (PortException | RuntimeException e) {
            LOG.error("THE LIGHT MAY STILL BE ON: could not {}. Turn it off by hand", what, e);
        }
    }

    private void armHook() {
        if (hook == null) {
            hook = new Thread(this::off, "nocturne-light-off");
            Runtime.getRuntime().addShutdownHook(hook);
        }
    }

    private void disarmHook() {
        Thread armed = hook;
        hook = null;
        if (armed != Thread.currentThread()) {
            try {
                Runtime.getRuntime().removeShutdownHook(armed);
            } catch (IllegalStateException e) {
                LOG.debug("The JVM is ending; its hook finds the light off", e);
            }
        }
    }
}
