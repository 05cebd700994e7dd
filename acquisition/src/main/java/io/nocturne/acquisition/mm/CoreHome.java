package io.nocturne.acquisition.mm;

import io.nocturne.stream.spi.SourceException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * An installation of Micro-Manager on this machine: where its {@code MMCoreJ.jar} and native library lie.
 *
 * <pre>
 *   Windows, macOS   HOME/plugins/Micro-Manager/MMCoreJ.jar   native library and device adapters in HOME
 *   Linux            PREFIX/share/micro-manager/MMCoreJ.jar   native library in PREFIX/lib/micro-manager
 *   a build folder   HOME/MMCoreJ.jar                         everything in HOME
 * </pre>
 *
 * @param home as named or found
 * @param jar the user's MMCoreJ.jar
 * @param libraryFolder where the native library is, if it was found; without it, the jar looks by its own rules
 * @param acquisitionJars AcqEngJ's jar, if it lies with MMCoreJ.jar
 */
public record CoreHome(Path home, Path jar, Optional<Path> libraryFolder, List<Path> acquisitionJars) {
    /** Name of the environment variable that tells where Micro-Manager is; the system property is {@code mm.home}. */
    public static final String VARIABLE = "MM_HOME";

    private static final String JAR = "MMCoreJ.jar";
    private static final List<String> JAR_FOLDERS =
            List.of("plugins/Micro-Manager", "share/micro-manager", "", "share/java", "classes");
    private static final List<String> LIBRARIES = List.of(
            "MMCoreJ_wrap.dll",
            "libMMCoreJ_wrap.so",
            "libMMCoreJ_wrap.jnilib",
            "libMMCoreJ_wrap.dylib",
            "mmcorej.dll",
            "libmmcorej.so",
            "libmmcorej.dylib");

    /**
     * Finds Micro-Manager: where the setting says, or else the system property {@code mm.home}, or else {@code MM_HOME}, or
     * else where its installers put it.
     *
     * @throws SourceException if it isn't there; the message says where was looked and what to do
     */
    public static CoreHome find(Optional<Path> setting) throws SourceException {
        return find(
                setting,
                Optional.ofNullable(System.getProperty("mm.home")),
                Optional.ofNullable(System.getenv(VARIABLE)),
                CoreHome::usualPlaces,
                Path.of("").getFileSystem());
    }

    static CoreHome find(
            Optional<Path> setting,
            Optional<String> property,
            Optional<String> variable,
            Function<FileSystem, List<Path>> usual,
            FileSystem files)
            throws SourceException {
        Optional<Path> named = setting.or(
                () -> property.or(() -> variable).filter(s -> !s.isBlank()).map(files::getPath));
        List<Path> places = named.map(List::of).orElseGet(() -> usual.apply(files));
        for (Path place : places) {
            Optional<CoreHome> found = at(place);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new SourceException(named.map(
                        home -> "There is no " + JAR + " in " + home + ", " + home.resolve(JAR_FOLDERS.get(0)) + " or "
                                + home.resolve(JAR_FOLDERS.get(1)) + ": is that where Micro-Manager 2 is installed?")
                .orElse("Micro-Manager was not found" + (places.isEmpty() ? "" : " in " + places)
                        + ": name its folder, the one with ImageJ and the device adapters in it, in"
                        + " source.micromanager.home or the environment variable " + VARIABLE));
    }

    private static Optional<CoreHome> at(Path home) {
        for (String folder : JAR_FOLDERS) {
            Path jar =
                    folder.isEmpty() ? home.resolve(JAR) : home.resolve(folder).resolve(JAR);
            if (Files.isRegularFile(jar)) {
                return Optional.of(new CoreHome(home, jar, libraryFolder(home, jar), acquisitionJars(jar)));
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> libraryFolder(Path home, Path jar) {
        List<Path> folders = new ArrayList<>(List.of(home, home.resolve("lib/micro-manager"), jar.getParent()));
        Path prefix = jar.getParent().toAbsolutePath().getParent();
        if (prefix != null && prefix.getParent() != null) {
            folders.add(prefix.getParent().resolve("lib/micro-manager"));
            folders.add(prefix.getParent());
        }
        return folders.stream()
                .filter(folder -> LIBRARIES.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name))))
                .findFirst();
    }

    private static List<Path> acquisitionJars(Path jar) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(jar.toAbsolutePath().getParent(), "*.jar")) {
            for (Path candidate : jars) {
                String name = candidate.getFileName().toString().toLowerCase(Locale.ROOT);
                if (name.startsWith("acqengj") || name.startsWith("mmacqengine")) {
                    found.add(candidate);
                }
            }
        } catch (IOException e) {
            return List.of(); // a folder that can't be listed has no more to offer than the jar that was found by name
        }
        return found;
    }

    /** Where installers put it, newest name first. */
    private static List<Path> usualPlaces(FileSystem files) {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<Path> places = new ArrayList<>();
        if (os.startsWith("windows")) {
            String programs = Optional.ofNullable(System.getenv("ProgramFiles")).orElse("C:\\Program Files");
            addNewestFirst(files.getPath(programs), places);
            addNewestFirst(files.getPath("C:\\"), places);
        } else if (os.startsWith("mac")) {
            addNewestFirst(files.getPath("/Applications"), places);
        } else {
            places.add(files.getPath("/usr/local"));
            places.add(files.getPath("/usr"));
            addNewestFirst(files.getPath("/opt"), places);
        }
        return places;
    }

    private static void addNewestFirst(Path parent, List<Path> places) {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, "Micro-Manager*")) {
            List<Path> found = new ArrayList<>();
            folders.forEach(found::add);
            found.sort(Comparator.<Path>naturalOrder().reversed());
            places.addAll(found);
        } catch (IOException e) {
            return; // not ours to read: the user can still name the folder
        }
    }
}
