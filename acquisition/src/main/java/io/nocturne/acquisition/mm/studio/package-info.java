/**
 * The companion's end of the wire to Micro-Manager Studio: frames that the plugin hands over, as a source, and restored
 * frames back to it, as a sink. The protocol is described in {@code io.nocturne.acquisition.mm.wire}.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Going back is a sink that skips.</b> The plugin shows the newest restored frame, so only the newest waits;
 * older ones count as skipped. A tap without a gate would do as well, and would not show up in the account.
 *
 * <p><b>One plugin at a time.</b> A second connection waits until the first has ended.
 */
package io.nocturne.acquisition.mm.studio;
