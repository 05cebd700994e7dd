package io.nocturne.config;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.ModelTraining;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The optional jars that learning needs: the folder {@code training} beside the program's jar. */
public final class TrainingParts {
    /** What makes the folder. */
    static final String COMMAND = "mvn -Ptraining -DskipTests package";

    private TrainingParts() {}

    /**
     * Finds who can teach. What is loaded stays loaded until the program ends.
     *
     * @throws ModelException if the parts aren't there; names the command that makes them
     */
    public static ModelTraining find() throws ModelException {
        return find(home().resolve("training"));
    }

    /** The same, in a folder of one's own choosing. */
    public static ModelTraining find(Path folder) throws ModelException {
        List<URL> jars = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path jar : files.filter(f -> f.toString().endsWith(".jar"))
                        .sorted()
                        .toList()) {
                    jars.add(jar.toUri().toURL());
                }
            } catch (MalformedURLException e) {
                throw new ModelException("The folder " + folder + " has a name that Java can't load from", e);
            } catch (IOException e) {
                throw new ModelException("The folder " + folder + " can't be read: " + e.getMessage(), e);
            }
        }
        URLClassLoader loader = new URLClassLoader(jars.toArray(URL[]::new), TrainingParts.class.getClassLoader());
        Thread.currentThread().setContextClassLoader(loader); // the engine looks for its natives there
        try {
            return ServiceLoader.load(ModelTraining.class, loader)
                    .findFirst()
                    .orElseThrow(() -> new ModelException("Learning needs parts that aren't in " + folder
                            + ". In a checkout, this makes them: " + COMMAND));
        } catch (ServiceConfigurationError e) {
            throw new ModelException(
                    "The parts in " + folder + " don't fit this program: " + e.getMessage()
                            + ". In a checkout, this makes them anew: " + COMMAND,
                    e);
        }
    }

    /** The folder of the program's jar. */
    private static Path home() throws ModelException {
        try {
            Path jar = Path.of(TrainingParts.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return jar.toAbsolutePath().getParent();
        } catch (URISyntaxException e) {
            throw new ModelException("The place of the program's jar can't be told", e);
        }
    }
}
