/**
 * Where frames go, one policy each: the raw stack on disk, the restored stack on disk, and nowhere at all. Kafka and the
 * live view have packages of their own.
 *
 * <pre>
 *  raw ring      --> {@link io.nocturne.sinks.RawStackSink}       raw.ome.zarr or .tif, CRC-32C to the ledger
 *  restored ring --> {@link io.nocturne.sinks.RestoredStackSink}  restored.ome.zarr or .tif, with a state per frame
 *  either        --> {@link io.nocturne.sinks.NullSink}           reads every pixel, keeps none
 * </pre>
 *
 * <h2>Decisions</h2>
 *
 * <p><b>A restored sink returns SKIPPED for a frame without a product.</b> Its state is stored, but "delivered" counts
 * images, so that a report's numbers can be checked by counting files.
 *
 * <p><b>Restored frames stop at twice the free-space reserve.</b> When a disk fills, what can be made again yields to what
 * can't. Separate disks for both by default would change our mind.
 */
package io.nocturne.sinks;
