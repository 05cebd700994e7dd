package io.nocturne.inference.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Recognises, by their first bytes, files that people take for PyTorch zip checkpoints, and says what to do with them. */
final class ForeignFile {
    private static final int HEAD = 512;

    /** How pickles of torch.save before version 1.6 begin: protocol 2, and a number of ten bytes. */
    private static final byte[] LEGACY = {
        (byte) 0x80,
        2,
        (byte) 0x8a,
        10,
        0x6c,
        (byte) 0xfc,
        (byte) 0x9c,
        0x46,
        (byte) 0xf9,
        0x20,
        0x6a,
        (byte) 0xa8,
        0x50,
        0x19
    };

    private ForeignFile() {}

    /**
     * Makes sure that a file begins like a zip file.
     *
     * @throws CheckpointException that says what it is instead
     */
    static void refuse(Path file) throws CheckpointException, IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        }
        if (!startsWith(head, 'P', 'K', 3, 4)) {
            throw new CheckpointException(file + " is no PyTorch zip checkpoint: " + describe(head, Files.size(file)));
        }
    }

    private static String describe(byte[] head, long length) {
        if (head.length == 0) {
            return "the file is empty";
        }
        if (startsWith(head, LEGACY) || contains(head, 257, "ustar")) {
            return "it has the older format of torch.save, from before PyTorch 1.6. Save it anew, in Python: "
                    + "torch.save(torch.load('OLD.pt', map_location='cpu', weights_only=True), 'NEW.pt')";
        }
        if (head[0] == (byte) 0x80 && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
            return "it is a bare Python pickle. Load it where it comes from and trust is due, and save the weights with "
                    + "torch.save(model.state_dict(), 'NEW.pt')";
        }
        if (isSafetensors(head, length)) {
            return "it is a safetensors file. Convert it, in Python: "
                    + "torch.save(safetensors.torch.load_file('OLD.safetensors'), 'NEW.pt')";
        }
        if (startsWith(head, 0x1f, 0x8b)) {
            return "it is compressed with gzip. Unpack it first: gunzip FILE.gz";
        }
        if (startsWith(head, 0x89, 'H', 'D', 'F')) {
            return "it is an HDF5 file, as Keras writes them; UniFMIR's weights are PyTorch's";
        }
        if (startsWith(head, 8)
                && new String(head, StandardCharsets.ISO_8859_1).matches("(?s).{1,200}(ytorch|onnx|tf2).*")) {
            return "it looks like an ONNX model, which needs no import: use it with --model FILE.onnx";
        }
        String text = new String(head, StandardCharsets.ISO_8859_1).stripLeading();
        if (text.startsWith("<")) {
            return "it is a web page; the download gave a page in place of the file";
        }
        if (text.startsWith("version https://git-lfs")) {
            return "it is a git-lfs pointer; fetch the file itself with: git lfs pull";
        }
        if (startsWith(head, 'P', 'K')) {
            return "it is an empty or split zip file";
        }
        return "expected a zip file (first bytes 50 4b 03 04), found the bytes " + hex(head);
    }

    /** A length, and a JSON object of that length. */
    private static boolean isSafetensors(byte[] head, long length) {
        if (head.length < 9 || head[8] != '{') {
            return false;
        }
        long header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return header > 1 && header <= length - 8;
    }

    private static boolean startsWith(byte[] head, int... bytes) {
        byte[] wanted = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            wanted[i] = (byte) bytes[i];
        }
        return startsWith(head, wanted);
    }

    private static boolean startsWith(byte[] head, byte[] wanted) {
        return head.length >= wanted.length && Arrays.equals(head, 0, wanted.length, wanted, 0, wanted.length);
    }

    private static boolean contains(byte[] head, int at, String text) {
        return head.length >= at + text.length()
                && new String(head, at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
    }

    private static String hex(byte[] head) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(8, head.length); i++) {
            hex.append(String.format("%s%02x", i == 0 ? "" : " ", head[i]));
        }
        return hex.toString();
    }
}
