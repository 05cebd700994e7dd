package io.nocturne.inference.checkpoint;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes parameters as a checkpoint that {@code torch.load} reads, with {@code weights_only} too, and
 * {@link CheckpointReader} gives back bit for bit: what was imported or trained here can go on elsewhere.
 */
public final class CheckpointWriter {
    private static final String FOLDER = "archive/";

    private CheckpointWriter() {}

    /**
     * Writes a checkpoint, under another name first: the file is there whole or not at all. An older one is replaced.
     *
     * @throws IOException if it can't be written, or a parameter can't be read
     */
    public static void write(Path file, StateDict parameters) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (ZipOutputStream zip =
                    new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(part), 1 << 16))) {
                PickleWriter pickle = new PickleWriter();
                for (int i = 0; i < parameters.names().size(); i++) {
                    pickle.tensor(parameters.find(parameters.names().get(i)).orElseThrow(), Integer.toString(i));
                }
                byte[] program = pickle.finish();
                entry(zip, "data.pkl", program.length, out -> out.write(program));
                int i = 0;
                for (String name : parameters.names()) {
                    Parameter parameter = parameters.find(name).orElseThrow();
                    entry(zip, "data/" + i++, parameter.content().byteCount(), parameter.content()::writeTo);
                }
                byte[] version = "3\n".getBytes(StandardCharsets.US_ASCII);
                entry(zip, "version", version.length, out -> out.write(version));
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** PyTorch maps entries into memory, so they aren't compressed; their checksums must then be known beforehand. */
    private static void entry(ZipOutputStream zip, String name, long bytes, Content content) throws IOException {
        CRC32 crc = new CRC32();
        content.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
        ZipEntry entry = new ZipEntry(FOLDER + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setTime(0);
        entry.setSize(bytes);
        entry.setCompressedSize(bytes);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        content.writeTo(zip);
        zip.closeEntry();
    }
}
