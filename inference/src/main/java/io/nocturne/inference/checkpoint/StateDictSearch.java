package io.nocturne.inference.checkpoint;

import io.nocturne.inference.checkpoint.Pickled.Dict;
import io.nocturne.inference.checkpoint.Pickled.Tensor;
import io.nocturne.inference.checkpoint.Pickled.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds the state dict in what a checkpoint holds: that itself, or one of a training program's dict of many things. */
final class StateDictSearch {
    /** Under which keys training programs put the network's parameters. */
    private static final List<String> USUAL = List.of("state_dict", "model_state_dict", "model", "net", "params");

    private static final String PREFIX = "module.";

    private StateDictSearch() {}

    /**
     * Finds the tensors by name, a {@code module.} before all of them taken off: DataParallel puts it there.
     *
     * @param where the file, for messages
     * @throws CheckpointException if there are none, or more than one set of them; says what is there instead
     */
    static Map<String, Tensor> tensors(String where, Pickled root) throws CheckpointException {
        if (!(root instanceof Dict dict)) {
            throw new CheckpointException(where + ": expected a state dict, found " + root.kind());
        }
        return withoutPrefix(named(where, isStateDict(dict) ? dict : wrapped(where, dict)));
    }

    private static Dict wrapped(String where, Dict root) throws CheckpointException {
        Map<String, Dict> candidates = new LinkedHashMap<>();
        root.items().forEach((key, value) -> {
            if (key instanceof Text text && value instanceof Dict inner && isStateDict(inner)) {
                candidates.put(text.value(), inner);
            }
        });
        List<String> usual = USUAL.stream().filter(candidates::containsKey).toList();
        if (usual.size() == 1) {
            return candidates.get(usual.get(0));
        }
        if (candidates.size() == 1) {
            return candidates.values().iterator().next();
        }
        String wanted = candidates.isEmpty()
                ? "expected tensors by name, found " + contents(root)
                : "expected one state dict, found " + candidates.size() + ": "
                        + quoted(List.copyOf(candidates.keySet()));
        throw new CheckpointException(
                where + ": " + wanted + ". In Python, save the one you mean: torch.save(model.state_dict(), 'NEW.pt')");
    }

    private static boolean isStateDict(Dict dict) {
        return dict.items().values().stream().anyMatch(value -> value instanceof Tensor);
    }

    private static Map<String, Tensor> named(String where, Dict dict) throws CheckpointException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<Pickled, Pickled> item : dict.items().entrySet()) {
            if (!(item.getKey() instanceof Text name)) {
                throw new CheckpointException(where + ": expected names of tensors, found "
                        + item.getKey().kind() + " among them");
            }
            if (!(item.getValue() instanceof Tensor tensor)) {
                throw new CheckpointException(where + ": " + CheckpointException.quote(name.value())
                        + " should be a tensor, is " + item.getValue().kind());
            }
            tensors.put(name.value(), tensor);
        }
        return tensors;
    }

    private static Map<String, Tensor> withoutPrefix(Map<String, Tensor> tensors) {
        if (!tensors.keySet().stream().allMatch(name -> name.startsWith(PREFIX))) {
            return tensors;
        }
        Map<String, Tensor> stripped = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> stripped.put(name.substring(PREFIX.length()), tensor));
        return stripped;
    }

    private static String contents(Dict root) {
        if (root.items().isEmpty()) {
            return "an empty dict";
        }
        return root.items().entrySet().stream()
                        .limit(8)
                        .map(item -> (item.getKey() instanceof Text key
                                        ? CheckpointException.quote(key.value())
                                        : item.getKey().kind())
                                + " with " + item.getValue().kind())
                        .collect(Collectors.joining(", "))
                + (root.items().size() > 8 ? " and " + (root.items().size() - 8) + " more" : "");
    }

    private static String quoted(List<String> names) {
        return names.stream().limit(8).map(CheckpointException::quote).collect(Collectors.joining(", "));
    }
}
