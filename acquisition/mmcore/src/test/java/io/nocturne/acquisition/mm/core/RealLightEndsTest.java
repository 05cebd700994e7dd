package io.nocturne.acquisition.mm.core;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.acquisition.mm.LightEndsTest;
import java.util.List;

/** The same with a real core's demo shutter, where {@code nocturne.mmcorej} names a core. */
class RealLightEndsTest extends LightEndsTest {
    @Override
    protected List<String> options() {
        String folder = System.getProperty("nocturne.mmcorej");
        assumeTrue(folder != null && !folder.isBlank(), "no real core: name one with -Dnocturne.mmcorej=DIR");
        return List.of("-Dnocturne.mmcorej=" + folder, "-Dnocturne.mm.jar=" + System.getProperty("nocturne.mm.jar"));
    }
}
