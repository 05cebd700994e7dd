package io.nocturne.config.report;

/** Text from outside on its way into a page. */
final class Html {
    private Html() {}

    /** The text without anything that could become markup. */
    static String text(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
