/**
 * A recording with all sinks on, killed at a random moment.
 *
 * <pre>
 *  this process                              the victim
 *    witness of commits        &lt;-- index ---   raw ring, after each commit
 *    witness of acknowledgements &lt;-- index --- Kafka sink, after each acknowledgement
 *    broker                    &lt;-- records --- Kafka sink
 *    open page                 &lt;-- pictures -- live view
 *    our reader, zarrita          (disk)       raw and restored stacks, ledger
 * </pre>
 *
 * <p>What was committed more than a quarter of a second before the kill must be in the ledger and on disk; what Kafka
 * acknowledged must be in the topic; and nothing that anyone can read, in a stack, in the topic or in a picture, may be
 * anything but the frame that it claims to be.
 */
package io.nocturne.bench.kill;
