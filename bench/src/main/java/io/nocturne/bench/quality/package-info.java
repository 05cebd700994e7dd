/**
 * How good restored images are: against real pairs, against simulated light, and against nothing at all, where a model
 * may not invent.
 *
 * <pre>
 *   nocturne-bench quality --data FOLDER --models adaptive,denoise-fast --out quality
 *       quality/quality.md    tables        quality/sheet.png    noisy, each method, reference
 *   nocturne-bench adapt
 *       before and after, on a simulated microscope that no recipe knows
 * </pre>
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>PSNR, SSIM and NRMSE are taken after the least-squares line from the RESULT to the reference: real pairs are
 *       scaled apart, and no method may win by brightness. Photometry is judged on its own, without that line.
 *   <li>The rival is the best Gaussian of the set, one sigma chosen with the references at hand: more than any user can
 *       have.
 *   <li>The classical denoiser is BoofCV's BayesShrink on variance-stabilised counts, the only kept one found on Maven
 *       Central. Non-local means or BM3D in a kept library would replace it.
 *   <li>Simulated scenes come from the acquisition room, which training never sees.
 *   <li>Adapting is judged on frames of the recording that were kept out, and on another field under the same microscope:
 *       what was learned should be the microscope, not the field. Only the first has a bar.
 * </ul>
 */
package io.nocturne.bench.quality;
