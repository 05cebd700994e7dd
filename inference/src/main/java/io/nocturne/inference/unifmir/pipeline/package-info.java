/**
 * UniFMIR's published offline pipelines around a network, for results that compare with the authors'.
 *
 * <pre>
 *   counts --normalise over the whole volume--&gt; windows or views --network, in quadrants--&gt; join --undo--&gt; float32
 * </pre>
 *
 * <p>Live frames take another way: the card says how a model is used, {@link io.nocturne.inference.Normalizer} looks at the
 * past only, {@link io.nocturne.inference.TilePlan} cuts tiles that overlap and are blended, and stacks go through {@link
 * io.nocturne.inference.IsotropicVolume} or whole into the network.
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>Quirks are kept, one class per task: the denoising window repeats the current slice at the ends, quadrants meet in
 *       hard seams and are never smaller than the published rule says, projection isn't normalised. What differs is said in
 *       the class: the edge of an uncut light field, and that no 16-bit copy of it is written. A pipeline whose authors
 *       publish other rules would get a class of its own.
 *   <li>The network is a function from arrays to arrays. Quadrants have sizes of their own and attention windows lie on a
 *       grid from each one's corner, so a graph is made for every size from the checkpoint; tiles of one size would shift
 *       that grid. If graphs took any size, one would do.
 *   <li>Volumes are held in memory, in floats: percentiles need all of a volume before its first slice. For a volume that
 *       doesn't fit, percentiles from a first pass over the file would do.
 * </ul>
 */
package io.nocturne.inference.unifmir.pipeline;
