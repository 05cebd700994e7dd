// Draws panes. A pane is { node, layers, area, place, step, dim }: `node` is its element, `area` its rectangle in device
// pixels from the stage's top left, `place` the raw coordinate of its corner, `step` raw pixels per device pixel. A layer
// is { key, plane, low, high, colours, saturation }: a plane of counts, through limits and a lookup table of 256 RGBA
// colours; several layers of a pane add up. `frame` is the raw geometry.

import { GlPainter } from '/gl-painter.js';
import { PlainPainter } from '/plain-painter.js';

/**
 * The painter for this browser. WebGL2 without a graphics card is many times slower than drawing plainly, so it is then
 * declined.
 *
 * @param wish 'webgl2' or 'canvas' to decide otherwise
 */
export function createPainter(stage, wish) {
  try {
    if (wish === 'canvas') {
      return new PlainPainter();
    }
    if (wish !== 'webgl2') {
      askForGraphicsCard();
    }
    return new GlPainter(stage);
  } catch (reason) {
    console.info('Drawing without WebGL2:', reason.message);
    return new PlainPainter();
  }
}

/** On a canvas of its own, which is thrown away. */
function askForGraphicsCard() {
  const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const card = gl?.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER) ?? 'software';
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  if (/swiftshader|llvmpipe|software|basic render/i.test(card)) {
    throw new Error('there is no graphics card for it');
  }
}
