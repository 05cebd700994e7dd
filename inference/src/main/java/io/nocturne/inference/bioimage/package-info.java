/**
 * Packages of bioimage.io: a description, {@code rdf.yaml}, and an ONNX model (bioimage.io model description, formats
 * 0.4 and 0.5).
 *
 * <p>Supported: one input and one output with the axes batch, channel, y and x in any order, one channel; fixed tiles, or
 * a least side and a step; halo; scales from 1 to 8; {@code scale_linear}, {@code clip},
 * {@code fixed_zero_mean_unit_variance}, {@code ensure_dtype} to floats; {@code zero_mean_unit_variance} and
 * {@code scale_range} as the first step. Everything else is refused by its name: time and z axes, several channels,
 * reference tensors, steps that make classes of pixels, weights in other formats, external data.
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>The package's steps become nodes around its network, in the graph: any order of them is exact, axes and types are
 *       settled in the same place, and normalisation of our own models needs no new settings. Networks near 1 GB, which
 *       are held in memory twice while that happens, would change it.
 *   <li>What comes out is brought back to counts by undoing the preprocessing, unless the package's postprocessing
 *       rescales itself: restored frames lie beside raw ones, in the same units. That is wrong for models whose output
 *       isn't an image of the same scale; they should carry a postprocessing.
 *   <li>{@code per_sample} statistics come from the frame itself, {@code per_dataset} ones from the frames so far (a
 *       stream has no others), both from the sample of pixels that our own models use: the highest of all pixels is
 *       then a little lower than in other programs. A package that depends on exact extremes would change it.
 *   <li>The overlap of tiles is four times the halo: of an overlap the outer quarters are never used.
 * </ul>
 */
package io.nocturne.inference.bioimage;
