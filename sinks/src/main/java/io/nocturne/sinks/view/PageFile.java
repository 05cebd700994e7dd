package io.nocturne.sinks.view;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** One of the page's files, read once from our own jar. Nothing else is ever served. */
final class PageFile {
    private static final String SCRIPT = "text/javascript; charset=utf-8";

    static final List<PageFile> ALL = List.of(
            load("/", "index.html", "text/html; charset=utf-8"),
            load("/view.css", "view.css", "text/css; charset=utf-8"),
            load("/icon.svg", "icon.svg", "image/svg+xml"),
            load("/app.js", "app.js", SCRIPT),
            load("/protocol.js", "protocol.js", SCRIPT),
            load("/painter.js", "painter.js", SCRIPT),
            load("/luts.js", "luts.js", SCRIPT),
            load("/camera.js", "camera.js", SCRIPT),
            load("/health.js", "health.js", SCRIPT));

    private final String path;
    private final String contentType;
    private final byte[] content;

    private PageFile(String path, String contentType, byte[] content) {
        this.path = path;
        this.contentType = contentType;
        this.content = content;
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
