package io.nocturne.inference.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Pickles that no reader should believe, by name, made from the format's structure: every operation that can call, with
 * every kind of target, in every place where a value can stand; bombs; lies about sizes; broken programs. A reader must
 * refuse each of them. Storage 0 of the archive around them has 12 float32 elements.
 */
final class HostilePickles {
    static final int STORED = 12;

    private static final String[][] TARGETS = {
        {"posix", "system"},
        {"nt", "system"},
        {"os", "system"},
        {"subprocess", "Popen"},
        {"builtins", "eval"},
        {"builtins", "getattr"},
        {"__builtin__", "exec"},
        {"runpy", "_run_code"},
        {"torch", "load"},
        {"torch.hub", "load"},
        {"torch._utils", "_rebuild_tensor"},
        {"torch._utils", "_rebuild_tensor_v2.__globals__"},
        {"numpy.core.multiarray", "scalar"},
        {"_codecs", "encode"},
        {"java.lang.Runtime", "exec"},
        {"io.nocturne.inference.checkpoint.CheckpointWriter", "write"},
        {"", ""},
        {"model.swinir", "SwinIR"},
    };

    private final Map<String, byte[]> pickles = new LinkedHashMap<>();

    private HostilePickles() {}

    /** All of them, by name. */
    static Map<String, byte[]> all() {
        HostilePickles corpus = new HostilePickles();
        corpus.calls();
        corpus.misusedFriends();
        corpus.bombs();
        corpus.lies();
        corpus.shapes();
        corpus.storages();
        corpus.brokenPrograms();
        return corpus.pickles;
    }

    private void add(String name, PickleScript script) {
        add(name, script.toBytes());
    }

    private void add(String name, byte[] pickle) {
        if (pickles.put(name, pickle) != null) {
            throw new IllegalStateException("Two hostile pickles are named " + name);
        }
    }

    // Calls

    private void calls() {
        for (String[] target : TARGETS) {
            ways(target[0], target[1]).forEach((way, call) -> places(call)
                    .forEach((place, pickle) ->
                            add(way + " of " + target[0] + "." + target[1] + " as " + place, pickle)));
        }
        for (int extension : new int[] {0, 1, 255}) {
            places(s -> s.op(Opcode.EXT1).raw(extension)).forEach((p, b) -> add("EXT1 " + extension + " as " + p, b));
            places(s -> s.op(Opcode.EXT2).raw(extension, 1))
                    .forEach((p, b) -> add("EXT2 " + extension + " as " + p, b));
            places(s -> s.op(Opcode.EXT4).int32(-extension))
                    .forEach((p, b) -> add("EXT4 " + extension + " as " + p, b));
        }
    }

    /** Fragments that push what calling a target gives. */
    private static Map<String, UnaryOperator<PickleScript>> ways(String module, String name) {
        String argument = "touch canary";
        Map<String, UnaryOperator<PickleScript>> ways = new LinkedHashMap<>();
        ways.put("GLOBAL", s -> s.global(module, name));
        ways.put("REDUCE", s -> s.global(module, name).text(argument).op(Opcode.TUPLE1, Opcode.REDUCE));
        ways.put("STACK_GLOBAL", s -> s.text(module)
                .text(name)
                .op(Opcode.STACK_GLOBAL)
                .text(argument)
                .op(Opcode.TUPLE1, Opcode.REDUCE));
        ways.put("INST", s -> s.op(Opcode.MARK)
                .text(argument)
                .op(Opcode.INST)
                .line(module)
                .line(name));
        ways.put(
                "OBJ",
                s -> s.op(Opcode.MARK).global(module, name).text(argument).op(Opcode.OBJ));
        ways.put("NEWOBJ", s -> s.global(module, name).text(argument).op(Opcode.TUPLE1, Opcode.NEWOBJ));
        ways.put(
                "NEWOBJ_EX",
                s -> s.global(module, name).text(argument).op(Opcode.TUPLE1, Opcode.EMPTY_DICT, Opcode.NEWOBJ_EX));
        ways.put("BUILD", s -> s.orderedDict()
                .op(Opcode.EMPTY_DICT)
                .text("__setstate__")
                .text(module + "." + name)
                .op(Opcode.SETITEM, Opcode.BUILD));
        return ways;
    }

    /** The places in a checkpoint where a value can stand. */
    private static Map<String, byte[]> places(UnaryOperator<PickleScript> value) {
        Map<String, byte[]> places = new LinkedHashMap<>();
        places.put(
                "everything",
                value.apply(PickleScript.protocol(2)).op(Opcode.STOP).toBytes());
        places.put(
                "a parameter", value.apply(PickleScript.stateDict().text("w")).endDict());
        places.put("a key", value.apply(PickleScript.stateDict()).number(1).endDict());
        places.put(
                "metadata",
                value.apply(PickleScript.stateDict()
                                .text("w")
                                .vector("0", STORED)
                                .op(Opcode.SETITEMS, Opcode.EMPTY_DICT)
                                .text("_metadata"))
                        .op(Opcode.SETITEM, Opcode.BUILD, Opcode.STOP)
                        .toBytes());
        places.put(
                "a value thrown away",
                value.apply(PickleScript.protocol(4))
                        .op(Opcode.MEMOIZE, Opcode.POP)
                        .op(Opcode.EMPTY_DICT, Opcode.MARK)
                        .text("w")
                        .vector("0", STORED)
                        .endDict());
        return places;
    }

    /** What is allowed, used as it isn't meant. */
    private void misusedFriends() {
        for (String[] friend : new String[][] {
            {"collections", "OrderedDict"},
            {"torch._utils", "_rebuild_tensor_v2"},
            {"torch._utils", "_rebuild_parameter"},
            {"torch", "Size"},
            {"torch", "FloatStorage"}
        }) {
            String title = friend[1];
            UnaryOperator<PickleScript> name = s -> s.global(friend[0], friend[1]);
            add(
                    title + " of a text",
                    name.apply(PickleScript.stateDict().text("w"))
                            .text("x")
                            .op(Opcode.TUPLE1, Opcode.REDUCE)
                            .endDict());
            add(
                    title + " of no tuple",
                    name.apply(PickleScript.stateDict().text("w"))
                            .text("x")
                            .op(Opcode.REDUCE)
                            .endDict());
            add(
                    title + " of ten",
                    name.apply(PickleScript.stateDict().text("w"))
                            .numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                            .op(Opcode.REDUCE)
                            .endDict());
            add(
                    title + " itself",
                    name.apply(PickleScript.stateDict().text("w")).endDict());
            add(
                    title + " as key",
                    name.apply(PickleScript.stateDict()).vector("0", STORED).endDict());
            add(
                    title + " built",
                    name.apply(PickleScript.protocol(2)).op(Opcode.EMPTY_DICT, Opcode.BUILD, Opcode.STOP));
            add(
                    title + " as a new object",
                    name.apply(PickleScript.protocol(2)).op(Opcode.EMPTY_TUPLE, Opcode.NEWOBJ, Opcode.STOP));
            add(
                    title + " as a persistent object",
                    name.apply(PickleScript.protocol(2)).op(Opcode.BINPERSID, Opcode.STOP));
            add(
                    title + " appended to",
                    name.apply(PickleScript.protocol(2)).op(Opcode.NONE, Opcode.APPEND, Opcode.STOP));
            add(
                    title + " with items",
                    name.apply(PickleScript.protocol(2)).op(Opcode.NONE, Opcode.NONE, Opcode.SETITEM, Opcode.STOP));
        }
    }

    // Bombs

    private void bombs() {
        for (int copies : new int[] {2, 10, 200}) {
            PickleScript laughs = PickleScript.stateDict()
                    .text("w")
                    .op(Opcode.EMPTY_LIST, Opcode.BINPUT)
                    .raw(0);
            PickleScript tuples = PickleScript.stateDict()
                    .text("w")
                    .op(Opcode.EMPTY_TUPLE, Opcode.BINPUT)
                    .raw(0);
            for (int level = 1; level < 250; level++) {
                laughs.op(Opcode.EMPTY_LIST, Opcode.MARK);
                tuples.op(Opcode.MARK);
                for (int copy = 0; copy < copies; copy++) {
                    laughs.op(Opcode.BINGET).raw(level - 1);
                    tuples.op(Opcode.BINGET).raw(level - 1);
                }
                laughs.op(Opcode.APPENDS, Opcode.BINPUT).raw(level);
                tuples.op(Opcode.TUPLE, Opcode.BINPUT).raw(level);
            }
            add("lists of lists doubling, " + copies, laughs.endDict());
            add("tuples of tuples doubling, " + copies, tuples.endDict());
            add("tuples doubling as key, " + copies, Arrays.copyOf(tuples.toBytes(), tuples.toBytes().length - 2));
        }
        add(
                "a dict within itself",
                PickleScript.protocol(2)
                        .op(Opcode.EMPTY_DICT, Opcode.DUP)
                        .text("a")
                        .op(Opcode.BINPUT)
                        .raw(1)
                        .op(Opcode.POP)
                        .op(Opcode.DUP, Opcode.BINPUT)
                        .raw(0)
                        .text("a")
                        .op(Opcode.BINGET)
                        .raw(0)
                        .op(Opcode.SETITEM, Opcode.POP, Opcode.STOP));
        add(
                "a list within itself",
                PickleScript.protocol(2)
                        .op(Opcode.EMPTY_LIST, Opcode.BINPUT)
                        .raw(0)
                        .op(Opcode.BINGET)
                        .raw(0)
                        .op(Opcode.APPEND, Opcode.STOP));
        for (int depth : new int[] {1000, 100_000}) {
            PickleScript dicts = PickleScript.protocol(2);
            for (int i = 0; i < depth; i++) {
                dicts.op(Opcode.EMPTY_DICT, Opcode.SHORT_BINUNICODE).raw(1, 'a');
            }
            dicts.op(Opcode.NONE);
            for (int i = 0; i < depth; i++) {
                dicts.op(Opcode.SETITEM);
            }
            add("dicts in dicts, " + depth, dicts.op(Opcode.STOP));
            PickleScript nested = PickleScript.protocol(2).op(Opcode.EMPTY_DICT, Opcode.EMPTY_TUPLE);
            for (int i = 0; i < depth; i++) {
                nested.op(Opcode.TUPLE1);
            }
            add("a deep tuple as key, " + depth, nested.op(Opcode.NONE, Opcode.SETITEM, Opcode.STOP));
        }
        for (Opcode flood :
                List.of(Opcode.EMPTY_DICT, Opcode.EMPTY_LIST, Opcode.MARK, Opcode.NONE, Opcode.EMPTY_TUPLE)) {
            byte[] bytes = new byte[CheckpointReader.MAX_PICKLE_BYTES];
            Arrays.fill(bytes, (byte) flood.code());
            bytes[0] = (byte) Opcode.PROTO.code();
            bytes[1] = 2;
            add("a flood of " + flood, bytes);
        }
        PickleScript memoized = PickleScript.protocol(4).op(Opcode.EMPTY_DICT);
        PickleScript duplicated = PickleScript.protocol(4).op(Opcode.EMPTY_DICT);
        PickleScript scattered = PickleScript.protocol(4).op(Opcode.EMPTY_DICT);
        for (int i = 0; i < 1_200_000; i++) {
            memoized.op(Opcode.MEMOIZE);
            duplicated.op(Opcode.DUP);
            scattered.op(Opcode.LONG_BINPUT).int32(i * 0x9E3779B9);
        }
        add("a flood of MEMOIZE", memoized.op(Opcode.STOP));
        add("a flood of DUP", duplicated.op(Opcode.STOP));
        add("a flood of LONG_BINPUT", scattered.op(Opcode.STOP));
    }

    // Lies about lengths

    private void lies() {
        for (int length : new int[] {9, 255}) {
            add(
                    "LONG1 of " + length,
                    PickleScript.protocol(2)
                            .op(Opcode.LONG1)
                            .raw(length)
                            .bytes(new byte[length])
                            .op(Opcode.STOP));
        }
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20}) {
            add(
                    "LONG4 of " + length,
                    PickleScript.protocol(2).op(Opcode.LONG4).int32(length).op(Opcode.STOP));
            add(
                    "BINUNICODE of " + length,
                    PickleScript.protocol(2)
                            .op(Opcode.BINUNICODE)
                            .int32(length)
                            .raw('a')
                            .op(Opcode.STOP));
            add(
                    "BINBYTES of " + length,
                    PickleScript.protocol(3)
                            .op(Opcode.BINBYTES)
                            .int32(length)
                            .raw('a')
                            .op(Opcode.STOP));
        }
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 1000}) {
            add(
                    "FRAME of " + length,
                    PickleScript.protocol(4).op(Opcode.FRAME).int64(length).op(Opcode.EMPTY_DICT, Opcode.STOP));
            add(
                    "BINUNICODE8 of " + length,
                    PickleScript.protocol(4)
                            .op(Opcode.BINUNICODE8)
                            .int64(length)
                            .raw('a')
                            .op(Opcode.STOP));
            add(
                    "BINBYTES8 of " + length,
                    PickleScript.protocol(4)
                            .op(Opcode.BINBYTES8)
                            .int64(length)
                            .raw('a')
                            .op(Opcode.STOP));
            add(
                    "BYTEARRAY8 of " + length,
                    PickleScript.protocol(5)
                            .op(Opcode.BYTEARRAY8)
                            .int64(length)
                            .raw('a')
                            .op(Opcode.STOP));
        }
        add(
                "a text that isn't UTF-8",
                PickleScript.protocol(2)
                        .op(Opcode.BINUNICODE)
                        .int32(2)
                        .raw(0xc0, 0xaf)
                        .op(Opcode.STOP));
        add(
                "a class name without end",
                PickleScript.protocol(2)
                        .op(Opcode.GLOBAL)
                        .bytes("x".repeat(2000).getBytes(StandardCharsets.US_ASCII)));
        add(
                "a parameter twice",
                PickleScript.stateDict()
                        .text("w")
                        .vector("0", STORED)
                        .text("w")
                        .vector("0", STORED)
                        .endDict());
        add(
                "a nameless parameter",
                PickleScript.stateDict().text("").vector("0", STORED).endDict());
        add(
                "a long name",
                PickleScript.stateDict()
                        .text("w".repeat(10_000))
                        .vector("0", STORED)
                        .endDict());
        add(
                "a number as name",
                PickleScript.stateDict().number(3).vector("0", STORED).endDict());
        add(
                "control characters in a name",
                PickleScript.stateDict()
                        .text("\u001b[2J\r\n\u0000")
                        .op(Opcode.NONE)
                        .endDict());
    }

    private void shapes() {
        long[][][] views = {
            {{0}, {-1}, {1}},
            {{0}, {Long.MIN_VALUE}, {1}},
            {{0}, {12}, {-1}},
            {{11}, {12}, {-1}},
            {{0}, {13}, {1}},
            {{1}, {12}, {1}},
            {{12}, {1}, {1}},
            {{-1}, {1}, {1}},
            {{Long.MAX_VALUE}, {1}, {1}},
            {{Long.MIN_VALUE}, {1}, {1}},
            {{0}, {Long.MAX_VALUE}, {1}},
            {{0}, {Long.MAX_VALUE}, {0}},
            {{0}, {2}, {Long.MAX_VALUE}},
            {{0}, {3}, {Long.MAX_VALUE}},
            {{0}, {1L << 32, 1L << 32}, {0, 0}},
            {{0}, {1L << 31, 1L << 31, 4}, {0, 0, 0}},
            {{0}, {-1, -12}, {1, 1}},
            {{0}, {13}, {0}},
            {{0}, {2, 12}, {0, 1}},
            {{0}, {4, 4}, {1, 1}},
            {{0}, {3, 5}, {2, 1}},
            {{0}, {12}, {}},
            {{0}, {}, {1}},
            {{0}, {3, 4}, {4}},
            {{13}, {0}, {1}},
            {{0}, {1L << 40}, {0}},
            {{0}, {1 << 30}, {0}},
            {{0}, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
            {{12}, {}, {}},
            {{0}, {12}, {2}},
            {{0}, {0, -1}, {1, 1}},
            {{0}, {Long.MAX_VALUE, 0, Long.MAX_VALUE}, {1, 1, 1}}
        };
        for (long[][] view : views) {
            String name = "view " + Arrays.deepToString(view);
            add(
                    name,
                    PickleScript.stateDict()
                            .text("w")
                            .tensor("FloatStorage", "0", STORED, view[0][0], view[1], view[2])
                            .endDict());
        }
    }

    private void storages() {
        for (long count : new long[] {-1, 0, 11, 13, 1L << 31, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE}) {
            add(
                    "a storage of " + count,
                    PickleScript.stateDict()
                            .text("w")
                            .tensor("FloatStorage", "0", count, 0, new long[] {1}, new long[] {1})
                            .endDict());
        }
        for (String type : List.of(
                "HalfStorage",
                "LongStorage",
                "ByteStorage",
                "DoubleStorage",
                "QInt8Storage",
                "UntypedStorage",
                "Tensor")) {
            add(
                    "a storage of type " + type,
                    PickleScript.stateDict()
                            .text("w")
                            .tensor(type, "0", STORED, 0, new long[] {1}, new long[] {1})
                            .endDict());
        }
        for (String key : List.of(
                "",
                "1",
                "-1",
                "00",
                "../data/0",
                "/etc/passwd",
                "C:\\secret",
                "0/../0",
                "0\u0000",
                "9".repeat(100),
                "~",
                "%2e%2e",
                ".")) {
            add(
                    "a storage in entry " + key,
                    PickleScript.stateDict().text("w").vector(key, STORED).endDict());
        }
        PickleScript id = PickleScript.stateDict().text("w");
        add("a persistent text", id.text("0").op(Opcode.BINPERSID).endDict());
        add(
                "a persistent tuple of numbers",
                PickleScript.stateDict()
                        .text("w")
                        .numbers(1, 2, 3, 4, 5)
                        .op(Opcode.BINPERSID)
                        .endDict());
        add(
                "a persistent object of another kind",
                PickleScript.stateDict()
                        .text("w")
                        .op(Opcode.MARK)
                        .text("module")
                        .global("torch", "FloatStorage")
                        .text("0")
                        .text("cpu")
                        .number(STORED)
                        .op(Opcode.TUPLE, Opcode.BINPERSID)
                        .endDict());
        add(
                "a storage without tensor",
                PickleScript.stateDict()
                        .text("w")
                        .storage("FloatStorage", "0", STORED)
                        .endDict());
        add("PERSID", PickleScript.protocol(2).op(Opcode.PERSID).line("0").op(Opcode.STOP));
    }

    // Broken programs

    private void brokenPrograms() {
        for (Opcode opcode : Opcode.values()) {
            add(
                    opcode + " on nothing",
                    PickleScript.protocol(2)
                            .op(opcode)
                            .raw(0, 0, 0, 0, 0, 0, 0, 0)
                            .op(Opcode.STOP));
            add(
                    opcode + " above a mark",
                    PickleScript.protocol(4)
                            .op(Opcode.NONE, Opcode.NONE, Opcode.MARK, opcode)
                            .raw('0', '\n', '0', '\n')
                            .op(Opcode.STOP));
            add(opcode + " at the end", PickleScript.protocol(5).op(Opcode.EMPTY_DICT, opcode));
        }
        for (int code : new int[] {0x00, 0x01, 0x20, 0x7f, 0x99, 0xc0, 0xff}) {
            add("the byte " + code, PickleScript.protocol(2).raw(code).op(Opcode.STOP));
        }
        for (int protocol : new int[] {0, 1, 6, 127, 255}) {
            add("protocol " + protocol, PickleScript.protocol(protocol).op(Opcode.EMPTY_DICT, Opcode.STOP));
        }
        add("nothing at all", new byte[0]);
        add("text of protocol 0", "(dp0\n.".getBytes(StandardCharsets.US_ASCII));
        byte[] valid = PickleScript.stateDict().text("w").vector("0", STORED).endDict();
        for (int end = 1; end < valid.length; end += 5) {
            add("cut after " + end, Arrays.copyOf(valid, end));
        }
        add(
                "more after the end",
                PickleScript.protocol(2)
                        .bytes(Arrays.copyOfRange(valid, 2, valid.length))
                        .bytes(valid));
    }
}
