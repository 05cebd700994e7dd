package io.nocturne.sinks.view;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** One of the page's files, read once from our own jar. Nothing else is ever served. */
final class PageFile {
    private static final String SCRIPT = "text/javascript; charset=utf-8";

    private static final List<String> SCRIPTS = List.of(
            "app.js",
            "arrange.js",
            "camera.js",
            "captions.js",
            "connection.js",
            "contrast.js",
            "dom.js",
            "gestures.js",
            "gl-painter.js",
            "health.js",
            "latency.js",
            "luts.js",
            "numbers.js",
            "painter.js",
            "pictures.js",
            "plain-painter.js",
            "protocol.js",
            "run-controls.js",
            "snapshot.js",
            "stage.js",
            "state.js",
            "tiff.js",
            "tips.js",
            "toolbar.js");

    static final List<PageFile> ALL = all();

    private final String path;
    private final String contentType;
    private final byte[] content;

    private PageFile(String path, String contentType, byte[] content) {
        this.path = path;
        this.contentType = contentType;
        this.content = content;
    }

    private static List<PageFile> all() {
        List<PageFile> files = new ArrayList<>();
        files.add(load("/", "index.html", "text/html; charset=utf-8"));
        files.add(load("/view.css", "view.css", "text/css; charset=utf-8"));
        files.add(load("/icon.svg", "icon.svg", "image/svg+xml"));
        SCRIPTS.forEach(name -> files.add(load("/" + name, name, SCRIPT)));
        return List.copyOf(files);
    }

    String path() {
        return path;
    }

    private static PageFile load(String path, String name, String contentType) {
        try (InputStream in = PageFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The live view's file " + name + " is missing from this jar");
            }
            return new PageFile(path, contentType, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void send(Context context) {
        context.contentType(contentType).result(content);
    }
}
