/**
 * The physics that simulation, normalisation and training share: how light becomes an image, and an image counts.
 *
 * <pre>
 * specimen --{@link io.nocturne.stream.optics.PointSpread}--> expected photons --{@link io.nocturne.stream.optics.CameraModel}--> counts
 *              {@link io.nocturne.stream.optics.GaussianBlur}                      {@link io.nocturne.stream.optics.NoiseRandom}
 * </pre>
 *
 * <pre>{@code
 * CameraModel camera = new CameraModel(SensorSpec.scmos(), 512, 512, 7);
 * camera.expose(photons, new NoiseRandom(42), counts);
 * }</pre>
 *
 * <h2>Decisions</h2>
 *
 * <p><b>One chain for three detectors.</b> sCMOS, EMCCD and PMT differ in numbers, not in code: Poisson, Gamma with an
 * excess factor, Gaussian, lag, digitiser. A factor of 2 is the EM register's exact Gamma law. A detector with
 * afterpulsing or a photon-counting mode would need a class of its own.
 *
 * <p><b>Own random numbers for Poisson only.</b> Libraries build a sampler object per mean; each pixel of a frame has
 * another mean. Tables and superposition give an exact number for one 64-bit draw. If the JDK offers Poisson numbers by
 * mean, ours should go. Gaussians and exponentials are the JDK's.
 *
 * <p><b>Gaussian point spread.</b> Good to a few per cent in the core of the PSF and separable, which is what makes video
 * rate possible; it has no rings and no aberrations. Work on deconvolution would need a Gibson-Lanni or vectorial model.
 *
 * <p><b>Discrete Gaussian kernel.</b> A sampled Gaussian of less than about 0.8 pixels has the wrong variance, just where
 * cameras sample; Lindeberg's kernel is exact at every width and costs the same.
 */
package io.nocturne.stream.optics;
