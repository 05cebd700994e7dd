// Without a graphics card: each plane is coloured at its own size onto a canvas of its own, and the browser scales it
// where it lies. So a frame costs its own pixels and not the screen's, and moving the picture costs nothing but a
// transform.

const COLOURS = 65536;

export class PlainPainter {
  constructor() {
    this.kind = 'canvas';
    this.sheets = new Map();
  }

  load(key) {
    const sheet = this.sheets.get(key);
    if (sheet) {
      sheet.done = '';
    }
  }

  /** Forgets all planes. */
  clear() {
    this.sheets.forEach(({ canvas }) => canvas.remove());
    this.sheets.clear();
  }

  resize() {}

  draw(panes, frame) {
    const used = new Set();
    for (const pane of panes) {
      for (const layer of pane.layers) {
        used.add(layer.key);
        this.place(this.coloured(layer), pane, layer.plane, frame);
      }
    }
    this.sheets.forEach((sheet, key) => {
      if (!used.has(key)) {
        sheet.canvas.remove();
      }
    });
  }

  place(sheet, pane, plane, frame) {
    const { canvas } = sheet;
    if (canvas.parentNode !== pane.node) {
      pane.node.prepend(canvas);
    }
    const cssPerRaw = 1 / (pane.step * devicePixelRatio);
    const texel = { x: (frame.width / plane.planeWidth) * cssPerRaw, y: (frame.height / plane.planeHeight) * cssPerRaw };
    const left = plane.x * texel.x - pane.place.x * cssPerRaw;
    const top = plane.y * texel.y - pane.place.y * cssPerRaw;
    // A last bin may be cut short by the frame's edge; its mean is shown as wide as the others.
    const style = `translate(${left}px, ${top}px) scale(${texel.x * plane.bin}, ${texel.y * plane.bin})`;
    if (sheet.style !== style) {
      sheet.style = style;
      canvas.style.transform = style;
      canvas.style.imageRendering = texel.x * plane.bin * devicePixelRatio >= 1 ? 'pixelated' : 'auto';
    }
    const opacity = String(pane.dim);
    if (canvas.style.opacity !== opacity) {
      canvas.style.opacity = opacity;
    }
    const blend = pane.layers.length > 1 ? 'plus-lighter' : 'normal';
    if (sheet.blend !== blend) {
      sheet.blend = blend;
      canvas.style.mixBlendMode = blend;
    }
  }

  coloured(layer) {
    const { key, plane, low, high, saturation, colours } = layer;
    let sheet = this.sheets.get(key);
    if (!sheet) {
      sheet = this.newSheet();
      this.sheets.set(key, sheet);
    }
    const limits = `${plane.type} ${low} ${high} ${saturation} ${colours.name}`;
    if (sheet.done === limits) {
      return sheet;
    }
    const { canvas } = sheet;
    if (canvas.width !== plane.columns || canvas.height !== plane.rows || !sheet.image) {
      canvas.width = plane.columns;
      canvas.height = plane.rows;
      sheet.image = new ImageData(plane.columns, plane.rows);
      sheet.words = new Uint32Array(sheet.image.data.buffer);
    }
    if (plane.type === 2) {
      colourReal(plane.pixels, sheet.words, low, high, saturation, colours.words);
    } else {
      if (sheet.limits !== limits) {
        sheet.limits = limits;
        fillTable(sheet.table, plane.type === 0 ? 256 : COLOURS, low, high, saturation, colours.words);
      }
      colourWhole(plane.pixels, sheet.words, sheet.table);
    }
    sheet.context.putImageData(sheet.image, 0, 0);
    sheet.done = limits;
    return sheet;
  }

  newSheet() {
    const canvas = document.createElement('canvas');
    canvas.className = 'sheet';
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    return { canvas, context, table: new Uint32Array(COLOURS), done: '', limits: '', style: '', blend: 'normal' };
  }
}

const SATURATED = 0xff2626ff;

function fillTable(table, size, low, high, saturation, words) {
  const gain = 255 / (high - low);
  for (let value = 0; value < size; value++) {
    const level = (value - low) * gain + 0.5;
    table[value] = words[level > 255 ? 255 : level > 0 ? level | 0 : 0];
  }
  if (saturation > 0) {
    table.fill(SATURATED, saturation, size);
  }
}

function colourWhole(pixels, words, table) {
  for (let i = 0; i < words.length; i++) {
    words[i] = table[pixels[i]];
  }
}

function colourReal(pixels, words, low, high, saturation, colours) {
  const gain = 255 / (high - low);
  for (let i = 0; i < words.length; i++) {
    const level = (pixels[i] - low) * gain + 0.5;
    words[i] = colours[level > 255 ? 255 : level > 0 ? level | 0 : 0];
    if (saturation > 0 && pixels[i] >= saturation) {
      words[i] = SATURATED;
    }
  }
}
