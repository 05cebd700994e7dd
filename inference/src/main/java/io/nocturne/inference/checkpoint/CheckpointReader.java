package io.nocturne.inference.checkpoint;

import io.nocturne.inference.checkpoint.Pickled.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads what {@code torch.save(model.state_dict(), FILE)} writes since PyTorch 1.6: a zip file with a pickle and one
 * entry per storage.
 *
 * <p>Files may come from anywhere: nothing that the pickle names is looked up, loaded or called, and reading takes a
 * bounded amount of memory and time (limits in {@link CheckpointArchive}, {@link Unpickler} and here). Checksums of all
 * storages are verified while reading; the elements themselves stay on disk until a parameter is asked for them.
 */
public final class CheckpointReader {
    /** Largest pickle; the largest UniFMIR network's has 150 KB. */
    static final int MAX_PICKLE_BYTES = 8 << 20;

    static final int MAX_PARAMETERS = 10_000;

    static final int LONGEST_NAME = 512;

    private CheckpointReader() {}

    /**
     * Reads a checkpoint: a state dict, or a dict with one in it, as training programs save them. A {@code module.} in
     * front of all names is taken off. Where tensors once were (CPU, which GPU) doesn't matter.
     *
     * @throws CheckpointException if the file isn't one, is damaged, or holds what no state dict needs; the message says
     *     what was expected, what was found, and where
     * @throws IOException if the file can't be read
     */
    public static StateDict read(Path file) throws CheckpointException, IOException {
        ForeignFile.refuse(file);
        CheckpointArchive archive = CheckpointArchive.open(file);
        String folder = folder(archive);
        byte[] pickle = archive.read(folder + "data.pkl", MAX_PICKLE_BYTES);
        Map<String, Tensor> tensors =
                StateDictSearch.tensors(file.toString(), new Unpickler(file.toString(), pickle).load());
        if (tensors.size() > MAX_PARAMETERS) {
            throw new CheckpointException(
                    file + " has " + tensors.size() + " parameters; at most " + MAX_PARAMETERS + " are expected");
        }
        List<Parameter> parameters = new ArrayList<>();
        Set<String> entries = new LinkedHashSet<>();
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            String name = tensor.getKey();
            if (name.isEmpty() || name.length() > LONGEST_NAME) {
                throw new CheckpointException(file + ": expected names of 1 to " + LONGEST_NAME + " letters, found "
                        + CheckpointException.quote(name));
            }
            String entry = folder + "data/" + tensor.getValue().storage().key();
            parameters.add(StoredParameter.of(archive, entry, name, tensor.getValue()));
            entries.add(entry);
        }
        archive.verify(entries);
        return StateDict.of(file.getFileName().toString(), parameters);
    }

    /** The one folder of the archive, with its slash. */
    private static String folder(CheckpointArchive archive) throws CheckpointException, IOException {
        Set<String> folders = new TreeSet<>();
        Set<String> others = new TreeSet<>();
        for (String name : archive.names()) {
            int slash = name.indexOf('/');
            if (slash > 0 && name.substring(slash + 1).equals("data.pkl")) {
                folders.add(name.substring(0, slash + 1));
            } else {
                others.add(name);
            }
        }
        if (folders.size() != 1) {
            throw new CheckpointException(archive.file()
                    + " is a zip file, but no PyTorch checkpoint: expected one entry "
                    + "NAME/data.pkl, found " + (folders.isEmpty() ? "none among " : folders.size() + " beside ")
                    + others.stream().limit(4).map(CheckpointException::quote).collect(Collectors.joining(", ")));
        }
        String folder = folders.iterator().next();
        if (archive.size(folder + "constants.pkl").isPresent()
                || others.stream().anyMatch(name -> name.startsWith(folder + "code/"))) {
            throw new CheckpointException(
                    archive.file() + " is a TorchScript program. Take the weights out, in Python: "
                            + "torch.save(torch.jit.load('OLD.pt', map_location='cpu').state_dict(), 'NEW.pt')");
        }
        String byteOrder = folder + "byteorder";
        if (archive.size(byteOrder).isPresent()
                && !new String(archive.read(byteOrder, 64), StandardCharsets.US_ASCII).equals("little")) {
            throw new CheckpointException(
                    archive.file() + " was written by a big-endian machine; save it again on a common PC");
        }
        return folder;
    }
}
