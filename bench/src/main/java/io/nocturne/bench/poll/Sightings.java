package io.nocturne.bench.poll;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;

/** What one reading process has seen, line by line as it tells. Figures are final once its thread has ended. */
final class Sightings {
    private final String name;
    private final Process process;
    private final LongUnaryOperator committedMillis;
    private final LongFunction<String> sha1;
    private final Thread thread;
    private final AtomicLong polls = new AtomicLong();
    private final AtomicLong newest = new AtomicLong(-1);
    private final List<Long> lateMillis = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private volatile boolean ending;
    private long frames;
    private long wrong;
    private long shrunk;
    private long length;

    /**
     * @param committedMillis when a frame was committed, since 1970
     * @param sha1 of a frame's pixels
     */
    Sightings(String name, Process process, LongUnaryOperator committedMillis, LongFunction<String> sha1) {
        this.name = name;
        this.process = process;
        this.committedMillis = committedMillis;
        this.sha1 = sha1;
        thread = new Thread(this::listen, "bench-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line);
            }
        } catch (IOException e) {
            if (!ending) {
                errors.add("the reader was cut off: " + e);
            }
        }
    }

    private void take(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "poll" -> {
                long now = Long.parseLong(words[1]);
                shrunk += now < length ? 1 : 0;
                length = now;
                polls.incrementAndGet();
            }
            case "frame" -> {
                long index = Long.parseLong(words[1]);
                frames++;
                wrong += words[3].equals(sha1.apply(index)) ? 0 : 1;
                if (index > newest.get()) {
                    lateMillis.add(Long.parseLong(words[2]) - committedMillis.applyAsLong(index));
                    newest.set(index);
                }
            }
            default -> errors.add(line);
        }
    }

    String name() {
        return name;
    }

    /** Polls so far; any thread. */
    long polls() {
        return polls.get();
    }

    /** The newest frame seen, -1 before the first; any thread. */
    long newest() {
        return newest.get();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Ends the process and waits for its last word. */
    void end() throws InterruptedException {
        ending = true;
        process.destroy();
        process.waitFor();
        thread.join();
    }

    long frames() {
        return frames;
    }

    /** Frames read that are not what was committed. */
    long wrong() {
        return wrong;
    }

    /** Polls that saw fewer frames than one before. */
    long shrunk() {
        return shrunk;
    }

    List<String> errors() {
        return errors;
    }

    /** How long after its commit each frame was first read, in order of frames, without so many at the start. */
    long[] lateMillis(int without) {
        return lateMillis.stream().skip(without).mapToLong(Long::longValue).toArray();
    }
}
