/**
 * Pixels in, pixels out, with no threads of its own.
 *
 * <pre>
 *   FrameWindow --TileLoader--> pinned input --OrtSession--> pinned output --TileBlender--> product
 *                   |  normalise, cut, mirror                    blend, denormalise, round, clip  |
 *   Normalizer -----+ values of this frame, from it and those before ------------------------------+
 *
 *   ModelCatalog.open(folders).find("gaussian")             a RestorationModel: ONNX and its ModelCard
 *   OnnxRestorer.open(model, stream, Options.defaults())    a Restorer, warmed up
 * </pre>
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>Tiles have one size and origins on the model's grid, evenly spread; blending is a linear step between two tiles
 *       per axis, {@code a + w (b - a)}, so that tiles which agree change nothing, bit for bit. Weighted sums with a
 *       normalising plane cost a frame-sized buffer and aren't exact. A model that needs smoother seams would change it.
 *   <li>Statistics come from a fixed subsample of every frame and a running mean that becomes an exponential average:
 *       cheap, causal, and the same live and in a later backfill. A sliding window would forget faster, at the price of
 *       memory per channel and position.
 *   <li>The noise of the Anscombe rule is fitted to medians of block variances of frame differences, each block's own
 *       mean change taken out: motion and bleaching would otherwise count as noise. A measured camera goes before it.
 *   <li>A model may do its normalisation itself, given the values in an input tensor: the graph is then the whole truth
 *       and runs alike elsewhere. For models that can't, the same formulas stand in Java.
 *   <li>The card is a file beside the model and holds the model's sha256: one may read and correct it without tools, and
 *       still never runs a model with another's settings.
 *   <li>The card alone says how a model makes products: of frames, or of both orthogonal views of a stack. Another kind of
 *       product is another {@code Lanes} beside the two, not another restorer.
 *   <li>A light field is normalised by its frame's brightest pixel, all of them looked at: spots are few, and a sample would
 *       miss them. Counts of many cameras with hot pixels would ask for a high percentile instead.
 *   <li>Isotropic volumes are held as floats between their two views, and the stack in its own type: that is what the mean
 *       needs. A stack too large for that has to be cut by its user.
 *   <li>The mask of an objective's support stands in the model's graph, as two convolutions by a windowed kernel: tiles,
 *       threads and devices treat it as part of the model, and nothing on the heap has a frame's size. It cuts nothing that
 *       the objective passes, and so brings little (0 to 0.2 dB); an edge inside the support brings up to 1 dB and can cost
 *       some. Measured transfer functions would allow more.
 *   <li>One session per restorer; lanes differ in tensors only. Its thread pool has the cores that workers leave over,
 *       and never spins: on two cores, spinning cost a third more CPU for the same frame rate.
 * </ul>
 */
package io.nocturne.inference;
