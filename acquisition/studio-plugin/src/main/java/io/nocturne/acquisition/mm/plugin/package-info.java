/**
 * A plugin for Micro-Manager Studio: hands Live and acquisition frames to a running Nocturne and shows what comes back.
 *
 * <pre>
 *   Live         LiveTap, own thread, peeks  ─┐                                     ┌─ RestoredWindow, own thread, 30/s at most
 *                                             ├─► Outbox ─► StudioLink ══ socket ══ ┤
 *   acquisition  AcquisitionTap, event thread ┘   newest wins                       └─ companion (Nocturne, source.studio)
 * </pre>
 *
 * <p>Java 8, one jar for {@code mmplugins/}, no dependency but Micro-Manager's own.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Live is peeked, never popped.</b> Whoever pops takes frames away from Live's own window.
 *
 * <p><b>Acquisitions are watched by the datastore's event,</b> not by a processor in the pipeline: a slow processor stops the
 * acquisition, an event can't. The handler only puts a reference into the outbox; the pixels stay the datastore's.
 *
 * <p><b>The sender looks; nobody wakes it.</b> To wake a thread is a system call, and on a busy machine the woken thread is
 * often put in the waker's place: handing a frame on then took up to 8 ms. Looking every millisecond costs a hundredth of a
 * core while frames come, and up to a millisecond per frame.
 *
 * <p><b>Frames are references, never copies.</b> Live's arrays are fresh ones from the core. At most three exist at a time: one
 * peeked, one waiting, one being sent.
 *
 * <p><b>Restored frames go into a datastore of our own,</b> always at the same coordinates, so that Micro-Manager's
 * window, contrast and inspector work and nothing grows.
 *
 * <p><b>Scripted acquisitions are looked at, too, and never held up.</b> {@link
 * io.nocturne.acquisition.mm.plugin.ScriptTap} passes each image on before anything else can happen to it; the engine's queues
 * hold 30 images, and one that fills ends the acquisition. Losing nothing would need a companion that is never behind, or the
 * disk here; whoever needs that stores with Micro-Manager and restores the recording.
 */
package io.nocturne.acquisition.mm.plugin;
