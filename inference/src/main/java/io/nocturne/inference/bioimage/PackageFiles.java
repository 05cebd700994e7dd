package io.nocturne.inference.bioimage;

import io.nocturne.inference.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Files of a package, in a folder or a zip file, read whole and within limits. Names never lead out of it. */
final class PackageFiles {
    /** Names of the description, the specification's first. */
    static final List<String> DESCRIPTIONS = List.of("rdf.yaml", "bioimageio.yaml", "rdf.yml");

    private final Path place;
    private final boolean zipped;

    private PackageFiles(Path place, boolean zipped) {
        this.place = place;
        this.zipped = zipped;
    }

    /** Whether a path looks like a package: a folder with a description, a zip file, or the description itself. */
    static boolean isPackage(Path path) {
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        return DESCRIPTIONS.contains(name)
                || name.endsWith(".zip")
                || (Files.isDirectory(path)
                        && DESCRIPTIONS.stream().anyMatch(d -> Files.isRegularFile(path.resolve(d))));
    }

    static PackageFiles of(Path path) {
        if (DESCRIPTIONS.contains(path.getFileName().toString())) {
            return new PackageFiles(path.toAbsolutePath().getParent(), false);
        }
        return new PackageFiles(path, !Files.isDirectory(path));
    }

    /** Where it is, for messages. */
    Path place() {
        return place;
    }

    /** Name of the description that is there. */
    String description() throws ModelException, IOException {
        for (String name : DESCRIPTIONS) {
            if (read(name, 1 << 20).isPresent()) {
                return name;
            }
        }
        throw new ModelException(place + " is no bioimage.io package: there is no rdf.yaml in it");
    }

    /**
     * Reads a file of the package.
     *
     * @param most bytes that it may have
     * @return empty if there is none of that name
     */
    Optional<byte[]> read(String name, int most) throws ModelException, IOException {
        if (name.startsWith("/")
                || name.contains("\\")
                || name.contains(":")
                || List.of(name.split("/", -1)).contains("..")) {
            throw new ModelException(place + " names the file '" + name + "', which isn't inside the package");
        }
        if (!zipped) {
            Path file = place.resolve(name);
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(file)) {
                return Optional.of(limited(in, name, most));
            }
        }
        try (ZipFile zip = new ZipFile(place.toFile())) {
            ZipEntry entry = zip.getEntry(name);
            if (entry == null) {
                return Optional.empty();
            }
            try (InputStream in = zip.getInputStream(entry)) {
                return Optional.of(limited(in, name, most));
            }
        } catch (ZipException e) {
            throw new ModelException(place + " is no zip file that can be read: " + e.getMessage(), e);
        }
    }

    private byte[] limited(InputStream in, String name, int most) throws ModelException, IOException {
        byte[] bytes = in.readNBytes(most);
        if (in.read() >= 0) {
            throw new ModelException(place + ": " + name + " is larger than " + most + " bytes");
        }
        return bytes;
    }
}
