/**
 * The live view: what a person at the microscope looks at while the run goes on.
 *
 * <pre>
 *   rings ..tap..▶ view thread ──picture──▶ page 1      one picture under way per page, two if it is prompt;
 *                  (polls, cuts,  ──────▶ page 2      the next leaves after "painted",
 *                   bins, sends)  ◀─painted─            and is then the newest there is
 * </pre>
 *
 * <p>The dotted line is a copy that never gates a ring ({@link io.nocturne.stream.spi.FrameTap}). Pictures are real
 * pixels in the stream's own type, cut to what the page's window shows and binned by whole pixels where the screen has
 * fewer; the page draws them with WebGL2, or plainly without. Both sides always show the same frame index. If restoring
 * stops, raw goes on alone and the last product stays, dimmed and with its own index.
 *
 * <h2>The run's health</h2>
 *
 * {@link io.nocturne.sinks.view.LiveView#attach} is given a supplier of one JSON object. Every member may be missing;
 * what is missing is not shown. Rates are frames per second over the last seconds, causes are names of
 * {@link io.nocturne.stream.spi.Cause}, times are microseconds.
 *
 * <pre>{@code
 * {"camera":   {"rate": 20.0, "acquired": 1234},
 *  "restored": {"rate": 19.8, "count": 1220},
 *  "rawOnly":  {"NO_FREE_WORKER": 14},
 *  "failed":   {"RESTORER_THREW": 0},
 *  "lost":     {"RING_FULL": 0},
 *  "ring":     {"raw": 0.02, "restored": 0.10},
 *  "latencyMicros": {"end-to-end": {"p50": 9000, "p90": 12000, "p99": 15000, "p999": 16000, "max": 16400,
 *                                  "trace": [[8800, 14000], null, [9100, 15000]]}},
 *  "sinks":    {"kafka": {"delivered": 1200, "pending": 4, "lost": 0}},
 *  "model":    {"name": "gaussian", "identity": "sha256:...", "provider": "CPU", "limits": "...", "photons": [2, 200]},
 *  "disk":     {"freeBytes": 412000000000, "secondsUntilFull": 15720}}
 * }</pre>
 *
 * <p>{@code camera.acquired} counts frames committed to the raw ring; {@code lost} counts frames that the camera took
 * and that are not stored, before or after us, and turns the page red when above 0; {@code rawOnly} and {@code failed}
 * frames are stored raw. {@code ring} is the used part, 0 to 1. {@code latencyMicros} holds one object per stage, shown
 * in the order given; {@code end-to-end} leads the strip. Its percentiles are those of the last seconds, missing where
 * nothing passed; {@code trace} holds median and 99th percentile of each second, oldest first.
 * {@code disk.secondsUntilFull} is left out when nothing is being written. {@code model.photons} is the light that the
 * model's card names. {@code GET /health} answers
 * {@code {"attachment":..,"stream":..,"run":<this object>,"view":{..},"trust":{..}}}, {@code GET /metrics} the same in
 * Prometheus' text format. {@code trust} holds the figures of {@link io.nocturne.sinks.view.Trust}, estimated while a
 * page is open.
 *
 * <h2>Who may look</h2>
 *
 * Loopback unless told otherwise, and elsewhere only with the token. Only the page's files, {@code /health}, {@code
 * /metrics} and {@code /ws} exist. A foreign Host or Origin is refused, messages above 4 KiB, floods and unknown ones end
 * the connection, pages and connections are limited in number, a refusal ends its connection, and new ones are accepted at
 * most 100 a second. What a page can do to the run is {@link
 * io.nocturne.sinks.view.RunControls} and nothing else, on any address only with the token, which the page has from its
 * own address and which never travels unasked. Snapshots are made by the browser, of pixels it was sent: nothing is
 * written here.
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li>Acknowledged pictures instead of a rate limit: a page sets its own pace by what it really paints, over any
 *       network, and "painted" is measured rather than hoped for. A page that answers within 100 ms has two under way, so
 *       that sending and painting overlap; a slower one would only see them older. What would change our mind: pages far
 *       away, prompt but with long round trips.
 *   <li>Without a graphics card a plane is coloured at its own size and the browser scales it, instead of being drawn at
 *       the screen's size: a frame then costs its own pixels, and panning costs a transform. WebGL2 in software took five
 *       times as long. What would change our mind: browsers that scale canvases badly.
 *   <li>Trust is estimated here, from the whole frame, and not in the page, which may see a binned part of it. What would
 *       change our mind: estimates that need every pixel.
 *   <li>A wish to the run is carried out on a thread of its own: opening a model may take seconds, which neither pictures
 *       nor the web server can wait for.
 *   <li>16-bit pixels instead of a JPEG or video stream: contrast, read-out and histogram then work on counts, and
 *       nobody judges a restoration through another lossy codec. What would change our mind: remote viewing below
 *       about 50 Mbit/s.
 *   <li>Binning is the mean over whole pixels, and the page says so next to the picture, because averaging hides the
 *       very noise that raw and restored are compared by; zooming in shows every pixel.
 *   <li>Display limits are found and held steady on the server, from a fixed pixel grid, so that they depend neither on
 *       zoom nor on who looks, and a page opened later shows the same picture.
 *   <li>Frames are sent uncompressed and {@code permessage-deflate} is declined: deflating camera noise costs a core
 *       and saves about a third.
 *   <li>Connections are limited at the acceptor, in number and in rate: what is beyond waits with the operating system, or
 *       costs an idle connection its place, and takes no time from pictures. Whoever opens a page meanwhile waits some
 *       tenths of a second. What would change our mind: pages from more than a dozen people at once.
 *   <li>One thread for all pages: with asynchronous sends a page costs a copy of its window, about a millisecond. What
 *       would change our mind: more than a dozen pages at full rate on large frames.
 * </ul>
 */
package io.nocturne.sinks.view;
