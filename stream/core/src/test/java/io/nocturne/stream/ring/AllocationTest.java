package io.nocturne.stream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.fakes.ScriptedSource;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class AllocationTest {
    private static final FrameSpec FRAME = new FrameSpec(256, 256, PixelType.UINT16);
    private static final int WARM_UP = 1500;
    private static final int MEASURED = 1000;
    private static final long ALLOWED_PER_FRAME = 4096;

    private static Map<String, Long> allocatedByThread() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Map<String, Long> bytes = new HashMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("nocturne-")) {
                bytes.put(thread.getName(), threads.getThreadAllocatedBytes(thread.getId()));
            }
        }
        return bytes;
    }

    @Test
    @Timeout(60)
    void steadyStateAllocatesNoFrames(@TempDir Path folder) throws Exception {
        StreamSpec stream = StreamSpec.movie("cam0", FRAME, 0, WARM_UP + MEASURED);
        Map<String, Long> before = new HashMap<>();
        Map<String, Long> after = new HashMap<>();
        try (Ledger ledger = Ledger.open(folder.resolve("ledger.ndjson"))) {
            FramePipeline.builder(stream)
                    .source(new ScriptedSource(stream, WARM_UP + MEASURED, 0))
                    .rawSink(new CountingSink("raw-disk"))
                    .restorer(new FakeRestorer(FRAME))
                    .sink(new CountingSink("restored-disk"))
                    .sink(new CountingSink("kafka"))
                    .ledger(ledger)
                    .settings(PipelineSettings.offline(32, 2))
                    .witness(index -> {
                        if (index == WARM_UP) {
                            before.putAll(allocatedByThread());
                        } else if (index == WARM_UP + MEASURED - 1) {
                            after.putAll(allocatedByThread());
                        }
                    })
                    .build()
                    .run();
        }

        assertThat(before.keySet())
                .contains(
                        "nocturne-source",
                        "nocturne-intake",
                        "nocturne-worker-0",
                        "nocturne-worker-1",
                        "nocturne-raw-disk",
                        "nocturne-restored-disk",
                        "nocturne-kafka",
                        "nocturne-outcomes");
        before.forEach((thread, bytes) -> assertThat((after.get(thread) - bytes) / MEASURED)
                // The source thread takes the measurement itself, twice.
                .as("bytes per frame allocated by %s", thread)
                .isLessThan(ALLOWED_PER_FRAME));
    }

    private static final class CountingSink implements FrameSink {
        private final String name;
        private final CRC32C crc = new CRC32C();

        CountingSink(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void open(SinkContext context) {}

        @Override
        public Delivery onFrame(FrameView frame) {
            ByteBuffer pixels = frame.pixels();
            crc.reset();
            crc.update(pixels);
            return Delivery.DELIVERED;
        }

        @Override
        public long lastCrc32c() {
            return crc.getValue();
        }

        @Override
        public void close() {}
    }
}
