package io.nocturne.config.yaml;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant. */
final class Suggestion {
    private Suggestion() {}

    /** The message for a key that isn't known in its place. */
    static String forUnknownKey(String key, List<String> knownHere, Class<?> rootType) {
        Optional<String> near = nearest(key, knownHere);
        if (near.isPresent()) {
            return "unknown setting; did you mean '" + near.get() + "'?";
        }
        return elsewhere(key, rootType, "")
                .map(path -> "unknown setting here; did you mean '" + path + "'?")
                .orElse("unknown setting; known here are " + String.join(", ", knownHere));
    }

    /** The nearest candidate, if it is near enough to have been meant. */
    static Optional<String> nearest(String word, Collection<String> candidates) {
        int limit = Math.max(1, (word.length() + 1) / 3);
        return candidates.stream()
                .filter(candidate -> distance(word, candidate) <= limit)
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    private static Optional<String> elsewhere(String key, Class<?> type, String path) {
        for (RecordComponent component : type.getRecordComponents()) {
            String here = path + component.getName();
            if (component.getName().equalsIgnoreCase(key)) {
                return Optional.of(here);
            }
            Class<?> below = recordOf(component.getGenericType());
            Optional<String> found = below == null ? Optional.empty() : elsewhere(key, below, here + ".");
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The section that a component opens, itself or within Optional; null if it opens none. */
    static Class<?> recordOf(Type type) {
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() == Optional.class) {
            return recordOf(parameterized.getActualTypeArguments()[0]);
        }
        boolean section = type instanceof Class<?> c && c.isRecord() && !Scalars.reads(c);
        return section ? (Class<?>) type : null;
    }

    /** Edits from one word to the other, letter case aside: insert, delete, replace, swap two neighbours. */
    static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
