/**
 * From camera to committed slot: sources of frames.
 *
 * <p>Every source is a {@link io.nocturne.stream.spi.FrameSource}: open, run on the source thread, close.
 *
 * <table>
 *   <caption>Sources</caption>
 *   <tr><td>{@link io.nocturne.acquisition.SimulatedCamera}</td><td>a free-running camera on living cells in dim light,
 *       with ground truth</td></tr>
 *   <tr><td>{@link io.nocturne.acquisition.PatternSource}</td><td>frames that check themselves, at memory speed</td></tr>
 *   <tr><td>{@link io.nocturne.acquisition.ReplaySource}</td><td>a stack on disk, at its own, a set or maximal
 *       pace</td></tr>
 *   <tr><td>{@link io.nocturne.acquisition.RunReplaySource}</td><td>a recorded run, to be completed</td></tr>
 * </table>
 *
 * <p>{@link io.nocturne.acquisition.SequenceCheck} turns a camera's own frame numbers into gaps.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Open loop.</b> Simulated and replayed frames are due at fixed times and stamped with them, so a slow pipeline
 * shows as latency and, past a bounded camera buffer, as gaps. A source that waits for its consumer would hide both. It
 * waits only where asked to give frames as fast as there is room.
 *
 * <p><b>The oldest frame is overwritten.</b> A full camera buffer loses its oldest frame, as a circular buffer does.
 * Micro-Manager's, in continuous mode, is wiped whole: longer and rarer gaps. If loss patterns should matter to someone's
 * test, wiping becomes a setting.
 *
 * <p><b>A frame is a function of seed and index.</b> Simulated motion is made of smooth noise that can be asked at any
 * time, not of steps from frame to frame; so truth can be had for any frame, on any thread, without running the movie.
 * Processes with memory (cells that meet, divide) would need steps and checkpoints.
 *
 * <p><b>Replay reads ahead, a run's replay does not.</b> A paced source must not wait for the disk, so it has a reading
 * thread. Completing a run goes as fast as there is room; there the raw ring is the read-ahead, and pixels go from file to
 * slot without a copy between.
 */
package io.nocturne.acquisition;
