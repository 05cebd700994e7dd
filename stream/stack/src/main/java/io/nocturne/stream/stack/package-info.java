/**
 * Frames at rest: stacks in OME-Zarr, TIFF, NumPy and PNG, and the run folder.
 *
 * <p>To read anything, one line; to write a stack that others may read while it grows, three:
 *
 * <pre>{@code
 * try (StackReader movie = StackReader.open(Path.of("movie.tif"));
 *         OmeZarrWriter out = OmeZarrWriter.create(zarr, Stack.raw(movie.stream()), OmeZarrWriter.Options.DEFAULT)) {
 *     ByteBuffer frame = ByteBuffer.allocateDirect(movie.stream().frame().bytes());
 *     for (long i = 0; i < movie.frames(); i++) {
 *         movie.read(i, frame);
 *         out.write(i, frame);
 *     }
 * }
 * }</pre>
 *
 * <p>How a frame becomes visible:
 *
 * <pre>
 *  frame's thread     .chunk.tmp --rename--> c/T/C/Z/0/0     length = T + 1     (never waits for what follows)
 *                                                                  |
 *  publisher's thread                                    state/c/.. and zarr.json, each temporary + rename,
 *                                                        at most 10 times a second
 * </pre>
 *
 * A reader that trusts the shape sees whole frames only. After a kill, frames renamed in the last tenth of a second lie
 * beyond the shape; {@link io.nocturne.stream.stack.Verify} makes it true again.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Our own Zarr.</b> No Java library on Maven Central resolves, and none writes a chunk by rename. Zarr v3 without
 * sharding is a JSON file and a file per chunk. A library that resolves, renames and takes direct buffers would change our
 * mind.
 *
 * <p><b>One frame, one chunk file.</b> Any reader can look at a growing run, a kill loses nothing that was renamed, and a
 * missing frame is a missing file. The price is a file per frame and, with {@code '/'} in names, four folders; {@code '.'}
 * saves the folders where readers allow. Fixed-slot shards that proved as safe and faster would change our mind.
 *
 * <p><b>CRC-32C on every chunk.</b> One pass over the pixels serves file and ledger, and a flipped byte is found by every
 * reader of the format, not only by ours.
 *
 * <p><b>Shape by a thread of its own.</b> The frame's thread never waits for metadata, and a frame shows within about 0.1 s
 * even if no other follows. A metadata write that fails is tried again and never costs a frame.
 *
 * <p><b>No contrast window in the metadata.</b> OME-Zarr's window would be the type's range, in which low-light images are
 * black; without it viewers choose by content.
 *
 * <p><b>No fsync.</b> What is renamed survives the end of the process, however it ends; what the operating system had not yet
 * written is lost with the power. Recording where power fails often would change our mind: an interval, by option.
 *
 * <p><b>Never mmap.</b> On a full disk a mapped write ends the JVM's method with an error; {@code FileChannel} gives an
 * {@code IOException} that can be explained.
 *
 * <p><b>TIFF read by us, decompressed by a library.</b> Live and scientific stacks are uncompressed, often larger than
 * memory and sometimes damaged: every offset is checked and only one plane is held. LZW, Deflate and PackBits are rare
 * here, and TwelveMonkeys knows them.
 */
package io.nocturne.stream.stack;
