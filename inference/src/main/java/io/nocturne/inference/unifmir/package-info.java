/**
 * UniFMIR networks (Ma et al., Nature Methods 2024) as ONNX graphs, made from a checkpoint's parameters.
 *
 * <pre>{@code
 * UnifmirNetwork network = UnifmirNetwork.read(parameters, UnifmirTask.DENOISE);
 * UnifmirGraphs.build(network, parameters, GraphOptions.tile(128)).write(Path.of("denoise.onnx"));
 * }</pre>
 *
 * <pre>
 *   image [n, c, h, w]
 *     | projection: ProjectorStage, planes to a surface          volumetric: ViewNetStage, views to planes
 *     | mirrored at the right and below to a multiple of 8
 *   3x3 convolution -----------------------------------------------------------------+
 *     | tokens in WindowLayout: [n * h * w, 96], they stay there                     |
 *   3 residual groups, each                                                          |
 *     |   block 0    norm, attention in windows, add+norm, perceptron  } a portion   |
 *     |              add+norm for block 1                              } at a time   |
 *     |   block 1    pick quadrants of shifted windows, attention      } again       |
 *     |              put them back, add+norm, perceptron               } a portion,  |
 *     |   block 2    add+norm, attention in windows ...                } with these  |
 *     |   ...                                                                        |
 *     |   3x3 convolution in image order, + the group's input                        |
 *   norm, 3x3 convolution, + ---------------------------------------------------------
 *   3x3 convolution, [x2: convolution, pixel shuffle], 3x3 convolution, cut off what was mirrored
 * </pre>
 *
 * <p>{@link io.nocturne.inference.unifmir.Formulation} tells the ways to write the body down. PLAIN is the published network
 * word for word, and what the others are measured against.
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>Tiles have a fixed size and any number: masks, index lists and loop lengths become constants. A graph for every size
 *       would have to compute them, and a GPU's engine is built for one size anyway.
 *   <li>Shifted windows are picked as quadrants and fall into groups where the mask would have cut them. The published mask
 *       adds -100 instead of minus infinity, a difference of e^-100 that no float32 sees; and it costs: exponentials of
 *       -100 are subnormal numbers, seven times slower on CPUs.
 *   <li>On CPUs tokens are padded from 90 to 96 by their own mean, so that ONNX Runtime's fused add and norm, three times
 *       faster than its plain norm, gives the same result, and a column of ones carries the biases through the products.
 *       Only its operators do that; the graph for GPUs keeps to 90 and to the standard.
 *   <li>Portions go through a loop with shared weights, because a whole tile's logits (25 MB at 128 x 128) leave the cache
 *       between operators. Unrolling the loop helped less and made the file longer.
 *   <li>8-bit products were tried on the CPU: 2 to 8 % faster, at 49 dB. Not worth it; a processor with AMX would change
 *       our mind.
 *   <li>The universal network's results are cut to the size of the image as the others' are; as published they keep what
 *       was mirrored.
 *   <li>Sums over pixels in the projector run in float32 even in a half-precision graph: raw counts go in.
 * </ul>
 */
package io.nocturne.inference.unifmir;
