/**
 * Restored frames as a Kafka topic: live, in order, at least once, and complete after the broker has been away.
 *
 * <pre>
 *   sink thread                     producer's thread            courier
 *   onFrame: encode, offer ------&gt; send ... acknowledged -----&gt; settled(DELIVERED)
 *                |                     | failed
 *                |  broker away        v
 *                +------&gt; RUN/spill &lt;--+ -----------------------&gt; reconnect, replay in order
 * </pre>
 *
 * <p>{@link io.nocturne.sinks.kafka.KafkaSink} sends, {@link io.nocturne.sinks.kafka.FrameConsumer} reads,
 * {@link io.nocturne.sinks.kafka.SpillReplay} sends what an earlier run left. With an embedded broker:
 *
 * <pre>{@code
 * try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
 *     KafkaSink sink = new KafkaSink(KafkaSettings.of(broker.bootstrapServers(), "nocturne", run.spillDir()));
 *     // ... a pipeline opens the sink and gives it frames ...
 *     FrameConsumer frames = new FrameConsumer(broker.bootstrapServers(), "nocturne", Map.of());
 *     for (FrameRecord record : frames.poll(Duration.ofSeconds(1))) {
 *         record.frame().ifPresent(frame -> show(frame.spec(), frame.pixels()));
 *     }
 * }
 * }</pre>
 *
 * <h2>Records, format {@code nocturne/1}</h2>
 *
 * <p>Key: the stream's name, so a stream stays in one partition. Timestamp: the capture, wall clock. Value: an
 * {@code ad00} FlatBuffer ({@link io.nocturne.sinks.kafka.FrameCodec}) for records with pixels, otherwise empty and not
 * null: null is a deletion in a compacted topic. One record per entry of the ring, and one more at either end. Headers are
 * UTF-8 text, so that kcat shows them; numbers are decimal. All times are nanoseconds since 1970 (UTC), and absent where
 * there is no stamp.
 *
 * <table>
 * <caption>Headers</caption>
 * <tr><th>header</th><th>in</th><th>meaning</th></tr>
 * <tr><td>format</td><td>all</td><td>{@code nocturne/1}; a change that breaks readers changes the number</td></tr>
 * <tr><td>schema</td><td>all</td><td>{@code ad00}, or {@code none} for an empty value</td></tr>
 * <tr><td>run, stream, epoch</td><td>all</td><td>where it comes from; a new epoch is a new geometry</td></tr>
 * <tr><td>pass</td><td>all</td><td>0 live; each completion of the run has a later number, with an order of its own</td></tr>
 * <tr><td>index</td><td>all</td><td>the frame's number in stream and epoch, from 0, lost frames included; -1 at the start,
 *     one past the last frame at the end</td></tr>
 * <tr><td>count</td><td>all</td><td>frames it speaks for: 1, the length of a gap or range, 0 at start and end</td></tr>
 * <tr><td>state</td><td>all</td><td>START, RAW, RESTORED, RAW_ONLY, FAILED, GAP or END</td></tr>
 * <tr><td>cause</td><td>all</td><td>why: a name of {@link io.nocturne.stream.spi.Cause}, or NONE</td></tr>
 * <tr><td>model, model-identity</td><td>frames, start</td><td>the restorer and its hash; absent without one</td></tr>
 * <tr><td>norm.NAME</td><td>frames</td><td>each normalisation value applied, or to be applied</td></tr>
 * <tr><td>camera-number</td><td>frames</td><td>the camera's own number, -1 if none</td></tr>
 * <tr><td>channel, z, position, time</td><td>frames</td><td>coordinates, from 0</td></tr>
 * <tr><td>exposure-ns</td><td>frames, start</td><td>exposure time</td></tr>
 * <tr><td>exposed-camera-ns</td><td>frames</td><td>on the camera's own clock, not since 1970</td></tr>
 * <tr><td>core-ns, received-ns, committed-ns, intake-ns, restore-start-ns, restore-end-ns</td><td>frames</td><td>stamps of
 *     the stages, see {@link io.nocturne.stream.spi.FrameView}</td></tr>
 * <tr><td>clipped</td><td>with pixels</td><td>pixels clipped to the type's range</td></tr>
 * <tr><td>crc32c</td><td>with pixels</td><td>CRC-32C of the pixels, little-endian, 8 hexadecimal digits</td></tr>
 * <tr><td>claim</td><td>claim checks</td><td>URI of the stack that the frame lies in, at the coordinates told; the schema
 *     is {@code none}, and {@code crc32c} is that of the frame there, which shows within about 0.1 s</td></tr>
 * <tr><td>preview-bin, preview-low, preview-high</td><td>previews</td><td>a pixel stands for the mean of bin x bin counts,
 *     {@code low + value * (high - low) / 255}</td></tr>
 * <tr><td>width, height, depth, pixel-type, significant-bits, pixel-size-um, z-step-um, z-slices, positions,
 *     frame-period-ns, total-frames, channel-name (one each)</td><td>start</td><td>what the epoch's frames look like;
 *     NaN, 0 or -1 where unknown</td></tr>
 * </table>
 *
 * <p>A reader that ignores what is not after the last (epoch, index) seen of its (run, stream, pass) gets every record
 * once, in capture order. An index that is missing altogether was lost with a full spill; it is on the restored disk.
 *
 * <p>What stayed raw during a run is published when a completion restores it, at the run's end or by {@code restore --in RUN}:
 * after the records of before, which the spill gives up first, as a pass of its own with START and END and only the frames
 * that had no product yet. The live pass said RAW_ONLY or FAILED at their indices, and its order is left as it was; the
 * later pass's RESTORED record takes the place of that. A reader that shows what comes may take every pass; one that
 * wants whole movies keeps, per (run, stream, epoch, index), the record of the highest pass. Without a broker a
 * completion restores to disk all the same, and its records wait in the spill like others.
 *
 * <h2>Past one machine</h2>
 *
 * <p>A run that leaves restoring to others publishes frames of state RAW with their {@code norm.NAME} values: a frame's record
 * is all that is needed to restore it. {@link io.nocturne.sinks.kafka.Relay} does, as one of a group:
 *
 * <pre>
 *   raw topic, N partitions --&gt; worker: dedup, lanes, products --&gt; restored topic, N partitions
 *                                 |                                    ^
 *                                 +-- offset + place of each stream ---+   one transaction
 * </pre>
 *
 * <p>The offset's metadata says, per stream, the last index, where the epoch's START is and where the window's oldest frame is.
 * A worker that takes a partition over reads these again and goes on; its products are the ones that its predecessor would
 * have made. Readers see them once they are committed ({@code isolation.level=read_committed}, as
 * {@link io.nocturne.sinks.kafka.FrameConsumer} has it).
 *
 * <p><b>On paper: 100 microscopes at 100 MB/s each.</b> 10 GB/s of raw frames in; with products of the same size, 10 GB/s
 * more. What follows is arithmetic from figures named, not a trial.
 *
 * <ul>
 *   <li><i>Topics.</i> One raw and one restored topic per ten microscopes, not one for all: limits, retention and rights go
 *       by group, and a rebalance touches a tenth. Key is the stream; names are unique per microscope. Records of 8 MiB (2048
 *       x 2048) need {@code max.message.bytes} of 9 MiB, which the run checks.
 *   <li><i>Partitions.</i> A stream can't be divided, so 100 MB/s is a partition's load: measured here 119 to 269 MB/s for
 *       512 KiB and 183 to 434 for 8 MiB records, broker and client on 2 cores together. Keys fall onto partitions by hash:
 *       with 40 partitions for 10 streams, the chance that none is shared is a third, with two on one at 200 MB/s still
 *       within the figure; assigning partitions by hand would remove the doubt.
 *   <li><i>Brokers.</i> Replication 3: 10 GB/s raw and 10 restored are 60 GB/s to disks and 40 between brokers; read once,
 *       20 out. At 1.5 GB/s of writes per broker (two NVMe, 25 Gbit/s in and out at 60 %), 40 brokers. Replication 2 for
 *       raw, which is also on the microscope's disk, makes it 34.
 *   <li><i>Retention.</i> Raw: two hours, what a group of workers may fall behind, 72 TB times replicas. Restored: one day on
 *       the brokers, 860 TB, unless tiered storage takes segments to an object store after an hour; then 36 TB times 3.
 *   <li><i>Network.</i> 100 MB/s raw is 0.8 Gbit/s at each microscope: a 10 Gbit/s port with room for the drain of a spill.
 *       Workers take and give 10 GB/s each way, 80 Gbit/s over all of them, spine links of 100 Gbit/s.
 *   <li><i>Workers.</i> Whatever a GPU gives: for 100 MB/s per stream a frame of 512 x 512 must take 5.2 ms. The transport
 *       needs 5 to 8 processor cores per stream at the figure below, if that is all a core does. One GPU process per stream
 *       where the model needs a whole GPU, up to ten streams per GPU where it doesn't: 10 to 100 GPUs. Nobody has measured
 *       a GPU here; the plan stands or falls with that figure, and with previews or claim checks it isn't needed at all.
 *   <li><i>Cost per TB.</i> 1 TB is 2.8 hours of one microscope. Of the brokers' share, 34 to 40 machines move 36 TB an hour:
 *       at 2 EUR an hour and machine, about 2 EUR per TB, kept two hours. A GPU at 3 EUR an hour per stream: 8 EUR per TB,
 *       and 0.8 where ten streams share it. An object store at 20 EUR per TB and month costs more than both after two
 *       weeks. Most labs want claim checks: pixels stay at the microscope, and Kafka carries some KB per frame.
 * </ul>
 *
 * <p>Measured here: one worker process, one lane, on a machine of two cores that broker, two runs and other programs kept
 * busy, worked off a backlog of 256 x 256 frames at 100 to 150 frames/s with {@code gaussian}, 13 to 20 MB/s. That is what the
 * transport lets through at the least; what a network takes per frame, {@code nocturne check} tells.
 *
 * <h2>Limits</h2>
 *
 * <ul>
 *   <li>A killed process loses from the topic, not from the disk, what was in flight in memory; the ledger has it pending.
 *   <li>The spill is not synced frame by frame: it survives the process, not a power cut.
 *   <li>Adding partitions to a topic during a run can move a stream, and breaks its order.
 *   <li>A worker restores single frames, of z-stacks too, or frames with earlier ones; not whole z-stacks into one product,
 *       nor frames with neighbours along z or later ones: run and worker refuse such models at the start. Where a run could
 *       not hand a frame on, windows after it begin anew.
 *   <li>A worker that is killed leaves its transaction open: readers of committed records wait for it, the take-over time at
 *       most, and so does its successor.
 *   <li>A frame is one record: under 2 GiB, and within the topic's limit, checked before the start.
 * </ul>
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li><i>ad00, not a schema of ours.</i> ESS and EPICS tools read it as it is; 16-bit pixels stay pixels; decoding copies
 *       nothing. Its id has 32 bits, so the index is also an attribute. A schema with microscopy's own fields, kept by
 *       others, would change our mind.
 *   <li><i>A failed record closes its producer, inside the failure's callback.</i> A client that goes on after an expired
 *       batch stores later ones, and readers would then take the earlier frame for a repeat. Idempotent sequences make
 *       the broker refuse what was already on the wire behind it. Price: a few repeats. Transactions could replace it, at
 *       the latency of a commit.
 *   <li><i>The spill's order is the index's, not the file's.</i> Frames in flight return to the spill after later ones have
 *       been written to it; sorting by index costs nothing, rewriting files would.
 *   <li><i>Values are encoded into a fixed layout, used again.</i> The producer copies a value while sending, and a
 *       geometry's records differ in a few numbers only: no builder, one copy of the pixels, no frame-sized garbage. A
 *       client that sends from a direct buffer would save that copy too.
 *   <li><i>Late frames are a pass, not a topic.</i> The rule "ignore what is not after the last seen" would swallow a
 *       frame that comes after its successors; within (run, stream, pass) it holds, and readers, rights and limits stay
 *       those of one topic. Readers that only want late frames, many and often, would speak for a topic of their own.
 *   <li><i>One transaction for products and offsets, and the streams' places as metadata of the offsets.</i> No store of
 *       state beside the topics; a zombie's commit is refused with its generation. 4 KB of metadata hold about 40 streams
 *       of a partition. A state topic would replace it for more.
 *   <li><i>A batch is two frames per lane.</i> The lanes stay busy, and a commit every few frames costs latency of some
 *       milliseconds. Streams that need less could do with more.
 *   <li><i>Raw frames pass through the pipeline untouched to be published.</i> The second ring has what the raw ring lacks:
 *       the values that intake worked out. Price: one more copy of the frame in memory.
 *   <li><i>The broker must answer at the start.</i> A wrong address should stop a run before the cells are exposed, not
 *       fill a spill. An explicit setting could relax it.
 * </ul>
 */
package io.nocturne.sinks.kafka;
