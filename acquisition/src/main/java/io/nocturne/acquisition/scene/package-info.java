/**
 * The simulated specimen and how it is drawn: cells, microtubules, vesicles, nuclei; light, focus and blur. The way in is
 * {@link io.nocturne.acquisition.scene.SimulatedMovie}; everything else but its settings is hidden.
 *
 * <p>Left out: motion blur within an exposure, excitation saturation and blinking, rings and aberrations of the point
 * spread, scattering.
 */
package io.nocturne.acquisition.scene;
