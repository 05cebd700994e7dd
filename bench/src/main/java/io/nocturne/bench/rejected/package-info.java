/**
 * Ways to hand frames over that we did not take, kept as benchmarks: each does the same work as our rings, with the same
 * source, restorer and sink.
 *
 * <p>{@link io.nocturne.bench.rejected.QueueHandOver}: queues of frame buffers with a resequencer. Rejected because a frame
 * crosses three locks, because the order that workers destroyed has to be put together again in a buffer with a policy of
 * its own, and because a frame that sits in a worker can't be a neighbour in another frame's window.
 *
 * <p>{@link io.nocturne.bench.rejected.ShardedHandOver}: worker {@code n} takes the frames whose sequence is {@code n}
 * modulo the number of workers. Rejected because one slow worker drags all others down to its own pace, and because a live
 * stream would lose every N-th frame to it while the others stand idle.
 */
package io.nocturne.bench.rejected;
