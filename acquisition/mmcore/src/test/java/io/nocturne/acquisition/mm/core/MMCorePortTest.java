package io.nocturne.acquisition.mm.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.acquisition.mm.CameraPort;
import io.nocturne.acquisition.mm.CameraPortContract;
import io.nocturne.acquisition.mm.CameraSettings;
import io.nocturne.acquisition.mm.CoreLoader;
import io.nocturne.acquisition.mm.CoreSetup;
import io.nocturne.acquisition.mm.PortException;
import io.nocturne.acquisition.mm.PortOpener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

    @Override
    protected PortOpener openerOfTwo(Unlike how) {
        PortOpener opener = opener();
        assumeTrue(
                hasUtilities(Path.of(System.getProperty("nocturne.mmcorej"))),
                "no Utilities adapter, which has the Multi Camera, beside that core");
        return opener;
    }

    private static boolean hasUtilities(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().contains("mmgr_dal_Utilities"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected CoreSetup setupOfTwo(Unlike how) {
        List<CoreSetup.Property> properties = new ArrayList<>();
        for (String camera : List.of("C1", "C2")) {
            boolean odd = camera.equals("C2");
            properties.add(
                    new CoreSetup.Property(camera, "PixelType", odd && how == Unlike.PIXEL_TYPE ? "8bit" : "16bit"));
            properties.add(new CoreSetup.Property(camera, "OnCameraCCDXSize", odd && how == Unlike.SIZE ? "32" : "64"));
            properties.add(new CoreSetup.Property(camera, "OnCameraCCDYSize", "48"));
            properties.add(new CoreSetup.Property(camera, "Exposure", odd && how == Unlike.EXPOSURE ? "20" : "5"));
        }
        properties.add(new CoreSetup.Property("Both", "Physical Camera 1", "C1"));
        properties.add(new CoreSetup.Property("Both", "Physical Camera 2", "C2"));
        return new CoreSetup(
                Optional.empty(),
                List.of(
                        new CoreSetup.Device("C1", "DemoCamera", "DCam"),
                        new CoreSetup.Device("C2", "DemoCamera", "DCam"),
                        new CoreSetup.Device("Both", "Utilities", "Multi Camera")),
                properties,
                Optional.of("Both"));
    }

    /** Its class is the user's jar's, in a loader of its own: asked by name. */
    @Override
    protected void beside(CameraPort port, Beside act) throws Exception {
        Field field = port.getClass().getDeclaredField("core");
        field.setAccessible(true);
        Object core = field.get(port);
        try {
            switch (act) {
                case SNAP_IMAGE -> core.getClass().getMethod("snapImage").invoke(core);
                case GET_IMAGE ->
                    assertThat(core.getClass().getMethod("getImage").invoke(core))
                            .isInstanceOf(short[].class);
                case TAKE_BUFFER_AWAY ->
                    core.getClass()
                            .getMethod("setCircularBufferMemoryFootprint", long.class)
                            .invoke(core, 0L);
            }
        } catch (InvocationTargetException e) {
            throw new PortException(e.getCause().getMessage(), e);
        }
    }

    private static CoreSetup.Property property(String name, String value) {
        return new CoreSetup.Property("Camera", name, value);
    }
}
