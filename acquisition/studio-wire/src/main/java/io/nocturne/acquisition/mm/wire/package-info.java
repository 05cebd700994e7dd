/**
 * How a plugin inside Micro-Manager Studio and its companion, a running Nocturne, hand frames to each other: one TCP
 * connection on the loopback address. Java 8, no dependencies, because one end lives in Micro-Manager's JVM.
 *
 * <h2>The protocol, version 2</h2>
 *
 * <p>The companion listens on a free port of 127.0.0.1 and writes port and a random token into a file that only its user can
 * read ({@link io.nocturne.acquisition.mm.wire.Rendezvous}); the plugin connects. Every message is
 *
 * <pre>
 *   int32   length of what follows, type included
 *   int8    type
 *   ...     body, by type; numbers big-endian, text as Java's modified UTF-8 with an int16 length
 * </pre>
 *
 * <table>
 *   <caption>Messages</caption>
 *   <tr><td>1 HELLO</td><td>plugin first</td><td>int32 magic "NOCT", int16 version, text token</td></tr>
 *   <tr><td>2 WELCOME</td><td>companion's answer</td><td>int16 version</td></tr>
 *   <tr><td>3 STREAM</td><td>plugin, before frames and at any change</td><td>int32 width, int32 height, int8 bytes per pixel (1
 *       or 2), int8 significant bits, float64 exposure in ms, float64 pixel size in um (0 unknown), text name,
 *       int8 channels and a text for each, int32 z-slices, int32 positions</td></tr>
 *   <tr><td>4 FRAME</td><td>plugin</td><td>int64 number, int64 frames skipped before it, int64 stamp of the plugin's own, float64
 *       ms on the camera's clock, int32 t, z, c, p (their order tells time in a stream of one channel, slice and
 *       position), then the pixels: row by row, little-endian</td></tr>
 *   <tr><td>5 RESTORED</td><td>companion</td><td>int64 number, int64 stamp as it came, int32 width, int32 height, int8 bytes per
 *       pixel, then the pixels</td></tr>
 *   <tr><td>6 END</td><td>either, last</td><td>nothing</td></tr>
 * </table>
 *
 * <p>A HELLO with another magic, version or token is answered by closing the connection. Messages without pixels have at
 * most 8 KiB; a FRAME has exactly the bytes that the last STREAM announced. Anything else is an error that names what was
 * expected and closes the connection. Skipped frames are those that the camera took and the plugin didn't send, because the
 * companion was behind.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>A socket, not shared memory.</b> A loopback socket moves 512x512 frames a hundred times faster than Live shows them,
 * ends cleanly when either side dies, and works the same on Windows. Shared memory would be worth it above some 500 MB/s.
 *
 * <p><b>Micro-Manager never waits.</b> The plugin holds one frame and replaces it with the next; what was replaced is
 * counted in the next FRAME. Back-pressure ends at its sender thread.
 *
 * <p><b>A token in a file,</b> because any program of any user of the machine can reach the loopback address.
 */
package io.nocturne.acquisition.mm.wire;
