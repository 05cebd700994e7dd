package io.nocturne.config.yaml;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A configuration as plain maps, lists and scalars, with every default filled in: what {@link ConfigReader} reads back to
 * the same records. Values that look like secrets are left out.
 */
public final class ConfigWriter {
    private static final List<String> SECRETS = List.of("password", "secret", "jaas", "token");

    private ConfigWriter() {}

    /** Every setting by its path's parts; those without a value are left out. */
    public static Map<String, Object> toMap(Record config) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (RecordComponent component : config.getClass().getRecordComponents()) {
            Object value = read(component, config);
            if (value instanceof Optional<?> optional) {
                value = optional.orElse(null);
            }
            if (value != null && !isSecret(component.getName())) {
                map.put(component.getName(), plain(value));
            }
        }
        return map;
    }

    private static Object plain(Object value) {
        if (value instanceof Record section && !Scalars.reads(section.getClass())) {
            return toMap(section);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new TreeMap<>();
            map.forEach((key, element) -> {
                if (!isSecret(String.valueOf(key))) {
                    plain.put(String.valueOf(key), plain(element));
                }
            });
            return plain;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(ConfigWriter::plain).toList();
        }
        if (value instanceof Enum<?> constant) {
            return Scalars.name(constant);
        }
        return value instanceof Number || value instanceof Boolean ? value : value.toString();
    }

    private static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SECRETS.stream().anyMatch(lower::contains);
    }

    private static Object read(RecordComponent component, Record config) {
        try {
            return component.getAccessor().invoke(config);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Could not read " + component.getName(), e);
        }
    }
}
