package io.nocturne.bench.poll;

import io.nocturne.bench.NodeProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A reader of OME-Zarr that is not ours: zarrita, in Node. */
public final class Zarrita {
    private static final String PLANES = "planes.mjs";

    private final Path packages;

    /**
     * @param packages a folder with {@code node_modules} of {@code zarrita} and {@code @zarrita/storage}
     * @throws IllegalArgumentException if they are not there
     */
    public Zarrita(Path packages) {
        if (!NodeProgram.has(packages, "zarrita") || !NodeProgram.has(packages, "@zarrita/storage")) {
            throw new IllegalArgumentException(packages
                    + " has no node_modules with zarrita and @zarrita/storage; run 'npm install zarrita"
                    + " @zarrita/storage' there");
        }
        this.packages = packages;
    }

    /** Looks at one growing stack again and again; its lines are for {@link Sightings}. */
    ProcessBuilder poller(Path folder, Path stack, long pauseMillis) throws IOException {
        return new NodeProgram(Zarrita.class, List.of("poll.mjs", PLANES), packages, folder)
                .with(stack.toString(), Long.toString(pauseMillis));
    }

    /**
     * A frame as zarrita read it.
     *
     * @param stack number of the stack, in the order given
     * @param sha1 of its pixels; empty if it could not be read
     */
    public record Read(int stack, long index, String sha1) {}

    /**
     * Reads stacks from end to end.
     *
     * @param folder an empty one, for the program
     * @throws IOException if a stack can't be read at all; the message says what zarrita said
     */
    public List<Read> wholeStacks(Path folder, List<Path> stacks) throws IOException, InterruptedException {
        Process process = new NodeProgram(Zarrita.class, List.of("whole.mjs", PLANES), packages, folder)
                .with(stacks.stream().map(Path::toString).toArray(String[]::new))
                .redirectErrorStream(true)
                .start();
        List<Read> frames = new ArrayList<>();
        List<String> others = new ArrayList<>();
        int ends = 0;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 4);
                switch (words[0]) {
                    case "frame" ->
                        frames.add(new Read(Integer.parseInt(words[1]), Long.parseLong(words[2]), words[3]));
                    case "error" -> frames.add(new Read(Integer.parseInt(words[1]), Long.parseLong(words[2]), ""));
                    case "end" -> ends++;
                    default -> others.add(line);
                }
            }
        }
        if (process.waitFor() != 0 || ends != stacks.size()) {
            throw new IOException("zarrita read " + ends + " of the stacks " + stacks + ": " + others);
        }
        return frames;
    }
}
