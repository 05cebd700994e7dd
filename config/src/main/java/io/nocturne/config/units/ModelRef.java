package io.nocturne.config.units;

import java.nio.file.Path;

/**
 * Which model: a name that the catalogue knows, the path of an {@code .onnx} file or of a bioimage.io package (a zip file,
 * its {@code rdf.yaml}, or a folder given with a slash), or {@code none}.
 *
 * @param text the name, or the absolute path
 */
public record ModelRef(String text) {
    /** No model: frames are recorded only. */
    public static final ModelRef NONE = new ModelRef("none");

    /** Reads a reference; the path of a file is taken from {@code folder}. */
    public static ModelRef parse(String text, Path folder) {
        boolean path = text.matches(".*(\\.onnx|\\.zip|\\.yaml|\\.yml|[/\\\\].*)");
        return new ModelRef(path ? folder.resolve(text).normalize().toString() : text);
    }

    public boolean isNone() {
        return equals(NONE);
    }

    @Override
    public String toString() {
        return text;
    }
}
