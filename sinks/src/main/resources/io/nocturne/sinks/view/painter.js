// Draws panes: a plane of counts, through display limits and a lookup table, onto a part of the canvas.
// A pane is { plane, low, high, saturation, area: {x, y, width, height}, origin: {x, y}, step, dim }, where area is
// in device pixels from the top left, origin is the raw coordinate of the area's corner and step the raw pixels per
// device pixel. `frame` is the raw geometry.

const GROUND = '#050608';

/**
 * The painter for this browser. WebGL2 without a graphics card is slower than drawing plainly, so it is then declined.
 *
 * @param wish 'webgl2' or 'canvas' to decide otherwise
 */
export function createPainter(canvas, wish) {
  try {
    if (wish === 'canvas') {
      return new PlainPainter(canvas);
    }
    if (wish !== 'webgl2') {
      askForGraphicsCard();
    }
    return new GlPainter(canvas);
  } catch (reason) {
    console.info('Drawing without WebGL2:', reason.message);
    return new PlainPainter(canvas);
  }
}

const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  gl_Position = vec4(4.0 * corner - 1.0, 0.0, 1.0);
}`;

// Between texels, counts are interpolated over one device pixel only: single pixels stay sharp squares when zoomed in,
// and nothing is left out when zoomed out.
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp SAMPLER;
uniform SAMPLER counts;
uniform sampler2D table;
uniform vec2 corner, origin, texelsPerRaw, cut, cells, frame;
uniform float step, low, high, saturation, dim, canvasHeight;
out vec4 colour;

float at(ivec2 p) {
  return float(texelFetch(counts, clamp(p, ivec2(0), ivec2(cells) - 1), 0).r);
}

void main() {
  vec2 device = vec2(gl_FragCoord.x, canvasHeight - gl_FragCoord.y) - corner;
  vec2 raw = origin + device * step;
  vec2 texel = raw * texelsPerRaw - cut;
  if (any(lessThan(raw, vec2(0))) || any(greaterThanEqual(raw, frame))
      || any(lessThan(texel, vec2(-0.01))) || any(greaterThan(texel, cells + 0.01))) {
    colour = vec4(0.020, 0.024, 0.030, 1.0);
    return;
  }
  vec2 devicePerTexel = max(vec2(1.0), 1.0 / (step * texelsPerRaw));
  vec2 centred = texel - 0.5;
  vec2 whole = floor(centred);
  vec2 part = clamp((centred - whole - 0.5) * devicePerTexel + 0.5, 0.0, 1.0);
  ivec2 p = ivec2(whole);
  float value = mix(
      mix(at(p), at(p + ivec2(1, 0)), part.x),
      mix(at(p + ivec2(0, 1)), at(p + ivec2(1, 1)), part.x), part.y);
  float level = clamp((value - low) / (high - low), 0.0, 1.0);
  vec3 shade = texture(table, vec2((level * 255.0 + 0.5) / 256.0, 0.5)).rgb;
  if (saturation > 0.0 && value >= saturation) {
    shade = vec3(1.0, 0.15, 0.15);
  }
  colour = vec4(shade * dim, 1.0);
}`;

class GlPainter {
  constructor(canvas) {
    const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false });
    if (!gl) {
      throw new Error('WebGL2 is not available');
    }
    this.canvas = canvas;
    this.gl = gl;
    this.kind = 'WebGL2';
    this.lost = false;
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.lost = true;
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.lost = false;
      this.prepare();
      this.onRestored?.();
    });
    this.prepare();
  }

  prepare() {
    const gl = this.gl;
    this.whole = program(gl, 'usampler2D');
    this.real = program(gl, 'sampler2D');
    this.textures = [this.texture(gl.NEAREST), this.texture(gl.NEAREST)];
    this.sizes = ['', ''];
    this.table = this.texture(gl.LINEAR);
    gl.bindVertexArray(gl.createVertexArray());
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.enable(gl.SCISSOR_TEST);
    if (this.colours) {
      this.setLut(this.colours);
    }
  }

  texture(filter) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return texture;
  }

  setLut(colours) {
    const gl = this.gl;
    this.colours = colours;
    gl.bindTexture(gl.TEXTURE_2D, this.table);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colours);
  }

  /** Takes a plane's pixels over to the graphics card. */
  load(which, plane) {
    if (this.lost) {
      return;
    }
    const gl = this.gl;
    const [inside, format, type] = [
      [gl.R8UI, gl.RED_INTEGER, gl.UNSIGNED_BYTE],
      [gl.R16UI, gl.RED_INTEGER, gl.UNSIGNED_SHORT],
      [gl.R32F, gl.RED, gl.FLOAT],
    ][plane.type];
    gl.bindTexture(gl.TEXTURE_2D, this.textures[which]);
    const size = `${plane.type} ${plane.columns} ${plane.rows}`;
    if (this.sizes[which] === size) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, plane.columns, plane.rows, format, type, plane.pixels);
    } else {
      this.sizes[which] = size;
      gl.texImage2D(gl.TEXTURE_2D, 0, inside, plane.columns, plane.rows, 0, format, type, plane.pixels);
    }
  }

  draw(panes, frame) {
    if (this.lost) {
      return;
    }
    const gl = this.gl;
    const { width, height } = this.canvas;
    gl.viewport(0, 0, width, height);
    gl.scissor(0, 0, width, height);
    gl.clearColor(0.02, 0.024, 0.03, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    for (const pane of panes) {
      this.drawPane(pane, frame, height);
    }
  }

  drawPane(pane, frame, canvasHeight) {
    const gl = this.gl;
    const { plane, area } = pane;
    const { handle, places } = plane.type === 2 ? this.real : this.whole;
    gl.useProgram(handle);
    gl.scissor(area.x, canvasHeight - area.y - area.height, area.width, area.height);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.table);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.textures[pane.which]);
    gl.uniform1i(places.counts, 0);
    gl.uniform1i(places.table, 1);
    gl.uniform2f(places.corner, area.x, area.y);
    gl.uniform2f(places.origin, pane.origin.x, pane.origin.y);
    gl.uniform2f(
      places.texelsPerRaw,
      plane.planeWidth / frame.width / plane.bin,
      plane.planeHeight / frame.height / plane.bin,
    );
    gl.uniform2f(places.cut, plane.x / plane.bin, plane.y / plane.bin);
    gl.uniform2f(places.cells, plane.columns, plane.rows);
    gl.uniform2f(places.frame, frame.width, frame.height);
    gl.uniform1f(places.step, pane.step);
    gl.uniform1f(places.low, pane.low);
    gl.uniform1f(places.high, pane.high);
    gl.uniform1f(places.saturation, pane.saturation);
    gl.uniform1f(places.dim, pane.dim);
    gl.uniform1f(places.canvasHeight, canvasHeight);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}

/** On a canvas of its own: one that has been asked for WebGL can't be drawn on plainly any more. */
function askForGraphicsCard() {
  const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const card = gl?.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER) ?? 'software';
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  if (/swiftshader|llvmpipe|software|basic render/i.test(card)) {
    throw new Error('there is no graphics card for it');
  }
}

function program(gl, sampler) {
  const handle = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT.replaceAll('SAMPLER', sampler)],
  ]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(handle, shader);
  }
  gl.linkProgram(handle);
  if (!gl.getProgramParameter(handle, gl.LINK_STATUS)) {
    throw new Error(`the shader does not link: ${gl.getProgramInfoLog(handle)}`);
  }
  const places = {};
  for (let i = 0; i < gl.getProgramParameter(handle, gl.ACTIVE_UNIFORMS); i++) {
    const { name } = gl.getActiveUniform(handle, i);
    places[name] = gl.getUniformLocation(handle, name);
  }
  return { handle, places };
}

/** The same picture without a graphics card: each plane is coloured at its own size, and the browser scales it. */
class PlainPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.kind = 'canvas';
    this.sheets = [0, 1].map(() => ({ canvas: document.createElement('canvas'), done: '', table: new Uint32Array(0) }));
  }

  setLut(colours) {
    this.colours = new Uint32Array(colours.slice().buffer);
    this.sheets.forEach((sheet) => {
      sheet.done = '';
      sheet.limits = '';
    });
  }

  load(which) {
    this.sheets[which].done = '';
  }

  draw(panes, frame) {
    const { context } = this;
    context.fillStyle = GROUND;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    for (const pane of panes) {
      const { plane, area, origin, step } = pane;
      const sheet = this.coloured(pane);
      const texel = { x: frame.width / plane.planeWidth, y: frame.height / plane.planeHeight };
      context.save();
      context.beginPath();
      context.rect(area.x, area.y, area.width, area.height);
      context.clip();
      context.globalAlpha = pane.dim;
      context.imageSmoothingEnabled = plane.bin * texel.x < step;
      context.drawImage(
        sheet.canvas,
        area.x + (plane.x * texel.x - origin.x) / step,
        area.y + (plane.y * texel.y - origin.y) / step,
        (plane.columns * plane.bin * texel.x) / step,
        (plane.rows * plane.bin * texel.y) / step,
      );
      context.restore();
    }
  }

  coloured({ which, plane, low, high, saturation }) {
    const sheet = this.sheets[which];
    const limits = `${plane.type} ${low} ${high} ${saturation}`;
    if (sheet.done === limits) {
      return sheet;
    }
    const colour = this.shader(low, high, saturation);
    if (sheet.canvas.width !== plane.columns || sheet.canvas.height !== plane.rows || !sheet.image) {
      sheet.canvas.width = plane.columns;
      sheet.canvas.height = plane.rows;
      sheet.image = new ImageData(plane.columns, plane.rows);
    }
    const out = new Uint32Array(sheet.image.data.buffer);
    const { pixels } = plane;
    if (plane.type === 2) {
      for (let i = 0; i < out.length; i++) {
        out[i] = colour(pixels[i]);
      }
    } else {
      if (sheet.limits !== limits) {
        sheet.limits = limits;
        sheet.table = Uint32Array.from({ length: plane.type === 0 ? 256 : 65536 }, (_, value) => colour(value));
      }
      const { table } = sheet;
      for (let i = 0; i < out.length; i++) {
        out[i] = table[pixels[i]];
      }
    }
    sheet.canvas.getContext('2d').putImageData(sheet.image, 0, 0);
    sheet.done = limits;
    return sheet;
  }

  shader(low, high, saturation) {
    const gain = 255 / (high - low);
    const { colours } = this;
    return (value) =>
      saturation > 0 && value >= saturation
        ? 0xff2626ff
        : colours[Math.max(0, Math.min(255, Math.round((value - low) * gain))) || 0];
  }
}
