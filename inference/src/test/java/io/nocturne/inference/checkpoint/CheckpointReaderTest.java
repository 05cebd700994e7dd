package io.nocturne.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.inference.graph.ElementType;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointReaderTest {
    @TempDir
    Path folder;

    @Test
    void readsTensorsInTheirOrderWithNamesAndShapes() throws Exception {
        byte[] pickle = PickleScript.stateDict()
                .text("b.weight")
                .tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, new long[] {3, 1})
                .text("a.bias")
                .vector("1", 2)
                .endDict();
        StateDict read = CheckpointReader.read(Checkpoints.write(
                folder.resolve("x.pt"), pickle, new float[] {1, 2, 3, 4, 5, 6}, new float[] {-1, -2}));

        assertThat(read.names()).containsExactly("b.weight", "a.bias");
        assertThat(read.source()).isEqualTo("x.pt");
        assertThat(read.find("b.weight").orElseThrow().shape()).containsExactly(2L, 3L);
        assertThat(read.find("b.weight").orElseThrow().floats()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(read.find("a.bias").orElseThrow().floats()).containsExactly(-1, -2);
        assertThat(read.find("c")).isEmpty();
    }

    @Test
    void viewsOfOneStorageAreCutOutOfItWhateverTheirStrides() throws Exception {
        byte[] pickle = PickleScript.stateDict()
                .text("transposed")
                .tensor("FloatStorage", "0", 12, 0, new long[] {4, 3}, new long[] {1, 4})
                .text("everySecond")
                .tensor("FloatStorage", "0", 12, 1, new long[] {3}, new long[] {4})
                .text("scalar")
                .tensor("FloatStorage", "0", 12, 7, new long[] {}, new long[] {})
                .text("empty")
                .tensor("FloatStorage", "0", 12, 0, new long[] {0, 5}, new long[] {5, 1})
                .endDict();
        float[] storage = {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23};
        StateDict read = CheckpointReader.read(Checkpoints.write(folder.resolve("x.pt"), pickle, storage));

        assertThat(read.find("transposed").orElseThrow().floats())
                .containsExactly(0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23);
        assertThat(read.find("everySecond").orElseThrow().floats()).containsExactly(1, 11, 21);
        assertThat(read.find("scalar").orElseThrow().floats()).containsExactly(13);
        assertThat(read.find("empty").orElseThrow().floats()).isEmpty();
    }

    @Test
    void aLargeTransposedTensorCrossesTheChunksWhole() throws Exception {
        float[] storage = new float[200 * 150];
        for (int i = 0; i < storage.length; i++) {
            storage[i] = i;
        }
        byte[] pickle = PickleScript.stateDict()
                .text("t")
                .tensor("FloatStorage", "0", storage.length, 0, new long[] {150, 200}, new long[] {1, 150})
                .text("whole")
                .tensor("FloatStorage", "0", storage.length, 100, new long[] {199, 150}, new long[] {150, 1})
                .endDict();
        StateDict read = CheckpointReader.read(Checkpoints.write(folder.resolve("x.pt"), pickle, storage));

        float[] transposed = read.find("t").orElseThrow().floats();
        for (int i = 0; i < transposed.length; i++) {
            assertThat(transposed[i]).isEqualTo(i % 200 * 150 + i / 200);
        }
        assertThat(read.find("whole").orElseThrow().floats())
                .startsWith(100, 101)
                .endsWith(29948, 29949);
    }

    @Test
    void otherElementTypesAreWidened() throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        PickleScript script = PickleScript.stateDict();
        String[] types = {"HalfStorage", "LongStorage", "IntStorage", "ByteStorage", "BoolStorage"};
        byte[][] contents = {
            {0, 0x3c, 0, (byte) 0xc0}, // 1, -2
            {3, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1},
            {7, 0, 0, 0, -2, -1, -1, -1},
            {5, (byte) 200},
            {1, 0}
        };
        for (int i = 0; i < types.length; i++) {
            script.text(types[i]).tensor(types[i], "" + i, 2, 0, new long[] {2}, new long[] {1});
            entries.put("m/data/" + i, contents[i]);
        }
        entries.put("m/data.pkl", script.endDict());
        StateDict read = CheckpointReader.read(Checkpoints.zip(folder.resolve("x.pt"), entries, ZipEntry.DEFLATED));

        assertThat(read.find("HalfStorage").orElseThrow().floats()).containsExactly(1, -2);
        assertThat(read.find("LongStorage").orElseThrow().floats()).containsExactly(3, -1);
        assertThat(read.find("IntStorage").orElseThrow().floats()).containsExactly(7, -2);
        assertThat(read.find("ByteStorage").orElseThrow().floats()).containsExactly(5, 200);
        assertThat(read.find("BoolStorage").orElseThrow().floats()).containsExactly(1, 0);
        assertThat(read.find("HalfStorage").orElseThrow().type()).isEqualTo(ElementType.FLOAT16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DoubleStorage", "BFloat16Storage", "ComplexFloatStorage"})
    void typesThatNoNetworkOfOursUsesAreRefusedByNameAndKey(String type) throws Exception {
        byte[] pickle = PickleScript.stateDict()
                .text("w")
                .tensor(type, "0", 1, 0, new long[] {1}, new long[] {1})
                .endDict();
        Path file = Checkpoints.write(folder.resolve("x.pt"), pickle, new float[] {1, 2});
        assertThatThrownBy(() -> CheckpointReader.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'w'")
                .hasMessageContaining(type)
                .hasMessageContaining("model.float()");
    }

    @Test
    void thePrefixOfDataParallelIsTakenOffIfAllNamesHaveIt() throws Exception {
        byte[] all = PickleScript.stateDict()
                .text("module.a")
                .vector("0", 1)
                .text("module.b")
                .vector("0", 1)
                .endDict();
        byte[] some = PickleScript.stateDict()
                .text("module.a")
                .vector("0", 1)
                .text("b")
                .vector("0", 1)
                .endDict();
        assertThat(CheckpointReader.read(Checkpoints.write(folder.resolve("all.pt"), all, new float[1]))
                        .names())
                .containsExactly("a", "b");
        assertThat(CheckpointReader.read(Checkpoints.write(folder.resolve("some.pt"), some, new float[1]))
                        .names())
                .containsExactly("module.a", "b");
    }

    @Test
    void theStateDictOfATrainingProgramIsFoundInItsDict() throws Exception {
        byte[] pickle = PickleScript.protocol(2)
                .op(Opcode.EMPTY_DICT, Opcode.MARK)
                .text("epoch")
                .number(7)
                .text("optimizer")
                .op(Opcode.EMPTY_DICT)
                .text("state_dict")
                .orderedDict()
                .op(Opcode.MARK)
                .text("w")
                .vector("0", 2)
                .op(Opcode.SETITEMS)
                .text("lr")
                .op(Opcode.BINFLOAT)
                .int64(0)
                .endDict();
        StateDict read = CheckpointReader.read(Checkpoints.write(folder.resolve("x.pt"), pickle, new float[] {4, 5}));
        assertThat(read.find("w").orElseThrow().floats()).containsExactly(4, 5);
    }

    @Test
    void severalStateDictsOrNoneAreNamed() throws Exception {
        PickleScript two = PickleScript.protocol(2).op(Opcode.EMPTY_DICT, Opcode.MARK);
        for (String name : List.of("generator", "discriminator")) {
            two.text(name)
                    .orderedDict()
                    .op(Opcode.MARK)
                    .text("w")
                    .vector("0", 1)
                    .op(Opcode.SETITEMS);
        }
        Path ambiguous = Checkpoints.write(folder.resolve("two.pt"), two.endDict(), new float[1]);
        assertThatThrownBy(() -> CheckpointReader.read(ambiguous))
                .hasMessageContaining("found 2: 'generator', 'discriminator'");

        byte[] none = PickleScript.protocol(2)
                .op(Opcode.EMPTY_DICT, Opcode.MARK)
                .text("epoch")
                .number(3)
                .endDict();
        Path empty = Checkpoints.write(folder.resolve("none.pt"), none);
        assertThatThrownBy(() -> CheckpointReader.read(empty))
                .hasMessageContaining("expected tensors by name, found 'epoch' with a number");
    }

    @Test
    void parametersAndMetadataOfModulesAreUnderstood() throws Exception {
        PickleScript script = PickleScript.stateDict().text("w");
        script.global("torch._utils", "_rebuild_parameter")
                .op(Opcode.MARK)
                .vector("0", 1)
                .op(Opcode.NEWTRUE);
        script.orderedDict().op(Opcode.TUPLE, Opcode.REDUCE, Opcode.SETITEMS);
        script.op(Opcode.EMPTY_DICT).text("_metadata").orderedDict().op(Opcode.SETITEM, Opcode.BUILD, Opcode.STOP);
        StateDict read =
                CheckpointReader.read(Checkpoints.write(folder.resolve("x.pt"), script.toBytes(), new float[] {3}));
        assertThat(read.find("w").orElseThrow().floats()).containsExactly(3);
    }

    @Test
    void newerProtocolsNameFunctionsOnTheStackAndRememberWithoutNumbers() throws Exception {
        PickleScript script = PickleScript.protocol(4).op(Opcode.FRAME).int64(20);
        script.op(Opcode.EMPTY_DICT, Opcode.MEMOIZE, Opcode.SHORT_BINUNICODE)
                .raw(1, 'w')
                .op(Opcode.MEMOIZE);
        script.text("torch._utils").text("_rebuild_tensor_v2").op(Opcode.STACK_GLOBAL, Opcode.MEMOIZE, Opcode.MARK);
        script.op(Opcode.MARK)
                .text("storage")
                .text("torch")
                .text("FloatStorage")
                .op(Opcode.STACK_GLOBAL);
        script.text("0").text("cpu").op(Opcode.BININT1).raw(2).op(Opcode.TUPLE, Opcode.BINPERSID);
        script.op(Opcode.BININT1).raw(0).op(Opcode.BININT1).raw(2).op(Opcode.TUPLE1);
        script.op(Opcode.BININT1).raw(1).op(Opcode.TUPLE1, Opcode.NEWFALSE).orderedDict();
        script.op(Opcode.TUPLE, Opcode.REDUCE, Opcode.SETITEM, Opcode.STOP);
        StateDict read =
                CheckpointReader.read(Checkpoints.write(folder.resolve("x.pt"), script.toBytes(), new float[] {8, 9}));
        assertThat(read.find("w").orElseThrow().floats()).containsExactly(8, 9);
    }

    @Test
    void foreignFilesAreRecognisedByTheirContent() throws Exception {
        refused("gone", new byte[0], "the file is empty");
        refused("gz", new byte[] {0x1f, (byte) 0x8b, 8, 0}, "gunzip");
        refused("html", "<!DOCTYPE html><html>".getBytes(StandardCharsets.UTF_8), "web page");
        refused("lfs", "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8), "git lfs pull");
        refused("keras", new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n'}, "HDF5");
        refused("safe", "\n\0\0\0\0\0\0\0{\"a\":{}}  ".getBytes(StandardCharsets.ISO_8859_1), "safetensors");
        refused(
                "pickle",
                PickleScript.protocol(4).op(Opcode.EMPTY_DICT, Opcode.STOP).toBytes(),
                "bare Python pickle");
        byte[] legacy = PickleScript.protocol(2)
                .op(Opcode.LONG1)
                .raw(10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.')
                .toBytes();
        refused("legacy", legacy, "before PyTorch 1.6");
        refused("noise", "no such format".getBytes(StandardCharsets.UTF_8), "found the bytes 6e 6f 20 73");
    }

    private void refused(String name, byte[] content, String because) throws Exception {
        Path file = Files.write(folder.resolve(name), content);
        assertThatThrownBy(() -> CheckpointReader.read(file))
                .as(name)
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(because);
    }

    @Test
    void aTorchScriptArchiveIsRefusedWithTheWayOut() throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("net/data.pkl", PickleScript.stateDict().endDict());
        entries.put("net/code/__torch__.py", new byte[0]);
        entries.put("net/constants.pkl", new byte[0]);
        Path file = Checkpoints.zip(folder.resolve("x.pt"), entries, ZipEntry.DEFLATED);
        assertThatThrownBy(() -> CheckpointReader.read(file)).hasMessageContaining("torch.jit.load");
    }

    @Test
    void aZipFileOfOtherThingsIsRefusedWithWhatItHolds() throws Exception {
        Path file = Checkpoints.zip(folder.resolve("x.npz"), Map.of("arr_0.npy", new byte[8]), ZipEntry.DEFLATED);
        assertThatThrownBy(() -> CheckpointReader.read(file)).hasMessageContaining("none among 'arr_0.npy'");
    }

    @Test
    void aParameterOfAFileThatChangedIsNotReadFromTheWrongBytes() throws Exception {
        byte[] pickle = PickleScript.stateDict().text("w").vector("0", 1).endDict();
        Path file = Checkpoints.write(folder.resolve("x.pt"), pickle, new float[] {3});
        Parameter parameter = CheckpointReader.read(file).find("w").orElseThrow();
        Files.write(file, new byte[] {1, 2, 3});
        assertThatThrownBy(parameter::floats)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("has changed since");
    }

    @Test
    void theReferenceCheckpointsAreReadAsPyTorchWroteThem() throws Exception {
        Path file =
                Path.of(System.getProperty("nocturne.shared", "../shared")).resolve("golden/unifmir/sr/model_best.pt");
        assumeTrue(Files.exists(file), "needs the reference checkpoints");
        StateDict read = CheckpointReader.read(file);
        assertThat(read.names()).hasSize(281).startsWith("conv_first.weight").endsWith("conv_last.bias");
        assertThat(read.find("conv_first.weight").orElseThrow().floats()).startsWith(0.127967f, 0.3707788f);
        assertThat(read.find("conv_last.bias").orElseThrow().floats()).containsExactly(-0.08096402f);
        assertThat(read.find("layers.0.residual_group.blocks.0.attn.relative_position_index")
                        .orElseThrow()
                        .type())
                .isEqualTo(ElementType.INT64);
    }
}
