package io.nocturne.acquisition.mm.core;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.acquisition.mm.CameraPort;
import io.nocturne.acquisition.mm.CameraPortContract;
import io.nocturne.acquisition.mm.CameraSettings;
import io.nocturne.acquisition.mm.CoreLoader;
import io.nocturne.acquisition.mm.CoreSetup;
import io.nocturne.acquisition.mm.PortOpener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A real core with its demo camera keeps the contract. The system property {@code nocturne.mmcorej} names a folder with
 * MMCoreJ.jar, native library and the DemoCamera adapter; without it these tests are skipped.
 */
class MMCorePortTest extends CameraPortContract {
    @Override
    protected CameraPort camera() throws Exception {
        CameraPort port = opener().open();
        port.load(setup());
        port.apply(CameraSettings.UNCHANGED.withExposureMillis(5));
        return port;
    }

    @Override
    protected PortOpener opener() {
        String folder = System.getProperty("nocturne.mmcorej");
        assumeTrue(folder != null && !folder.isBlank(), "no real core: name one with -Dnocturne.mmcorej=DIR");
        return CoreLoader.opener(Optional.of(Path.of(folder)));
    }

    @Override
    protected CoreSetup setup() {
        return new CoreSetup(
                Optional.empty(),
                List.of(new CoreSetup.Device("Camera", "DemoCamera", "DCam")),
                List.of(
                        property("PixelType", "16bit"),
                        property("BitDepth", "16"),
                        property("OnCameraCCDXSize", "64"),
                        property("OnCameraCCDYSize", "48")),
                Optional.of("Camera"));
    }

    private static CoreSetup.Property property(String name, String value) {
        return new CoreSetup.Property("Camera", name, value);
    }
}
