/**
 * A Kafka broker inside this process, for the demo and for tests: nothing to install, nothing left running. And a network
 * to it that can be made to fail.
 *
 * <p><b>Decisions</b>
 *
 * <ul>
 *   <li><i>The real broker, not an imitation.</i> What passes here passes on a cluster: record limits, ordering, idempotent
 *       sequences. Price: 45 jars, about 4 s in a fresh JVM. A broker in its own process would change our mind if the two
 *       ever disturbed each other.
 *   <li><i>A broker's fatal fault does not end the JVM.</i> Kafka halts its process on, say, a failed log folder. Ours also
 *       holds the camera, so the halt becomes an error on the broker's thread, and the sink spills. A Kafka with an
 *       embedding interface would replace the hook used for that.
 *   <li><i>Loopback only, no retention.</i> It is a companion of one run; whoever wants to keep records reads them, or sets
 *       up a cluster.
 * </ul>
 */
package io.nocturne.sinks.kafka.embedded;
