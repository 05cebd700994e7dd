package io.nocturne.acquisition.mm;

import io.nocturne.acquisition.FakeWriter;
import io.nocturne.acquisition.mm.MicroManagerSource.Mode;
import io.nocturne.stream.spi.SourceException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A program that takes frames with the shutter open until it ends: of itself by {@code exit}, {@code return} or {@code
 * throw}, or, with {@code wait}, by a signal. Tells each move of the shutter on its output. On a real core's demo camera if
 * {@code nocturne.mmcorej} names one.
 */
public final class LitProgram {
    static final String LIT = "frames come";
    static final String OPEN = "shutter open";
    static final String SHUT = "shutter closed";

    private static final PrintStream OUT = System.out;
    private static final String SHUTTER = "Shutter";

    private LitProgram() {}

    public static void main(String[] arguments) throws Exception {
        String end = arguments[0];
        String real = System.getProperty("nocturne.mmcorej", "");
        PortOpener opener = real.isBlank() ? LitProgram::fake : CoreLoader.opener(Optional.of(Path.of(real)));
        MicroManagerSource source = new MicroManagerSource(
                new MicroManagerSource.Settings(
                        "cam0",
                        real.isBlank() ? nothing() : demo(),
                        CameraSettings.UNCHANGED.withExposureMillis(5),
                        Mode.LIVE,
                        0,
                        new LightSettings(
                                Optional.of(SHUTTER),
                                Optional.empty(),
                                "Power",
                                Double.POSITIVE_INFINITY,
                                "%",
                                Double.NaN),
                        List.of(Phase.whole(-1))),
                () -> telling(opener.open()));
        FakeWriter writer = new FakeWriter(source.open());
        writer.stop = count -> {
            if (count == 5) {
                OUT.println(LIT);
            }
            if (count == 20 && end.equals("throw")) {
                throw new StackOverflowError("as this test wants it");
            }
            return count == 20 && end.equals("return");
        };
        Thread taking = new Thread(() -> run(source, writer), "source");
        taking.start();
        if (end.equals("exit")) {
            Thread.sleep(500);
            System.exit(3);
        }
    }

    private static void run(MicroManagerSource source, FakeWriter writer) {
        try {
            source.run(new RealTimeWriter(writer));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static CameraPort fake() {
        return new FakeCore(FakeCore.Script.camera(16, 8, 5), System::nanoTime, 0);
    }

    private static CoreSetup nothing() {
        return new CoreSetup(Optional.empty(), List.of(), List.of(), Optional.empty());
    }

    private static CoreSetup demo() {
        return new CoreSetup(
                Optional.empty(),
                List.of(
                        new CoreSetup.Device("Camera", "DemoCamera", "DCam"),
                        new CoreSetup.Device(SHUTTER, "DemoCamera", "DShutter")),
                List.of(new CoreSetup.Property("Camera", "PixelType", "16bit")),
                Optional.of("Camera"));
    }

    /** The same port, which tells what became of its shutter, as the shutter itself says. */
    private static CameraPort telling(CameraPort port) throws SourceException {
        return (CameraPort) Proxy.newProxyInstance(
                LitProgram.class.getClassLoader(), new Class<?>[] {CameraPort.class}, (proxy, method, given) -> {
                    try {
                        Object result = method.invoke(port, given);
                        if (method.getName().equals("shutter")) {
                            OUT.println(port.property(SHUTTER, "State").equals("1") ? OPEN : SHUT);
                            OUT.flush();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
