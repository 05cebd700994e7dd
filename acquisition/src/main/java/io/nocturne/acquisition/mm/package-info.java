/**
 * Micro-Manager: a core that Nocturne owns, as a source of frames.
 *
 * <pre>
 *   MicroManagerSource ── phases, light, epochs
 *        │ Drain ── count, pop, check number and size, copy once, commit
 *        ▼
 *   CameraPort ── the seam ──┬── the real core (module mmcore, loaded with the user's MMCoreJ.jar)
 *                            └── FakeCore (plays what real cores were seen to do)
 * </pre>
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Frames are popped with their metadata, never as "tagged images".</b> Those read the camera's Binning property for every
 * frame, which races with the camera's own thread inside the adapter: it crashed the process three times in some 170,000
 * frames, and needs more time and memory. We would reconsider if the core told such values from its own records.
 *
 * <p><b>Polling.</b> The core has no call for a new frame. A look at the count costs a fraction of a microsecond; an exception
 * from an empty pop costs a hundred times that.
 *
 * <p><b>The camera's buffer is the reserve.</b> While the ring is full the source holds one frame and the core holds the rest,
 * two seconds' worth by default, within a quarter of the memory. Where other programs or the model leave the source less than
 * its share of a core, that is what keeps the frames: on two cores with six busy threads the source was seen to lag by
 * 1.6 s. In mode {@code live} a full buffer is wiped and becomes a gap; in mode {@code record} it ends the sequence
 * with everything up to there stored.
 *
 * <p><b>A sequence that ends by itself is a failure.</b> The core doesn't say why it ended. To start again silently would hide
 * a loose cable; whoever watches can start a run again in seconds.
 *
 * <p><b>Each physical camera of a "Multi Camera" is a channel.</b> Their frames interleave in one queue in no fixed order, each
 * camera with numbers of its own; the Camera tag says whose a frame is. As channels they share clock, ledger and view, and each
 * may have its own model. Cameras of unequal size, pixel type or exposure can't be one stream and are refused by name before
 * the start: the core starts some of them all the same and delivers only part of their frames.
 *
 * <p><b>A phase of light is an epoch.</b> The light changes only while the camera stands still, so a frame's dose is never in
 * doubt. It costs some tenths of a second between phases.
 */
package io.nocturne.acquisition.mm;
