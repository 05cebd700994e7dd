/**
 * Where a run is put together. Wiring only: no algorithm, and no thread on a frame's way.
 *
 * <pre>
 * YAML ──ConfigReader──▶ RunConfig ──Planning──▶ RunPlan (printed; obstacles end it here)
 *                            │
 *                            ▼
 *                    PipelineAssembler.run          the one method to read
 *                      OpenRun                      folder, log, ledger, broker, view: as long as the run
 *                      Passes.epoch, .completion    one FramePipeline each
 *                      Reporting                    report.json, report.html, run.json
 * </pre>
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li>Settings are record components with an annotation each: default, range, unit and meaning stand together, and
 *       reader, {@code check --settings} and {@code run.json} all work from there. What would change our mind: settings
 *       whose range depends on others; so far a constructor says so.
 *   <li>{@code run.json} holds the effective configuration in the form that the reader reads, so a run is completed with
 *       what it was started with. Secrets are left out of it.
 *   <li>Ctrl-C is heard as a signal and not in a shutdown hook: ONNX Runtime's own hook closes it at once, under models
 *       that still run. What would change our mind: a runtime that is closed by whoever opened it.
 *   <li>The plan's trial runs the real pipeline on made-up frames for 2 s, all workers at once: one lane alone promises
 *       more than contended cores keep.
 *   <li>Another model in the middle of a run is another epoch: it is opened beside the running one, the pipeline ends at
 *       the next whole time point, and the source goes on in the next pipeline where it stopped, what came due meanwhile
 *       waiting in the camera's buffer. A stack, its ledger lines and its statistics so belong to one model each. What
 *       would change our mind: cameras whose buffer is shorter than a drain.
 *   <li>The jar is thin and {@code lib/} lies beside it, without versions in file names: licences stay whole, a part is
 *       exchanged by copying, and an old version never lies beside a new one. What would change our mind: an installer.
 *   <li>A restoration into one TIFF is a run like any other, exported when it has ended: it costs the disk twice and
 *       keeps the account. What would change our mind: recordings larger than half a disk.
 * </ul>
 */
package io.nocturne.config;
