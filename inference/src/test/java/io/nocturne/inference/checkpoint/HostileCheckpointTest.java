package io.nocturne.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files made to harm: each is refused in words, quickly, in little memory, and does nothing else. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HostileCheckpointTest {
    /** The largest pickle, a million small values, and room. */
    private static final long MOST_BYTES = 256L << 20;

    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int END_BYTES = 22;

    @TempDir
    Path folder;

    @Test
    void hundredsOfHostilePicklesAreRefusedInWordsAndLittleMemory() throws Exception {
        Map<String, byte[]> corpus = HostilePickles.all();
        assertThat(corpus).hasSizeGreaterThan(200);
        long worst = 0;
        for (Map.Entry<String, byte[]> hostile : corpus.entrySet()) {
            Path file = Checkpoints.write(folder.resolve("x.pt"), hostile.getValue(), new float[HostilePickles.STORED]);
            long before = allocated();
            assertThatThrownBy(() -> CheckpointReader.read(file))
                    .as(hostile.getKey())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith(file.toString())
                    .satisfies(e ->
                            assertThat(e.getMessage()).hasSizeLessThan(1500).doesNotContainPattern("[\\x00-\\x1f]"));
            long used = allocated() - before;
            assertThat(used).as("bytes taken by " + hostile.getKey()).isLessThan(MOST_BYTES);
            worst = Math.max(worst, used);
        }
        assertThat(worst).isPositive();
        System.out.printf("%d hostile pickles; the greediest took %.1f MB%n", corpus.size(), worst / 1e6);
        onlyTheFileIsThere();
    }

    @Test
    void whateverCouldCallIsRefusedByItsName() throws Exception {
        byte[] pickle = PickleScript.stateDict()
                .text("conv_first.weight")
                .global("posix", "system")
                .text("touch canary")
                .op(Opcode.TUPLE1, Opcode.REDUCE)
                .endDict();
        Path file = Checkpoints.write(folder.resolve("x.pt"), pickle);
        assertThatThrownBy(() -> CheckpointReader.read(file))
                .hasMessageContaining(
                        "refused at byte 52 of data.pkl, after 'conv_first.weight': it refers to posix.system");
    }

    @Test
    void anArchiveThatUnpacksToFarMoreThanItIsIsRefusedUnread() throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(
                "archive/data.pkl",
                PickleScript.stateDict().text("w").vector("0", 25 << 20).endDict());
        entries.put("archive/data/0", new byte[100 << 20]);
        Path file = Checkpoints.zip(folder.resolve("x.pt"), entries, ZipEntry.DEFLATED);
        assertThat(Files.size(file)).isLessThan(200_000);
        long before = allocated();
        assertThatThrownBy(() -> CheckpointReader.read(file)).hasMessageContaining("would unpack to");
        assertThat(allocated() - before).isLessThan(16L << 20);
    }

    @Test
    void aPickleTooLargeIsRefusedUnread() throws Exception {
        Map<String, byte[]> entries = Map.of("archive/data.pkl", new byte[CheckpointReader.MAX_PICKLE_BYTES + 1]);
        Path file = Checkpoints.zip(folder.resolve("x.pt"), entries, ZipEntry.DEFLATED);
        assertThatThrownBy(() -> CheckpointReader.read(file)).hasMessageContaining("at most 8388608");
    }

    @Test
    void namesOfEntriesAreNeverUsedAsPaths() throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (String name : new String[] {
            "../escaped", "/tmp/../escaped", "archive/../../escaped", "archive/data/../0", "C:\\escaped"
        }) {
            entries.put(name, new byte[] {1});
        }
        entries.put(
                "archive/data.pkl",
                PickleScript.stateDict().text("w").vector("0", 1).endDict());
        entries.put("archive/data/0", Checkpoints.bytes(7));
        Path file = Checkpoints.zip(folder.resolve("x.pt"), entries, ZipEntry.STORED);
        assertThat(CheckpointReader.read(file).find("w").orElseThrow().floats()).containsExactly(7);
        onlyTheFileIsThere();

        entries.put("../data.pkl", entries.get("archive/data.pkl"));
        Path two = Checkpoints.zip(folder.resolve("x.pt"), entries, ZipEntry.STORED);
        assertThatThrownBy(() -> CheckpointReader.read(two))
                .hasMessageContaining("expected one entry NAME/data.pkl, found 2");
    }

    @Test
    void twoEntriesOfOneNameAreRefused() throws Exception {
        byte[] pickle = PickleScript.stateDict().text("w").vector("0", 1).endDict();
        Path file = Checkpoints.write(folder.resolve("x.pt"), pickle, new float[] {1}, new float[] {2});
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, text.replace("archive/data/1", "archive/data/0"), StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> CheckpointReader.read(file))
                .hasMessageContaining("two entries named 'archive/data/0'");
    }

    @Test
    void aFileThatWasCutOffAnywhereIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(valid());
        Path file = folder.resolve("x.pt");
        for (int length = 1; length < whole.length; length += length < whole.length - 40 ? 17 : 1) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> CheckpointReader.read(file))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void aWrongChecksumIsFoundBeforeAnyElementIsUsed() throws Exception {
        Path file = valid();
        byte[] bytes = Files.readAllBytes(file);
        String oneAndTwo = new String(Checkpoints.bytes(1, 2), StandardCharsets.ISO_8859_1);
        int element = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(oneAndTwo);
        bytes[element + 5] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> CheckpointReader.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'archive/data/0' has the checksum");
    }

    @Test
    void liesInTheListOfEntriesAreRefusedOrHarmless() throws Exception {
        Path file = valid();
        byte[] whole = Files.readAllBytes(file);
        ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        int end = whole.length - END_BYTES;
        int first = bytes.getInt(end + 16);
        assertThat(bytes.getInt(first)).isEqualTo(CENTRAL_HEADER);
        int[] lies = {0, 1, 46, 0x7fff, 0xffff, 0x10000, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -2};
        int[] inEnd = {4, 6, 8, 10, 12, 16};
        int[] inEntry = {4, 6, 8, 10, 16, 20, 24, 28, 30, 32, 34, 36, 42};
        for (int lie : lies) {
            for (int field : inEnd) {
                readsOrRefuses(file, whole, end + field, lie);
            }
            for (int field : inEntry) {
                readsOrRefuses(file, whole, first + field, lie);
            }
        }
    }

    private void readsOrRefuses(Path file, byte[] whole, int at, int lie) throws Exception {
        byte[] changed = whole.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, lie);
        Files.write(file, changed);
        long before = allocated();
        assertThatCode(() -> readAll(file))
                .as("%d at %d of %d", lie, at, whole.length)
                .doesNotThrowAnyException();
        assertThat(allocated() - before).isLessThan(32L << 20);
    }

    /** A file that isn't refused must be right in every element. */
    private static void readAll(Path file) throws Exception {
        StateDict read;
        try {
            read = CheckpointReader.read(file);
        } catch (CheckpointException refused) {
            return;
        }
        assertThat(read.find("w").orElseThrow().floats())
                .hasSize(HostilePickles.STORED)
                .startsWith(1, 2, 3);
    }

    @Test
    void aListOfEntriesBeyondReasonIsRefusedUnread() throws Exception {
        Path file = valid();
        byte[] whole = Files.readAllBytes(file);
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putInt(whole.length - 10, 5 << 20);
        Files.write(file, whole);
        assertThatThrownBy(() -> CheckpointReader.read(file)).hasMessageContaining("list of entries of 5242880 bytes");
    }

    private Path valid() throws Exception {
        byte[] pickle = PickleScript.stateDict()
                .text("w")
                .vector("0", HostilePickles.STORED)
                .endDict();
        return Checkpoints.write(
                folder.resolve("x.pt"), pickle, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, new float[] {3});
    }

    private void onlyTheFileIsThere() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("x.pt"));
        }
        assertThat(Path.of("canary")).doesNotExist();
        assertThat(folder.resolveSibling("escaped")).doesNotExist();
    }

    private static long allocated() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
