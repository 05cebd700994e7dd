package io.nocturne.acquisition.mm.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;

/**
 * Where plugin and companion of one user find each other: a small file in the user's home folder with port, token, and the
 * command that starts the companion again. Immutable.
 */
public final class Rendezvous {
    private static final String SEPARATOR = "\u0001";

    public final int port;
    public final String token;
    /** Command line of the companion, empty if unknown. */
    public final List<String> command;

    public Rendezvous(int port, String token, List<String> command) {
        this.port = port;
        this.token = token;
        this.command = Collections.unmodifiableList(command);
    }

    /** The file of this user: as the system property {@code nocturne.studio.file} says, else in {@code ~/.nocturne}. */
    public static Path file() {
        String named = System.getProperty("nocturne.studio.file");
        return named != null
                ? Paths.get(named)
                : Paths.get(System.getProperty("user.home"), ".nocturne", "studio.properties");
    }

    /** Writes the file, readable by this user alone, in one step. */
    public void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("port", Integer.toString(port));
        properties.setProperty("token", token);
        properties.setProperty("command", String.join(SEPARATOR, command));
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        Path fresh = posix
                ? Files.createTempFile(
                        folder,
                        "studio",
                        ".tmp",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(folder, "studio", ".tmp");
        try (OutputStream out = Files.newOutputStream(fresh)) {
            properties.store(out, "Nocturne's companion");
        }
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads the file.
     *
     * @throws IOException if no companion was ever started by this user, or the file isn't one
     */
    public static Rendezvous read(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
            int port = Integer.parseInt(properties.getProperty("port", ""));
            String token = properties.getProperty("token", "");
            String command = properties.getProperty("command", "");
            return new Rendezvous(
                    port,
                    token,
                    command.isEmpty() ? Collections.<String>emptyList() : Arrays.asList(command.split(SEPARATOR, -1)));
        } catch (NoSuchFileException e) {
            throw new IOException("No companion has run here yet: start one with 'nocturne run' and source.studio", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not what a companion writes; delete it and start the companion again", e);
        }
    }
}
