package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.management.ThreadMXBean;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.junit.jupiter.api.Test;

class ViewerTest {
    private static final FrameSpec RAW = new FrameSpec(256, 256, PixelType.UINT16);
    private static final FrameSpec PRODUCT = new FrameSpec(512, 512, PixelType.FLOAT32);

    @Test
    void steadyStateAllocatesNoFrames() {
        StreamSpec stream = StreamSpec.movie("cam0", RAW, 0, -1);
        Optional<RestorerSpec> restorer =
                Optional.of(new RestorerSpec("x2", "test", RAW, PRODUCT, WindowSpec.SINGLE, List.of()));
        FakeTap tap = new FakeTap(stream, restorer);
        Attachment attachment = new Attachment(1, tap, stream, restorer, () -> "{}", Optional.empty());
        NewestFrames frames = new NewestFrames(attachment, RunClock.system());
        DisplayMeter meter = new DisplayMeter(LiveView.DisplayListener.NONE);
        PlaneBinner binner = new PlaneBinner();
        Viewer viewer = new Viewer(instantSession(), false, new ControlDesk(Optional::empty), Thread.currentThread());
        viewer.onText("{\"type\":\"window\",\"x\":0,\"y\":0,\"width\":256,\"height\":256,\"zoom\":0.7}", 0);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = 0;
        int measured = 100;
        for (int index = 0; index < 30 + measured; index++) {
            if (index == 30) {
                before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
            tap.advanceTo(index);
            for (int round = 0; round < 3; round++) {
                frames.poll();
                viewer.serve(frames, MissingNode.getInstance(), binner, RunClock.system(), meter);
            }
            viewer.onText("{\"type\":\"painted\",\"ticket\":%d,\"browserMillis\":2}".formatted(index + 1), index);
            viewer.hear(meter);
        }
        long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        meter.publish(1, System.nanoTime());

        assertThat(meter.shown().painted()).isEqualTo(30L + measured);
        assertThat(bytes / measured)
                .as("bytes per frame, JSON of the answer included")
                .isLessThan(16_384);
    }

    /** A connection on which everything has left at once. */
    private static Session instantSession() {
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(), new Class<?>[] {Session.class}, (proxy, method, arguments) -> {
                    if (arguments[0] instanceof ByteBuffer bytes) {
                        bytes.position(bytes.limit());
                    }
                    ((Callback) arguments[1]).succeed();
                    return null;
                });
    }
}
