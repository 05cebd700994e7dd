package io.nocturne.stream.stack;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** A byte per number from 0 on, 0 where nothing was set; memory goes with what is set. */
final class SparseBytes {
    private static final int PAGE = 4096;

    private final Map<Long, byte[]> pages = new TreeMap<>();

    int get(long at) {
        byte[] page = pages.get(at / PAGE);
        return page == null ? 0 : page[(int) (at % PAGE)];
    }

    void set(long at, int value) {
        pages.computeIfAbsent(at / PAGE, number -> new byte[PAGE])[(int) (at % PAGE)] = (byte) value;
    }

    /** Visits every number whose byte isn't 0, in order. */
    void forEach(LongConsumer visitor) {
        pages.forEach((number, page) -> {
            for (int i = 0; i < PAGE; i++) {
                if (page[i] != 0) {
                    visitor.accept(number * PAGE + i);
                }
            }
        });
    }
}
