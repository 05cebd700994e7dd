package io.nocturne.bench;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * A restorer whose product is the frame itself, copied into the lane and out again, after an optional
 * {@link ServiceTime}: what is left is the cost of the pipeline, and every product can be checked bit for bit.
 */
public final class CopyRestorer implements Restorer {
    private final RestorerSpec spec;
    private final ServiceTime service;

    public CopyRestorer(FrameSpec frame, ServiceTime service) {
        this.spec = new RestorerSpec("copy", "copy-1", frame, frame, WindowSpec.SINGLE, List.of());
        this.service = Objects.requireNonNull(service, "service");
    }

    @Override
    public RestorerSpec spec() {
        return spec;
    }

    @Override
    public void observe(FrameView frame, double[] norm) {}

    @Override
    public RestoreLane openLane() {
        return new CopyLane(spec.input().bytes());
    }

    @Override
    public long laneBytes() {
        return spec.input().bytes();
    }

    @Override
    public void close() {}

    private final class CopyLane implements RestoreLane {
        private final ByteBuffer plane;

        CopyLane(int bytes) {
            plane = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }

        @Override
        public void load(FrameWindow window, double[] norm) {
            plane.clear().put(window.target().pixels());
        }

        @Override
        public void compute() {
            service.spend();
        }

        @Override
        public int emit(ByteBuffer product) {
            product.put(plane.flip());
            return 0;
        }

        @Override
        public void cancel() {}

        @Override
        public void close() {}
    }
}
