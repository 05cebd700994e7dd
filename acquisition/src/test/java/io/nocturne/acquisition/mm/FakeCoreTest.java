package io.nocturne.acquisition.mm;

import io.nocturne.acquisition.mm.FakeCore.Script;
import java.util.List;
import java.util.Optional;

/** The fake keeps the contract that the real core is held to. */
class FakeCoreTest extends CameraPortContract {
    private static final CoreSetup NOTHING = new CoreSetup(Optional.empty(), List.of(), List.of(), Optional.empty());

    @Override
    protected CameraPort camera() throws Exception {
        CameraPort port = opener().open();
        port.load(NOTHING);
        return port;
    }

    @Override
    protected PortOpener opener() {
        return () -> new FakeCore(Script.camera(64, 48, 5), System::nanoTime, 0);
    }

    @Override
    protected CoreSetup setup() {
        return NOTHING;
    }
}
