package io.nocturne.acquisition.mm;

import io.nocturne.stream.spi.SourceException;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Loads the user's {@code MMCoreJ.jar} together with our few classes that are compiled against it, in one class loader of
 * their own. Jar and native library must come from the same build, so none of Micro-Manager's classes is on our own class path,
 * and should there be one all the same, the user's comes first. A native library can be loaded once per process: the
 * first installation that is used stays the only one.
 *
 * <p>Safe from any thread.
 */
public final class CoreLoader {
    private static final String PORT = "io.nocturne.acquisition.mm.core.MMCorePort";
    private static final String OUR_JAR = "nocturne-mm.jar";
    private static final String LIBRARY_PATH = "mmcorej.library.path";

    private static CoreHome loadedHome;
    private static ClassLoader loaded;

    private CoreLoader() {}

    /** Opens cores of the Micro-Manager that {@link CoreHome#find} finds. */
    public static PortOpener opener(Optional<Path> home) {
        return () -> open(CoreHome.find(home));
    }

    /**
     * A core of that installation, with nothing loaded.
     *
     * @throws SourceException if jar, library and this machine don't fit; the message says what to do
     */
    public static CameraPort open(CoreHome home) throws SourceException {
        try {
            return (CameraPort)
                    loader(home).loadClass(PORT).getDeclaredConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw new SourceException(
                    OUR_JAR + " has no " + PORT + ": is lib-mm/" + OUR_JAR + " from the same build as nocturne.jar?",
                    e);
        } catch (InvocationTargetException e) {
            throw unusable(home, e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw unusable(home, e);
        }
    }

    /** The class loader that has Micro-Manager's classes and ours that use them. */
    static synchronized ClassLoader loader(CoreHome home) throws SourceException {
        if (loaded != null) {
            if (!home.jar().equals(loadedHome.jar())) {
                throw new SourceException("This program has loaded Micro-Manager from " + loadedHome.home()
                        + " and can't load another from " + home.home() + ": start it again for that");
            }
            return loaded;
        }
        List<URL> urls = new ArrayList<>();
        try {
            urls.add(ourJar().toUri().toURL());
            urls.add(home.jar().toUri().toURL());
            for (Path jar : home.acquisitionJars()) {
                urls.add(jar.toUri().toURL());
            }
        } catch (MalformedURLException e) {
            throw new SourceException("The path " + home.jar() + " can't be used by a class loader", e);
        }
        if (System.getProperty(LIBRARY_PATH) == null) {
            home.libraryFolder().ifPresent(folder -> System.setProperty(LIBRARY_PATH, folder.toString()));
        }
        loaded = new Loader(urls.toArray(URL[]::new), CoreLoader.class.getClassLoader());
        loadedHome = home;
        return loaded;
    }

    /** Beside lib/, where this class's jar lies; or where the system property {@code nocturne.mm.jar} says. */
    private static Path ourJar() throws SourceException {
        String named = System.getProperty("nocturne.mm.jar");
        if (named != null) {
            return Path.of(named);
        }
        try {
            Path here = Path.of(CoreLoader.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path jar = here.resolveSibling(".." + File.separator + "lib-mm" + File.separator + OUR_JAR)
                    .normalize();
            if (Files.isRegularFile(jar)) {
                return jar;
            }
            throw new SourceException("lib-mm/" + OUR_JAR + " is missing (looked for " + jar
                    + "): it belongs beside nocturne.jar and lib/");
        } catch (URISyntaxException e) {
            throw new SourceException("Nocturne's own folder has a name that can't be used", e);
        }
    }

    private static SourceException unusable(CoreHome home, Throwable error) {
        if (error instanceof UnsatisfiedLinkError) {
            String where = System.getProperty(LIBRARY_PATH, "the folders that MMCoreJ.jar knows");
            return new SourceException(
                    "Micro-Manager's native library could not be loaded from " + where + " ("
                            + error.getMessage() + "). Is " + home.home() + " a whole installation, for this "
                            + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                            + "? On Windows, put that folder on PATH too: adapters need libraries that lie in it",
                    error);
        }
        if (error instanceof LinkageError) {
            return new SourceException(
                    "MMCoreJ.jar in " + home.jar().getParent() + " and the native library don't belong " + "together ("
                            + error + "): both must come from the same installation of Micro-Manager",
                    error);
        }
        return new SourceException("Micro-Manager in " + home.home() + " can't be used: " + error, error);
    }

    /** Looks for Micro-Manager's classes and ours that need them here only, for everything else above. */
    private static final class Loader extends URLClassLoader {
        private static final String[] HERE = {"io.nocturne.acquisition.mm.core.", "mmcorej.", "org.micromanager."};

        Loader(URL[] urls, ClassLoader parent) {
            super("micro-manager", urls, parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            for (String prefix : HERE) {
                if (name.startsWith(prefix)) {
                    return here(name);
                }
            }
            return super.loadClass(name, resolve);
        }

        private Class<?> here(String name) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known != null ? known : findClass(name);
            }
        }
    }
}
