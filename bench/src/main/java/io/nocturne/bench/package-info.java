/**
 * Proof: what Nocturne promises about loss, latency, order, allocation and survival, measured. Nothing depends on this
 * room.
 *
 * <pre>
 *  load         open-loop camera at a rate: sustained or not, latency per stage, bytes and CPU per thread
 *  handover     our rings against the designs in {@code rejected}, same work, alternating
 *  overload     a camera at twice the restoring capacity: latency, runs of raw-only frames, raw complete
 *  slow-worker  four workers, one five times slower: throughput
 *  allocation   heap bytes per frame of every thread, with real stacks and a real model
 *  kill         recordings with all sinks on, killed at random moments, against a witness in another process
 *  poll         readers in other processes that look at a recording while it is made
 *  disk         layouts of a stack beside plain writes and NDTiff
 *  kafka        the Kafka sink beside the client's own ProducerPerformance
 *  kafka-faults commit to raw disk while the broker is killed or fails in turns, and the topic afterwards, by kcat, too
 *  workers      worker processes killed while they restore
 *  unifmir      formulations of the UniFMIR network, and PyTorch, alternating in one run
 *  camera       a Micro-Manager core, fake or real: pop to committed slot, cost of the drain thread
 *  studio       the plugin's wire: who waits, what is held, round trip, with a companion that stands still
 *  jmh          what happens once per frame, one piece at a time
 *  quality      models against truth, and what they invent
 *  adapt        what going on learning from a recording's own noise brings, against its truth
 *  otf          restore.otf against none, on microscopes of several apertures
 *  report       all of it, into one Markdown file
 * </pre>
 *
 * <p>Every command prints its own command line, commit, machine, JVM and load average, is bounded in time, and exits with 1
 * if a bar was missed. Figures from a busy machine are worth nothing: look at the load average first.
 *
 * <p>{@code io.nocturne.stream.ring.RingBench} lies in the ring's package, and so do the stress tests of the profile
 * {@code jcstress}, because what they measure isn't public.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Open loop.</b> Frames are due at fixed times and latency counts from then, so a stall shows in every frame that
 * waited behind it. A closed loop would ask less of a slower pipeline and report better figures for it.
 *
 * <p><b>Three null sinks, not two.</b> One stands in for the raw disk and two are on the restored ring, and each checksums
 * every pixel, so that no copy can be left out. It is a little more than a real run does; fewer would flatter us.
 *
 * <p><b>Speeds are those of compiled code.</b> {@code disk} and {@code kafka} send for twenty seconds before they count: in
 * the first ones half of the processor's time is the compiler's, and the side that does more in Java looks slower than
 * it is for the rest of an experiment.
 *
 * <p><b>Workers sleep.</b> Overload and slow workers are about who waits for whom, and two cores can play that with four
 * workers only if working is sleeping. Contention for cores needs a machine with cores to measure.
 *
 * <p><b>Sequence % N runs on a plain ring with a cursor per worker,</b> published after each frame and waited for by spin
 * and park. Disruptor's own batching handlers would make the rejected design look worse than it need be.
 *
 * <p><b>What others wrote reads, too.</b> {@code kill} and {@code poll} are given zarrita, {@code kafka-faults} kcat and the
 * decoder that users get as an example, because our reader and our writer could be wrong alike. They are not on Maven
 * Central, so they are options, and what was left out is said.
 *
 * <p><b>A recording that is killed uses the first compiler only.</b> It lives for seconds, and where cores are few the
 * second compiler would take them from its sinks. Where each frame is a file of its own, frames come at 20 a second, not 100,
 * for the same reason. Neither touches what must hold: a kill finds sinks at work, not a compiler.
 *
 * <p><b>A kill is a kill of the process,</b> not of the machine: what the system had taken is written. A loss of power is
 * not tested; we would need a disk that can be cut off.
 */
package io.nocturne.bench;
