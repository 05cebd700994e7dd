package io.nocturne.config.yaml;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every setting with its meaning, default and range, in the form of a configuration file. */
public final class SettingsReference {
    private SettingsReference() {}

    /** The reference, line by line. */
    public static List<String> lines(Class<? extends Record> type) {
        List<String> lines = new ArrayList<>();
        section(type, "", lines);
        return lines;
    }

    private static void section(Class<?> type, String indent, List<String> lines) {
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            Class<?> below = Suggestion.recordOf(component.getGenericType());
            String range = Scalars.range(setting);
            lines.add(indent + "# " + setting.value() + (range.isEmpty() ? "" : " Range: " + range + "."));
            lines.add(indent + component.getName() + ":" + (below == null ? " " + value(component, setting) : ""));
            if (below != null) {
                section(below, indent + "  ", lines);
            }
        }
    }

    private static String value(RecordComponent component, Setting setting) {
        if (!setting.byDefault().isEmpty()) {
            return setting.byDefault();
        }
        Type type = component.getGenericType();
        boolean optional = type instanceof ParameterizedType;
        Class<?> raw = component.getType();
        if (raw == Map.class) {
            return "{}";
        }
        return raw == List.class ? "[]" : optional ? "# none" : "# must be given";
    }
}
