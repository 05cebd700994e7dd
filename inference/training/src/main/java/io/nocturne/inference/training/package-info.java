/**
 * Where networks learn: from recipes, from a user's own pairs, and from noise alone. The only room that sees DJL.
 *
 * <pre>
 *   movie ----TimeNeighbours---+
 *   z-stack --SliceNeighbours--+-Adapting-+
 *   image ----PixelNeighbours--+          +-Further: old or new, by what was kept out
 *   pairs ----Tuning----------------------+
 *   recipe --Lessons--> Patch --Teacher--> Weights --NetworkFile--> NAME.onnx, NAME.card.json
 *            Scenes, RealPair, Exposure    Unet or Swin on TorchAlgebra   the same on GraphAlgebra
 * </pre>
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>A network is one function over a small {@link io.nocturne.inference.training.Algebra}, read twice: as tensors
 *       while it learns, as graph nodes when it is written. So there is no second description to drift away; a check
 *       after each training compares the two runtimes all the same. Tracing by PyTorch would need its Python side.
 *   <li>Earlier frames help through a motion gate of known statistics in front of a network for single frames, not through
 *       a network that learned movies: it wins two to three decibels on still scenes, can't invent motion, needs no
 *       training and keeps one set of weights. A network that learned to register what moves would change our mind.
 *   <li>The optimiser is plain Java on arrays: half a million numbers cost it two milliseconds of a batch's hundred, and
 *       the running average, the clipping and the order of sums are ours to see. A network of tens of millions would
 *       want PyTorch's own.
 *   <li>Pixels enter as photons under a variance-stabilising root, so that one network serves all light levels and
 *       cameras, and errors are taken on photons, so that means are not bent by the root. Percentile normalisation did
 *       as well on pictures but can't tell pure noise from structure.
 *   <li>The logarithm of each patch's error: bright and dim patches count alike. With the plain square, few bright ones
 *       decide; the difference was two decibels.
 *   <li>Almost half of all random places in images hold next to nothing, and the logarithm lets them count like the others. So
 *       of two places the livelier one is shown, dim light more often than bright, and cells are filled with filaments. A
 *       network to which more batches of the old lessons had brought nothing gained 0.04 dB on real fibres and 0.1 dB on
 *       dim simulated cells by these, and left less of a photomultiplier's noise. The shares are told in the recipe.
 *   <li>A wider network starts with the answers of a narrower one instead of from nothing: after a third of its batches it
 *       was 0.05 to 0.35 dB ahead of it. It ships as the better, slower model; the narrow one is what two cores carry live.
 *   <li>Bright fine structures come out too dark, as least squares want it where light is scarce. To sharpen by as much as
 *       the light lacks would put the brightest twentieth within three per cent of the truth, and was tried: it cost 0.2 to
 *       0.7 dB on all real pairs.
 *   <li>What the camera's noise is said to be is wrong on purpose while learning, by as much as estimates at run time are.
 *   <li>UniFMIR's body is one function here too, for published checkpoints and for small networks of our own. The graphs of
 *       the published sizes are written elsewhere a second time, laid out for speed with weights folded together: one
 *       description can't serve both. A test holds the two against each other. Learning starts from the published checkpoint,
 *       not from an imported model, for the same reason.
 *   <li>Tokens stay in windows, and an image's size is never written down: a small transformer's model takes frames of any
 *       size, as a U-Net's does, and masks the windows at its borders by their place. Tiles of one size would be faster.
 *   <li>No small transformer ships: with a third of a U-Net's batches it came within 0.1 dB of {@code denoise-fast} on real
 *       pairs and stayed 0.3 to 0.7 dB short on bright simulated cells, for seven times the work. Longer training, or a graph
 *       in which attention is one fused operator, would make us look again.
 *   <li>Adapting predicts a frame's neighbours from it. What moves can't be predicted and gets softer, so a part that was
 *       kept out judges old against new as they would run, and a model that isn't better is never written.
 *   <li>All ways of adapting end in patches of something noisy and a target, whatever corrections their papers write as
 *       losses: a loss that needs the network twice would have to be told apart from the others in the teacher. Corrections
 *       come from the model that learning starts from, and don't follow it as it learns.
 *   <li>A filter that learns its cutoff begins wide open, where it changes nothing, and is written as two convolutions. Its
 *       paper multiplies spectra by a disc; a transform per frame would cost more than the network. It is off unless asked
 *       for: a network that may learn all its layers left it at 0.42 cycles per pixel and gained 0.01 dB by it, and one
 *       with a frozen body as little.
 *   <li>Made-up scenes share nothing with the simulated camera that judges models. Most of them reach out of focus, as
 *       cells do: with flat ones alone the same network was 0.2 dB worse on real wide-field pairs. The share is told in the
 *       recipe, so that networks taught on flat scenes can still be made anew. Scenes of unresolved points over smooth cells
 *       were tried too: 0.3 dB more on simulated vesicles in bright light, but two to three times as many spots left of a
 *       photomultiplier's pure noise.
 * </ul>
 */
package io.nocturne.inference.training;
