package io.nocturne.acquisition.mm.core;

import mmcorej.MMEventCallback;

/**
 * Hears what a core has to tell. Only exposures matter here; everything else is overridden because the core prints a line for
 * each event that isn't. Called on threads of the core's, each event on another one: handlers are tiny. Those without
 * {@code @Override} exist only in cores newer than the classes that this is compiled against.
 */
final class CoreEvents extends MMEventCallback {
    private volatile double exposureMillis;
    private volatile String camera = "";

    /** Whose exposure counts. */
    void follow(String label, double millis) {
        camera = label;
        exposureMillis = millis;
    }

    double exposureMillis() {
        return exposureMillis;
    }

    void exposureSet(double millis) {
        exposureMillis = millis;
    }

    @Override
    public void onExposureChanged(String device, double millis) {
        if (device.equals(camera)) {
            exposureMillis = millis;
        }
    }

    @Override
    public void onPropertiesChanged() {}

    @Override
    public void onPropertyChanged(String device, String property, String value) {}

    @Override
    public void onChannelGroupChanged(String group) {}

    @Override
    public void onConfigGroupChanged(String group, String config) {}

    @Override
    public void onSystemConfigurationLoaded() {}

    @Override
    public void onPixelSizeChanged(double um) {}

    @Override
    public void onPixelSizeAffineChanged(double a, double b, double c, double d, double e, double f) {}

    @Override
    public void onStagePositionChanged(String device, double um) {}

    @Override
    public void onXYStagePositionChanged(String device, double x, double y) {}

    @Override
    public void onSLMExposureChanged(String device, double millis) {}

    public void onImageSnapped(String device) {}

    public void onSequenceAcquisitionStarted(String device) {}

    public void onSequenceAcquisitionStopped(String device) {}

    public void onShutterOpenChanged(String device, boolean open) {}
}
