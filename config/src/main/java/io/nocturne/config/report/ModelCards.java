package io.nocturne.config.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The cards of a run's models, as tables: what a reader must know to judge what they restored. */
final class ModelCards {
    private ModelCards() {}

    static String html(List<JsonNode> cards) {
        StringBuilder html = new StringBuilder();
        for (JsonNode card : cards) {
            html.append("<h3>").append(Html.text(card.path("name").asText())).append("</h3><table class=card>");
            row(html, "what it does", card.path("summary").asText());
            row(html, "task", card.path("task").asText());
            row(html, "version", card.path("version").asText());
            row(html, "limits", card.path("limits").asText());
            JsonNode photons = card.path("photons");
            if (photons.size() == 2) {
                row(
                        html,
                        "light",
                        photons.path(0).asText() + " to " + photons.path(1).asText() + " photons per pixel");
            }
            row(html, "trained on", join(card.at("/training/data")));
            row(html, "how", card.at("/training/recipe").asText());
            row(html, "measured", quality(card.path("quality")));
            row(html, "by", join(card.path("authors")));
            row(html, "licence", card.path("licence").asText());
            row(html, "sha256", card.path("sha256").asText());
            html.append("</table>");
        }
        return html.toString();
    }

    private static String quality(JsonNode figures) {
        List<String> words = new ArrayList<>();
        for (JsonNode figure : figures) {
            words.add(figure.path("metric").asText() + " "
                    + figure.path("value").asText() + " " + figure.path("unit").asText() + " on "
                    + figure.path("set").asText());
        }
        return String.join("; ", words);
    }

    private static String join(JsonNode list) {
        List<String> words = new ArrayList<>();
        list.forEach(item -> words.add(item.asText()));
        return String.join("; ", words);
    }

    private static void row(StringBuilder html, String name, String value) {
        if (!value.isBlank()) {
            html.append("<tr><th>")
                    .append(name)
                    .append("<td>")
                    .append(Html.text(value))
                    .append("</tr>");
        }
    }
}
