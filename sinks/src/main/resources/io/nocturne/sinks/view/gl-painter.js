// With a graphics card: planes stay counts, as textures, and the shader does limits, colours and scaling.

const GROUND = [0.02, 0.024, 0.03, 1];

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
    discard;
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

export class GlPainter {
  constructor(stage) {
    this.canvas = document.createElement('canvas');
    this.canvas.id = 'picture';
    const gl = this.canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false });
    if (!gl) {
      throw new Error('WebGL2 is not available');
    }
    stage.prepend(this.canvas);
    this.gl = gl;
    this.kind = 'WebGL2';
    this.lost = false;
    this.canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.lost = true;
    });
    this.canvas.addEventListener('webglcontextrestored', () => {
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
    this.textures = new Map(); // by layer: { texture, size }
    this.tables = new Map(); // by name of the colours
    gl.bindVertexArray(gl.createVertexArray());
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.enable(gl.SCISSOR_TEST);
  }

  newTexture(filter) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return texture;
  }

  table(colours) {
    const gl = this.gl;
    if (!this.tables.has(colours.name)) {
      const texture = this.newTexture(gl.LINEAR);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colours.bytes);
      this.tables.set(colours.name, texture);
    }
    return this.tables.get(colours.name);
  }

  /** Takes a plane's pixels over to the graphics card. */
  load(key, plane) {
    if (this.lost) {
      return;
    }
    const gl = this.gl;
    const [inside, format, type] = [
      [gl.R8UI, gl.RED_INTEGER, gl.UNSIGNED_BYTE],
      [gl.R16UI, gl.RED_INTEGER, gl.UNSIGNED_SHORT],
      [gl.R32F, gl.RED, gl.FLOAT],
    ][plane.type];
    if (!this.textures.has(key)) {
      this.textures.set(key, { texture: this.newTexture(gl.NEAREST), size: '' });
    }
    const entry = this.textures.get(key);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, entry.texture);
    const size = `${plane.type} ${plane.columns} ${plane.rows}`;
    if (entry.size === size) {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, plane.columns, plane.rows, format, type, plane.pixels);
    } else {
      entry.size = size;
      gl.texImage2D(gl.TEXTURE_2D, 0, inside, plane.columns, plane.rows, 0, format, type, plane.pixels);
    }
  }

  /** Forgets all planes. */
  clear() {
    this.textures.forEach(({ texture }) => this.gl.deleteTexture(texture));
    this.textures.clear();
  }

  /** Fits the canvas to a stage of that many device pixels. */
  resize(width, height) {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
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
    gl.clearColor(...GROUND);
    gl.clear(gl.COLOR_BUFFER_BIT);
    for (const pane of panes) {
      pane.layers.forEach((layer, i) => this.drawLayer(pane, layer, frame, height, i > 0));
    }
  }

  drawLayer(pane, layer, frame, canvasHeight, adds) {
    const gl = this.gl;
    const { area } = pane;
    const { plane } = layer;
    if (!this.textures.has(layer.key)) {
      this.load(layer.key, plane);
    }
    const { handle, places } = plane.type === 2 ? this.real : this.whole;
    const table = this.table(layer.colours);
    gl.useProgram(handle);
    gl.scissor(area.x, canvasHeight - area.y - area.height, area.width, area.height);
    if (adds) {
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE);
    } else {
      gl.disable(gl.BLEND);
    }
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, table);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.textures.get(layer.key).texture);
    gl.uniform1i(places.counts, 0);
    gl.uniform1i(places.table, 1);
    gl.uniform2f(places.corner, area.x, area.y);
    gl.uniform2f(places.origin, pane.place.x, pane.place.y);
    gl.uniform2f(
      places.texelsPerRaw,
      plane.planeWidth / frame.width / plane.bin,
      plane.planeHeight / frame.height / plane.bin,
    );
    gl.uniform2f(places.cut, plane.x / plane.bin, plane.y / plane.bin);
    gl.uniform2f(places.cells, plane.columns, plane.rows);
    gl.uniform2f(places.frame, frame.width, frame.height);
    gl.uniform1f(places.step, pane.step);
    gl.uniform1f(places.low, layer.low);
    gl.uniform1f(places.high, layer.high);
    gl.uniform1f(places.saturation, layer.saturation);
    gl.uniform1f(places.dim, pane.dim);
    gl.uniform1f(places.canvasHeight, canvasHeight);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
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
