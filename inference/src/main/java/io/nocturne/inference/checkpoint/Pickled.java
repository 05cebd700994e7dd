package io.nocturne.inference.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint's pickle may hold. All of it is ours: nothing that the file names is ever looked up or made. Values
 * may be nested without bound and shared, so nobody walks through them deeper than two levels, or prints them whole.
 */
sealed interface Pickled
        permits Pickled.Constant,
                Pickled.Whole,
                Pickled.Real,
                Pickled.Text,
                Pickled.Tuple,
                Pickled.Sequence,
                Pickled.Dict,
                Pickled.Callable,
                Pickled.Storage,
                Pickled.Tensor,
                StorageType {
    /** What it is, in a few words, for messages. */
    String kind();

    /** None, True, False. */
    enum Constant implements Pickled {
        NONE("None"),
        TRUE("True"),
        FALSE("False");

        private final String title;

        Constant(String title) {
            this.title = title;
        }

        @Override
        public String kind() {
            return title;
        }
    }

    /** A whole number. */
    record Whole(long value) implements Pickled {
        @Override
        public String kind() {
            return "a number";
        }
    }

    /** A floating-point number, whose value nobody needs. */
    record Real(double value) implements Pickled {
        @Override
        public String kind() {
            return "a number";
        }
    }

    /** A text. */
    record Text(String value) implements Pickled {
        @Override
        public String kind() {
            return "a text";
        }
    }

    /** A tuple, a {@code torch.Size} included. */
    record Tuple(List<Pickled> items) implements Pickled {
        @Override
        public String kind() {
            return "a tuple of " + items.size();
        }
    }

    /** A list. */
    record Sequence(List<Pickled> items) implements Pickled {
        Sequence() {
            this(new ArrayList<>());
        }

        @Override
        public String kind() {
            return "a list of " + items.size();
        }
    }

    /**
     * A dict or OrderedDict. Keys are texts, numbers and constants.
     *
     * @param ordered whether it is an OrderedDict
     */
    record Dict(Map<Pickled, Pickled> items, boolean ordered) implements Pickled {
        Dict(boolean ordered) {
            this(new LinkedHashMap<>(), ordered);
        }

        @Override
        public String kind() {
            return "a dict of " + items.size();
        }
    }

    /** The functions and classes that may be called, each understood here. */
    enum Callable implements Pickled {
        ORDERED_DICT("collections", "OrderedDict"),
        REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2"),
        REBUILD_PARAMETER("torch._utils", "_rebuild_parameter"),
        SIZE("torch", "Size");

        private final String module;
        private final String function;

        Callable(String module, String function) {
            this.module = module;
            this.function = function;
        }

        boolean is(String otherModule, String otherFunction) {
            return module.equals(otherModule) && function.equals(otherFunction);
        }

        @Override
        public String kind() {
            return "the function " + module + "." + function;
        }
    }

    /**
     * A block of elements in an archive entry of its own.
     *
     * @param key name of the entry
     * @param count elements, as the file claims
     */
    record Storage(StorageType type, String key, long count) implements Pickled {
        @Override
        public String kind() {
            return "a storage";
        }
    }

    /** A view of a storage, in elements; unchecked. */
    record Tensor(Storage storage, long offset, List<Long> sizes, List<Long> strides) implements Pickled {
        @Override
        public String kind() {
            return "a tensor";
        }
    }
}
