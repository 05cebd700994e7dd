package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Override
    protected PortOpener openerOfTwo(Unlike how) {
        Script two = Script.camera(64, 48, 5).cameras(List.of("C1", "C2"));
        Script played =
                switch (how) {
                    case NOTHING -> two;
                    case SIZE -> two.odd(32, 2, 5);
                    case PIXEL_TYPE -> two.odd(64, 1, 5);
                    case EXPOSURE -> two.odd(64, 2, 20);
                };
        return () -> new FakeCore(played, System::nanoTime, 0);
    }

    @Override
    protected CoreSetup setupOfTwo(Unlike how) {
        return NOTHING;
    }

    @Override
    protected void beside(CameraPort core, Beside act) throws Exception {
        FakeCore fake = (FakeCore) core;
        switch (act) {
            case SNAP_IMAGE -> fake.snapImage();
            case GET_IMAGE -> assertThat(fake.getImage()).isInstanceOf(short[].class);
            case TAKE_BUFFER_AWAY -> fake.takeBufferAway();
        }
    }
}
