package io.nocturne.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One of our programs for Node, with the npm packages of a folder that the user names. */
public final class NodeProgram {
    private final Path script;

    /**
     * Lays the program out to be started.
     *
     * @param owner the class beside whose resources the files lie
     * @param files names of the program and of the modules it imports, the program first
     * @param packages a folder with {@code node_modules}
     * @param folder an existing one for the copies; used by no other program
     */
    public NodeProgram(Class<?> owner, List<String> files, Path packages, Path folder) throws IOException {
        for (String file : files) {
            try (InputStream text = owner.getResourceAsStream(file)) {
                Files.copy(text, folder.resolve(file));
            }
        }
        // Node looks for packages beside the script, not beside the working directory.
        Files.createSymbolicLink(
                folder.resolve("node_modules"), packages.resolve("node_modules").toAbsolutePath());
        script = folder.resolve(files.get(0));
    }

    /** True if that folder holds a package. */
    public static boolean has(Path packages, String name) {
        return Files.isDirectory(packages.resolve("node_modules").resolve(name));
    }

    /** The program's command line; not started. */
    public ProcessBuilder with(String... arguments) {
        List<String> command = new ArrayList<>(List.of("node", script.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
