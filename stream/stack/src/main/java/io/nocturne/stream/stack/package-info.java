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
 *  frame's thread      append to the shard, then rewrite its index      length = T + 1     (never waits for what follows)
 *                      (or: .chunk.tmp --rename--> c/T/C/Z/0/0)              |
 *  publisher's thread                          state/c/.. and zarr.json, each temporary + rename, at most 10 times a
 *                                              second; fsync, where an interval is set
 *
 *  OME-TIFF: pixels and directory to the end, then the link from the page before; the publisher's thread rewrites the XML
 *  NDTiff:   directory, metadata and pixels to the end, then the link from the page before, then the entry of the index
 * </pre>
 *
 * A reader that trusts the shape sees whole frames only. After a kill, frames written in the last tenth of a second lie
 * beyond the shape; {@link io.nocturne.stream.stack.Verify} makes it true again. A shard's content also says by itself
 * which frames it holds, so an index that a failing disk took can be made again.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Our own Zarr.</b> No Java library on Maven Central resolves, and none writes a chunk by rename. Zarr v3 without
 * sharding is a JSON file and a file per chunk. A library that resolves, renames and takes direct buffers would change our
 * mind.
 *
 * <p><b>0.4 beside 0.5.</b> QuPath, OMERO and Bio-Formats read Zarr v2. What differs stands in {@link
 * io.nocturne.stream.stack.OmeZarrVersion} alone. v2 has no shards and no checksums; zstd is wrapped in Blosc, because
 * JZarr, on which those programs stand, knows no other. States lie beside the stack, since
 * Bio-Formats shows every array as an image. When they read v3 the older version can go.
 *
 * <p><b>OME-TIFF in place of OME-Zarr, not beside it.</b> One of them is the truth that the ledger speaks of; a second copy
 * would cost a second disk's time and could differ. Page number and frame number are one, so that neither holes nor late
 * products need a table: a hole is a directory of 512 bytes. Pixels and directory go out in one write, then the directory
 * before names the new one. States lie beside, because a product may stand for many frames. TIFF has no checksums: each
 * page has a tag of ours with its CRC-32C. What would change our mind on the chain: files of more than some million pages,
 * which take seconds to walk.
 *
 * <p><b>NDTiff written by us, not by Micro-Manager's library.</b> NDTiffStorage 2.19.2 writes its index into 25 MiB of zeros
 * and its pixels into a file of 4 GiB, and cuts both to length at the end: killed after 900 frames, it left a dataset that
 * its own reader refuses. It also needs the user's classes and an array per frame. The format itself is published and small,
 * and an index to which entries are added is as good to its readers: after a kill they opened all 516 frames of a run. Entries
 * are filled up to 128 bytes, so that none is ever half there. Each image's metadata begin with the CRC-32C of its pixels,
 * from which, with the axes, a lost index is made again. A reader of NDTiffStorage's that opens a dataset at the very moment
 * an entry is added may fail and must try again. Channels are numbers, named in the summary, because Micro-Manager's own
 * adapter has whole numbers on every axis. What would change our mind: a version of the library that leaves a readable
 * dataset whenever it is ended.
 *
 * <p><b>Shards that fill in place.</b> A file of 128 frames (fewer where they are large), with full length, an index at
 * its end and a chunk per frame: a file per frame costs a create, a rename and up to four folders each, several times
 * what the pixels cost. The index lies within one page of memory and is written by one call, so that neither a kill nor
 * a reader finds half of it. It is at the end because zarrita 0.7.5 looks for it nowhere else. A reader that keeps a
 * shard's index in memory (zarrita does) must open the array again to see newer frames of that shard, as it must for
 * the shape. What would change our mind: a reader that matters and can't read shards; {@code files} has one file per
 * frame.
 *
 * <p><b>The next shard is made ahead.</b> On ext4 a new file costs 0.6 ms and so does each of its four or five folders: 3.5
 * ms in all, while a frame of 512 x 512 takes 0.2 ms. Another thread makes them, and the frame's thread renames. It did
 * not help to align pixels to cache lines or pages.
 *
 * <p><b>Checksums by a second thread.</b> A pass over the whole frame costs a fifth of the speed; in slices of 64 or 256 KiB
 * between writes it cost more. So another thread sums a large chunk while it is written, and the sum follows in a write of
 * its own: 1.0 to 1.2 times the speed at 512 x 512, 1.1 to 1.5 times at 2048 x 2048 on an idle machine, in
 * turns. On a busy one the frame's thread sums itself rather than wait; keeping the other thread awake between frames brought
 * nothing that could be measured. Frames that come with a checksum from the
 * camera would change our mind.
 *
 * <p><b>What plain writes have ahead of shards,</b> at 512 x 512 on ext4 of Linux 6.18: frames of exactly 2^19 bytes lie at
 * multiples of that in a plain file, and are taken an eighth faster than the same bytes 4 or 20 bytes, a page or 16
 * pages further on; a chunk with its checksum can't lie so. Creating and closing a stack takes 7 ms, mostly for
 * renaming metadata: 30 frames' time. The checksum's and the index's own writes take 4 of a frame's 230 us.
 * Together that is a quarter, once all code is compiled, while everything fits into memory. Over 2 GiB and more, where
 * the disk itself is waited for, both are equally fast.
 *
 * <p><b>Smaller copies after the run.</b> Halving while frames come would cost a third more writing just when there is
 * least time for it; viewers of a running stack ask for single frames, which are small enough. Each copy is made of the
 * full frame, not of the copy before it, so that rounding doesn't add up. Live copies would need a viewer that can't do
 * without.
 *
 * <p><b>CRC-32C on every chunk.</b> One pass over the pixels serves file and ledger, and a flipped byte is found by every
 * reader of the format, not only by ours.
 *
 * <p><b>Shape by a thread of its own.</b> The frame's thread never waits for metadata, and a frame shows within about 0.1 s
 * even if no other follows. A metadata write that fails is tried again and never costs a frame.
 *
 * <p><b>A contrast window of what was seen.</b> OME-Zarr wants a window for every channel, and in the type's range a
 * low-light image is black. So some thousand pixels of the first frame, the second, the fourth and so on are looked at, and
 * the publisher's thread writes the range when it has widened: some twenty times in a million frames. Whole channels that
 * brighten between two looks stay too bright until the next; viewers can change the window.
 *
 * <p><b>No fsync unless asked for.</b> What is written survives the end of the process, however it ends; what the operating
 * system had not yet written is lost with the power. {@link io.nocturne.stream.stack.Fsync} sets an interval, or each frame.
 *
 * <p><b>Never mmap.</b> On a full disk a mapped write ends the JVM's method with an error; {@code FileChannel} gives an
 * {@code IOException} that can be explained.
 *
 * <p><b>TIFF read by us, decompressed by a library.</b> Live and scientific stacks are uncompressed, often larger than
 * memory and sometimes damaged: every offset is checked and only one plane is held. LZW, Deflate and PackBits are rare
 * here, and TwelveMonkeys knows them.
 */
package io.nocturne.stream.stack;
