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
 *     KafkaSink sink = new KafkaSink(KafkaSink.Settings.of(broker.bootstrapServers(), "nocturne", run.spillDir()));
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
 * <tr><td>pass</td><td>all</td><td>0 live; each later completion of the run counts on, with an order of its own</td></tr>
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
 * <tr><td>width, height, depth, pixel-type, significant-bits, pixel-size-um, z-step-um, z-slices, positions,
 *     frame-period-ns, total-frames, channel-name (one each)</td><td>start</td><td>what the epoch's frames look like;
 *     NaN, 0 or -1 where unknown</td></tr>
 * </table>
 *
 * <p>A reader that ignores what is not after the last (epoch, index) seen of its (run, stream, pass) gets every record
 * once, in capture order. An index that is missing altogether was lost with a full spill; it is on the restored disk.
 *
 * <h2>Limits</h2>
 *
 * <ul>
 *   <li>A killed process loses from the topic, not from the disk, what was in flight in memory; the ledger has it pending.
 *   <li>The spill is not synced frame by frame: it survives the process, not a power cut.
 *   <li>Adding partitions to a topic during a run can move a stream, and breaks its order.
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
 *   <li><i>The broker must answer at the start.</i> A wrong address should stop a run before the cells are exposed, not
 *       fill a spill. An explicit setting could relax it.
 * </ul>
 */
package io.nocturne.sinks.kafka;
