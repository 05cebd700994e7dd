/**
 * Network parameters by name, and the files that hold them.
 *
 * <pre>
 *   FILE.pt = zip: NAME/data.pkl      a pickle: the names, and views of storages    Unpickler -> Pickled
 *                  NAME/data/0 ...    the storages' elements                        read when a parameter is asked
 *
 *   StateDict parameters = CheckpointReader.read(Path.of("model_best.pt"));
 *   CheckpointWriter.write(Path.of("copy.pt"), parameters);     // torch.load("copy.pt") reads it
 * </pre>
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>The pickle is interpreted by a machine of our own with an allow-list of four functions, not filtered and then
 *       given to a library: a pickle is a program, and people exchange checkpoints by mail. What is refused is named. A
 *       format without programs (safetensors) becoming usual would make this a converter's job.
 *   <li>Elements stay in the file, which is opened for every reading and closed again: 325 MB networks need no heap, and
 *       no state dict has to be closed. Each reading makes sure that the file is the same. Reading thousands of small
 *       parameters over and over would be faster with the file kept open.
 *   <li>Checksums of all storages are verified once, while reading: a damaged file is an error with a name, not noise in
 *       a picture. That reads the file twice in all.
 *   <li>java.util.zip opens the archive, after a look at its end: it keeps the list of entries in memory, so its size
 *       must be known, and it doesn't say when two entries have one name or a checksum is wrong, so we do.
 *   <li>Written checkpoints have protocol 2, one stored entry per parameter and no metadata: the least that every
 *       PyTorch since 1.6 reads, with {@code weights_only} too.
 * </ul>
 */
package io.nocturne.inference.checkpoint;
