package io.nocturne.stream.stack;

import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run of 12 frames in any format: 5 and 6 never came, 3 is raw-only, the rest is restored. */
record RunOfTwelve(Path run, Path raw, Path restored) {
    static final FrameSpec FRAME = new FrameSpec(16, 12, PixelType.UINT16);
    static final StreamSpec STREAM = Patterns.stream(FRAME, 2, 1, 1);
    static final Stack RESTORED =
            Stack.restored(STREAM, new RestorerSpec("r", "r", FRAME, FRAME, WindowSpec.SINGLE, List.of("lo", "hi")));
    static final int FRAMES = 12;

    static RunOfTwelve make(Path run, StackFormat format) throws IOException {
        try (RunFolder made = RunFolder.create(run);
                Ledger book = Ledger.open(made.ledger());
                RecordedStackWriter rawOut = format.create(format.raw(made, "cam0", 0), Stack.raw(STREAM));
                RecordedStackWriter restoredOut = format.create(format.restored(made, "cam0", 0), RESTORED)) {
            LedgerPage page = book.page();
            page.note("epoch", "cam0", 0, Map.of());
            for (int i = 0; i < FRAMES; i++) {
                if (i == 5) {
                    page.note("gap", "cam0", 0, members("i", 5L, "n", 2L, "cause", "CAMERA_SKIPPED"));
                    for (RecordedStackWriter out : List.of(rawOut, restoredOut)) {
                        out.mark(2, 1, 0, 0, FrameState.GAP);
                        out.mark(3, 0, 0, 0, FrameState.GAP);
                    }
                    i = 7;
                }
                rawOut.write(i, Patterns.frame(FRAME, i));
                String crc = String.format("%08x", rawOut.lastCrc32c());
                page.note(
                        "raw",
                        "cam0",
                        0,
                        members("i", (long) i, "t", i / 2L, "c", i % 2L, "d", "delivered", "px", crc));
                boolean rawOnly = i == 3;
                if (rawOnly) {
                    restoredOut.mark(1, 1, 0, 0, FrameState.RAW_ONLY);
                } else {
                    restoredOut.write(i, Patterns.frame(FRAME, 1000 + i));
                }
                String state = rawOnly ? "RAW_ONLY" : "RESTORED";
                page.note("outcome", "cam0", 0, members("i", (long) i, "n", 1L, "state", state, "cause", "NONE"));
            }
            page.note("end", "cam0", 0, Map.of());
            return new RunOfTwelve(run, made.raw("cam0", 0), made.restored("cam0", 0));
        }
    }

    private static Map<String, Object> members(Object... namesAndValues) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return members;
    }
}
