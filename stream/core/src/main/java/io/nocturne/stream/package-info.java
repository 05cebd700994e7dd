/**
 * One frame's whole way, from camera to sinks.
 *
 * <pre>
 *                 claim, fill, commit             claim, load                 publish in any order,
 *                                                                             released in capture order
 *  source thread ───────────► RAW RING ──► intake ───────────► workers ─────────────► RESTORED RING
 *    camera,                  │   one plane     │ statistics, windows,  compute, emit     │  headers many,
 *    simulation,              │   per slot      │ skip or restore       (ONNX Runtime)    │  product planes few
 *    replay                   │                 │                                         │
 *                             └──► raw disk     └── gates: raw disk, intake               ├──► outcomes (counts, ledger)
 *                                  + ledger                                               ├──► restored disk
 *                                                                                         ├──► Kafka
 *                             tap (no gate) ◄─── live view ───────► tap (no gate)         └──► ... each its own thread
 * </pre>
 *
 * <pre>{@code
 * StreamSpec stream = source.open();
 * FramePipeline pipeline = FramePipeline.builder(stream)
 *         .source(source)
 *         .rawSink(rawDisk)
 *         .restorer(restorer)
 *         .sink(restoredDisk)
 *         .ledger(Ledger.open(run.resolve("ledger.ndjson")))
 *         .settings(PipelineSettings.live(64, 2))
 *         .build();
 * PipelineReport report = pipeline.run();
 * System.out.println(report.complete() ? "every frame accounted for" : report.problems());
 * }</pre>
 *
 * <p>{@code spi} is what sources, restorers and sinks are written against; {@code ring} runs them; {@code ledger},
 * {@code accounting} and {@code latency} say what became of every frame and how long it took.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Two rings, not one.</b> Raw disk must never wait for inference, and products differ from frames in shape, type
 * and rate. Intake alone couples the rings, and it never blocks while live. A single ring would gate raw slots on the
 * slowest worker; we would reconsider if frames became so small that the copy into the lane dominated.
 *
 * <p><b>Headers and product planes are apart on the restored ring.</b> A stalled sink exhausts the planes, so frames turn
 * raw-only, while thousands of outcomes still reach the other sinks as records without pixels. With a plane per entry,
 * either the ring would be huge or the outcomes would stop with the pixels.
 *
 * <p><b>Workers share one queue of lanes.</b> The oldest loaded lane goes to whichever worker is free; sharding by
 * {@code sequence % N} leaves workers idle behind a slow one (kept as a benchmark). Order comes from the multi-producer
 * sequencer, which releases up to the first unpublished entry.
 *
 * <p><b>compute and emit are apart.</b> Only {@code emit} touches a ring slot, after the lane has won the right to it, so
 * a computation that hung and was given up can never write into a slot that has moved on.
 *
 * <p><b>Consumers wait on signals, not on timers.</b> A short timed park takes milliseconds on some systems, and a
 * barrier on a multi-producer ring spins while an entry is claimed but unpublished. Publication wakes parked threads; the
 * 20 ms timeout is a safety net.
 *
 * <p><b>A frame's index counts lost frames too.</b> A gap takes up indices, so the time axis on disk stays true and a
 * consumer can tell "missing" from "not yet". Within an epoch the index only grows.
 */
package io.nocturne.stream;
