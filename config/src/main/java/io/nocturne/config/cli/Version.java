package io.nocturne.config.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Which Nocturne, which Java. */
public final class Version implements IVersionProvider {
    /** The version in the jar's manifest; {@code development} when run from classes. */
    public static String number() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "nocturne " + number(), "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name")
        };
    }
}
