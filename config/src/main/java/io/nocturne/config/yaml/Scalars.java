package io.nocturne.config.yaml;

import io.nocturne.config.units.ByteSize;
import io.nocturne.config.units.ModelRef;
import io.nocturne.config.units.Pace;
import io.nocturne.config.units.Rate;
import io.nocturne.config.units.RingLength;
import io.nocturne.config.units.Span;
import io.nocturne.config.units.SyncPolicy;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads single values; every reader throws IllegalArgumentException with what it expected and what it found. */
final class Scalars {
    private record Reader(String description, Function<String, ?> parse) {}

    private static final Map<Class<?>, Reader> READERS = Map.ofEntries(
            Map.entry(String.class, new Reader("text", text -> text)),
            Map.entry(boolean.class, new Reader("true or false", Scalars::parseBoolean)),
            Map.entry(int.class, new Reader("a whole number", text -> (int) parseWhole(text, Integer.MAX_VALUE))),
            Map.entry(long.class, new Reader("a whole number", text -> parseWhole(text, Long.MAX_VALUE))),
            Map.entry(Integer.class, new Reader("a whole number", text -> (int) parseWhole(text, Integer.MAX_VALUE))),
            Map.entry(Long.class, new Reader("a whole number", text -> parseWhole(text, Long.MAX_VALUE))),
            Map.entry(double.class, new Reader("a number", Scalars::parseNumber)),
            Map.entry(Double.class, new Reader("a number", Scalars::parseNumber)),
            Map.entry(Span.class, new Reader("a time such as '2 s'", Span::parse)),
            Map.entry(ByteSize.class, new Reader("a size such as '512 MiB'", ByteSize::parse)),
            Map.entry(Rate.class, new Reader("a rate such as '20 fps'", Rate::parse)),
            Map.entry(RingLength.class, new Reader("a length such as '2 s' or '64 frames'", RingLength::parse)),
            Map.entry(SyncPolicy.class, new Reader("none, each or a span such as '1 s'", SyncPolicy::parse)),
            Map.entry(Pace.class, new Reader("recorded, maximal or a rate such as '20 fps'", Pace::parse)));

    private final Path folder;

    Scalars(Path folder) {
        this.folder = folder;
    }

    /** True if a value of that type is one YAML scalar. */
    static boolean reads(Class<?> type) {
        return READERS.containsKey(type)
                || type.isEnum()
                || Path.class.isAssignableFrom(type)
                || type == ModelRef.class;
    }

    /** What a value of that type looks like, for a message. */
    String describe(Class<?> type) {
        if (type == Path.class) {
            return "a path";
        }
        if (type == ModelRef.class) {
            return "the name of a model or an .onnx file";
        }
        return type.isEnum()
                ? "one of " + String.join(", ", names(type))
                : READERS.get(type).description();
    }

    Object parse(String text, Class<?> type) {
        if (type.isEnum()) {
            return parseEnum(text, type);
        }
        if (type == Path.class || type == ModelRef.class) {
            return parseWithFolder(text, type);
        }
        return READERS.get(type).parse().apply(text);
    }

    void checkRange(Object value, Class<?> type, Setting setting) {
        boolean low = !setting.min().isEmpty() && compare(value, parse(setting.min(), type)) < 0;
        boolean high = !setting.max().isEmpty() && compare(value, parse(setting.max(), type)) > 0;
        if (low || high) {
            throw new IllegalArgumentException("must be " + range(setting) + ", not " + value);
        }
    }

    /** The allowed range in words; empty if there is none. */
    static String range(Setting setting) {
        if (setting.max().isEmpty()) {
            return setting.min().isEmpty() ? "" : "at least " + setting.min();
        }
        return setting.min().isEmpty() ? "at most " + setting.max() : setting.min() + " to " + setting.max();
    }

    /** Names of an enum's constants as they are written in a file: {@code ON_STOP} is {@code onStop}. */
    static List<String> names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants()).map(Scalars::name).toList();
    }

    static String name(Object constant) {
        String[] words =
                ((Enum<?>) constant).name().toLowerCase(java.util.Locale.ROOT).split("_", -1);
        StringBuilder name = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            name.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
        }
        return name.toString();
    }

    private static <T extends Comparable<T>> int compareAs(Class<T> type, Object a, Object b) {
        return type.cast(a).compareTo(type.cast(b));
    }

    private static int compare(Object a, Object b) {
        if (a instanceof Span) {
            return compareAs(Span.class, a, b);
        }
        if (a instanceof ByteSize) {
            return compareAs(ByteSize.class, a, b);
        }
        if (a instanceof Rate) {
            return compareAs(Rate.class, a, b);
        }
        return Double.compare(((Number) a).doubleValue(), ((Number) b).doubleValue());
    }

    private static Object parseEnum(String text, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (name(constant).equals(text)) {
                return constant;
            }
        }
        List<String> names = names(type);
        String hint = Suggestion.nearest(text, names)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
        throw new IllegalArgumentException(
                "expected one of " + String.join(", ", names) + ", found '" + text + "'" + hint);
    }

    private static Object parseBoolean(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false, found '" + text + "'");
        };
    }

    private static long parseWhole(String text, long max) {
        try {
            long value = Long.parseLong(text);
            if (value <= max && value >= -max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a whole number, found '" + text + "'", e);
        }
        throw new IllegalArgumentException("the number " + text + " is too large");
    }

    private static double parseNumber(String text) {
        try {
            double value = Double.parseDouble(text);
            boolean plain = text.chars().noneMatch(c -> Character.isLetter(c) && c != 'e' && c != 'E');
            if (plain && !Double.isInfinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a number, found '" + text + "'", e);
        }
        throw new IllegalArgumentException("expected a number, found '" + text + "'");
    }

    private Object parseWithFolder(String text, Class<?> type) {
        try {
            return type == Path.class ? folder.resolve(text).normalize() : ModelRef.parse(text, folder);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' can't be a path: " + e.getReason(), e);
        }
    }
}
