package io.nocturne.inference.checkpoint;

import io.nocturne.inference.checkpoint.Pickled.Callable;
import io.nocturne.inference.checkpoint.Pickled.Constant;
import io.nocturne.inference.checkpoint.Pickled.Dict;
import io.nocturne.inference.checkpoint.Pickled.Real;
import io.nocturne.inference.checkpoint.Pickled.Sequence;
import io.nocturne.inference.checkpoint.Pickled.Storage;
import io.nocturne.inference.checkpoint.Pickled.Tensor;
import io.nocturne.inference.checkpoint.Pickled.Text;
import io.nocturne.inference.checkpoint.Pickled.Tuple;
import io.nocturne.inference.checkpoint.Pickled.Whole;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Interprets a pickle, protocols 2 to 5, as far as a state dict needs it. One use, one thread.
 *
 * <p>A pickle is a program for a stack machine that may call anything. This machine has only the values of
 * {@link Pickled}; the few functions that a state dict needs are understood, not called, and every other one is refused
 * by name. Each operation makes at most one small value and takes time in proportion to what it reads or takes off the
 * stack, nothing is recursive, and there are at most {@link #MAX_OPERATIONS} of them: time and memory are bounded
 * whatever the program.
 */
final class Unpickler {
    /** Most operations of one pickle; the largest UniFMIR network needs 25,000. */
    static final int MAX_OPERATIONS = 1_000_000;

    /** Most dimensions of a tensor. */
    static final int MAX_RANK = 8;

    private static final String ADVICE =
            ". A state dict needs no such thing; in Python, save model.state_dict() alone with torch.save";

    private final String where;
    private final ByteBuffer in;
    private final ArrayList<Pickled> stack = new ArrayList<>();
    private final ArrayList<Integer> marks = new ArrayList<>();
    private final Map<Integer, Pickled> memo = new HashMap<>();
    private int at;

    /** @param where the file, for messages */
    Unpickler(String where, byte[] pickle) {
        this.where = where;
        in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Runs the program.
     *
     * @return the one value that it leaves
     * @throws CheckpointException if it is broken, too long, or wants more than a state dict needs
     */
    Pickled load() throws CheckpointException {
        try {
            if (in.remaining() < 2 || in.get() != (byte) Opcode.PROTO.code()) {
                throw broken("expected a pickle of protocol 2 to 5, found other content");
            }
            int protocol = in.get();
            if (protocol < 2 || protocol > 5) {
                throw broken("expected a pickle of protocol 2 to 5, found protocol " + protocol);
            }
            for (int done = 0; done < MAX_OPERATIONS; done++) {
                at = in.position();
                int code = in.get() & 0xff;
                Opcode opcode = Opcode.of(code);
                if (opcode == null) {
                    throw broken("expected a pickle operation, found the byte " + code);
                }
                if (opcode == Opcode.STOP) {
                    return result();
                }
                run(opcode);
            }
            throw broken("has more than " + MAX_OPERATIONS + " operations");
        } catch (BufferUnderflowException e) {
            throw new CheckpointException(where + ": data.pkl ends in the middle, at byte " + in.limit(), e);
        }
    }

    private Pickled result() throws CheckpointException {
        Pickled value = pop();
        if (!stack.isEmpty() || !marks.isEmpty()) {
            throw broken("leaves more than one value");
        }
        if (in.hasRemaining()) {
            throw broken("goes on for " + in.remaining() + " bytes after its end");
        }
        return value;
    }

    private void run(Opcode opcode) throws CheckpointException {
        switch (opcode) {
            case MARK -> marks.add(stack.size());
            case POP -> drop();
            case POP_MARK -> popMark();
            case DUP -> push(peek());
            case NONE -> push(Constant.NONE);
            case NEWTRUE -> push(Constant.TRUE);
            case NEWFALSE -> push(Constant.FALSE);
            case BININT -> push(new Whole(in.getInt()));
            case BININT1 -> push(new Whole(in.get() & 0xff));
            case BININT2 -> push(new Whole(in.getShort() & 0xffff));
            case LONG1 -> push(longOf(in.get() & 0xff));
            case LONG4 -> push(longOf(in.getInt()));
            case BINFLOAT -> push(new Real(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))));
            case SHORT_BINUNICODE -> push(new Text(text(in.get() & 0xff)));
            case BINUNICODE -> push(new Text(text(in.getInt() & 0xffffffffL)));
            case BINUNICODE8 -> push(new Text(text(in.getLong())));
            case EMPTY_TUPLE -> push(new Tuple(List.of()));
            case TUPLE -> push(new Tuple(popMark()));
            case TUPLE1 -> push(tuple(1));
            case TUPLE2 -> push(tuple(2));
            case TUPLE3 -> push(tuple(3));
            case EMPTY_LIST -> push(new Sequence());
            case APPEND -> append(List.of(pop()));
            case APPENDS -> append(popMark());
            case EMPTY_DICT -> push(new Dict(false));
            case SETITEM -> {
                Pickled value = pop();
                setItems(List.of(pop(), value));
            }
            case SETITEMS -> setItems(popMark());
            case MEMOIZE -> memo.put(memo.size(), peek());
            case BINPUT -> memo.put(in.get() & 0xff, peek());
            case LONG_BINPUT -> memo.put(in.getInt(), peek());
            case BINGET -> push(remembered(in.get() & 0xff));
            case LONG_BINGET -> push(remembered(in.getInt()));
            case FRAME -> frame(in.getLong());
            case GLOBAL -> push(global(line(), line()));
            case STACK_GLOBAL -> stackGlobal();
            case BINPERSID -> push(storage(pop()));
            case REDUCE -> reduce();
            case BUILD -> build();
            case INST -> throw refused("INST makes an object of class " + dotted(line(), line()));
            case OBJ, NEWOBJ, NEWOBJ_EX -> throw refused(opcode + " makes an object of a class");
            case EXT1, EXT2, EXT4 -> throw refused(opcode + " asks for a class by its registered number");
            default -> throw refused("the operation " + opcode + " is for other content than tensors");
        }
    }

    // The stack

    private void push(Pickled value) {
        stack.add(value);
    }

    private Pickled peek() throws CheckpointException {
        int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (stack.size() <= floor) {
            throw broken("takes a value from an empty stack");
        }
        return stack.get(stack.size() - 1);
    }

    private Pickled pop() throws CheckpointException {
        Pickled value = peek();
        stack.remove(stack.size() - 1);
        return value;
    }

    /** POP takes a mark, if that is on top. */
    private void drop() throws CheckpointException {
        if (!marks.isEmpty() && marks.get(marks.size() - 1) == stack.size()) {
            marks.remove(marks.size() - 1);
        } else {
            pop();
        }
    }

    private List<Pickled> popMark() throws CheckpointException {
        if (marks.isEmpty()) {
            throw broken("looks for a mark that isn't there");
        }
        List<Pickled> top = stack.subList(marks.remove(marks.size() - 1), stack.size());
        List<Pickled> items = List.copyOf(top);
        top.clear();
        return items;
    }

    private Tuple tuple(int count) throws CheckpointException {
        Pickled[] items = new Pickled[count];
        for (int i = count - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return new Tuple(List.of(items));
    }

    private Pickled remembered(int index) throws CheckpointException {
        Pickled value = memo.get(index);
        if (value == null) {
            throw broken("asks for remembered value " + index + ", which isn't there");
        }
        return value;
    }

    // Plain values

    private Whole longOf(int bytes) throws CheckpointException {
        if (bytes < 0 || bytes > Long.BYTES) {
            throw broken("expected whole numbers of at most 8 bytes, found one of " + Integer.toUnsignedString(bytes)
                    + " bytes");
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (in.get() & 0xffL) << (8 * i);
        }
        int unused = Long.SIZE - 8 * bytes;
        return new Whole(bytes == 0 ? 0 : (value << unused) >> unused);
    }

    private String text(long bytes) throws CheckpointException {
        if (bytes < 0 || bytes > in.remaining()) {
            throw broken("has a text of " + Long.toUnsignedString(bytes) + " bytes, but only " + in.remaining()
                    + " bytes follow");
        }
        ByteBuffer slice = in.slice(in.position(), (int) bytes);
        in.position(in.position() + (int) bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(where + ": data.pkl has a text at byte " + at + " that isn't UTF-8", e);
        }
    }

    /** A line of plain text, as GLOBAL and INST name what they want. */
    private String line() throws CheckpointException {
        int start = in.position();
        while (in.get() != '\n') {
            if (in.position() - start > 512) {
                throw broken("names a class with more than 512 letters");
            }
        }
        return new String(in.array(), start, in.position() - 1 - start, StandardCharsets.ISO_8859_1);
    }

    private void frame(long bytes) throws CheckpointException {
        if (bytes < 0 || bytes > in.remaining()) {
            throw broken("has a frame of " + Long.toUnsignedString(bytes) + " bytes, but only " + in.remaining()
                    + " bytes follow");
        }
    }

    // Containers

    private void append(List<Pickled> items) throws CheckpointException {
        if (!(peek() instanceof Sequence list)) {
            throw refused("appends to " + peek().kind() + ", which isn't a list");
        }
        list.items().addAll(items);
    }

    private void setItems(List<Pickled> keysAndValues) throws CheckpointException {
        if (!(peek() instanceof Dict dict)) {
            throw refused("sets items of " + peek().kind() + ", which isn't a dict");
        }
        if (keysAndValues.size() % 2 != 0) {
            throw broken("sets a key without a value");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            Pickled key = keysAndValues.get(i);
            if (!(key instanceof Text || key instanceof Whole || key instanceof Real || key instanceof Constant)) {
                throw refused("uses " + key.kind() + " as a dict's key");
            }
            if (dict.items().put(key, keysAndValues.get(i + 1)) != null) {
                throw broken("sets the key "
                        + (key instanceof Text text ? CheckpointException.quote(text.value()) : key.kind()) + " twice");
            }
        }
    }

    // What would be calls

    private Pickled global(String module, String name) throws CheckpointException {
        if (module.equals("torch") && StorageType.ofClass(name).isPresent()) {
            return StorageType.ofClass(name).get();
        }
        return Arrays.stream(Callable.values())
                .filter(callable -> callable.is(module, name))
                .findFirst()
                .orElseThrow(() -> refused("it refers to " + dotted(module, name)));
    }

    private void stackGlobal() throws CheckpointException {
        if (!(pop() instanceof Text name) || !(pop() instanceof Text module)) {
            throw broken("names a class by something that isn't a text");
        }
        push(global(module.value(), name.value()));
    }

    private void reduce() throws CheckpointException {
        if (!(pop() instanceof Tuple arguments) || !(pop() instanceof Callable function)) {
            throw refused("calls something that isn't a function of the state dict's format");
        }
        List<Pickled> given = arguments.items();
        switch (function) {
            case ORDERED_DICT -> {
                if (!given.isEmpty()) {
                    throw refused("calls OrderedDict with " + given.size() + " arguments instead of none");
                }
                push(new Dict(true));
            }
            case SIZE -> {
                if (given.size() != 1 || !(given.get(0) instanceof Tuple)) {
                    throw broken("calls torch.Size with other arguments than one tuple");
                }
                push(given.get(0));
            }
            case REBUILD_PARAMETER -> {
                if (given.size() != 3 || !(given.get(0) instanceof Tensor)) {
                    throw broken("calls _rebuild_parameter with other arguments than a tensor and two settings");
                }
                push(given.get(0));
            }
            case REBUILD_TENSOR -> push(tensor(given));
        }
    }

    private Tensor tensor(List<Pickled> given) throws CheckpointException {
        if (given.size() < 4
                || given.size() > 7
                || !(given.get(0) instanceof Storage storage)
                || !(given.get(1) instanceof Whole offset)
                || !(given.get(2) instanceof Tuple sizes)
                || !(given.get(3) instanceof Tuple strides)) {
            throw broken("calls _rebuild_tensor_v2 with other arguments than storage, offset, sizes, strides");
        }
        return new Tensor(storage, offset.value(), numbers(sizes), numbers(strides));
    }

    private List<Long> numbers(Tuple tuple) throws CheckpointException {
        if (tuple.items().size() > MAX_RANK) {
            throw broken(
                    "has a tensor of " + tuple.items().size() + " dimensions; at most " + MAX_RANK + " are expected");
        }
        List<Long> numbers = new ArrayList<>();
        for (Pickled item : tuple.items()) {
            if (!(item instanceof Whole number)) {
                throw broken("has a tensor with " + item.kind() + " among its sizes");
            }
            numbers.add(number.value());
        }
        return List.copyOf(numbers);
    }

    /** {@code ('storage', class, key, location, count)}; where the elements once were doesn't matter. */
    private Storage storage(Pickled id) throws CheckpointException {
        if (!(id instanceof Tuple tuple)
                || tuple.items().size() != 5
                || !tuple.items().get(0).equals(new Text("storage"))
                || !(tuple.items().get(1) instanceof StorageType type)
                || !(tuple.items().get(2) instanceof Text key)
                || !(tuple.items().get(3) instanceof Text)
                || !(tuple.items().get(4) instanceof Whole count)) {
            throw refused("has a persistent object that isn't a storage");
        }
        if (!key.value().matches("[0-9A-Za-z_]{1,64}")) {
            throw broken("names a storage " + CheckpointException.quote(key.value()) + "; expected a number");
        }
        return new Storage(type, key.value(), count.value());
    }

    /** An OrderedDict may carry the attribute {@code _metadata}: versions of modules, which don't matter here. */
    private void build() throws CheckpointException {
        Pickled state = pop();
        boolean metadata = peek() instanceof Dict target
                && target.ordered()
                && state instanceof Dict attributes
                && attributes.items().keySet().equals(Set.of(new Text("_metadata")));
        if (!metadata) {
            throw refused("BUILD sets attributes of " + peek().kind() + " other than a state dict's _metadata");
        }
    }

    // Messages

    private static String dotted(String module, String name) {
        String both = CheckpointException.quote(module + "." + name);
        return both.substring(1, both.length() - 1);
    }

    private CheckpointException refused(String what) {
        return new CheckpointException(
                where + ": refused at byte " + at + " of data.pkl" + near() + ": " + what + ADVICE);
    }

    private CheckpointException broken(String what) {
        return new CheckpointException(
                where + ": data.pkl is no valid state dict: " + what + " (byte " + at + near() + ")");
    }

    /** The text on top of the stack is, most often, the key whose value is being read. */
    private String near() {
        for (int i = stack.size() - 1; i >= 0; i--) {
            if (stack.get(i) instanceof Text text) {
                return ", after " + CheckpointException.quote(text.value());
            }
        }
        return "";
    }
}
