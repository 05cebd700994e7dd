// Saves the frame that is shown, whole and in full resolution, from this browser: numbers as TIFF, the look as PNG.

import { RAW, RESTORED } from '/arrange.js';
import { tell } from '/connection.js';
import { $, element } from '/dom.js';
import { lut } from '/luts.js';
import { limits } from '/pictures.js';
import { choice, on, view } from '/state.js';
import { tiff } from '/tiff.js';

const NAMES = ['raw', 'restored'];
const SEAM = 4; // pixels between the two pictures of the PNG

/** Asks for the whole frame; files are saved when it is here. */
export function takeSnapshot() {
  if (view.newest && tell({ type: 'snapshot' })) {
    $('snapshot').disabled = true;
  }
}

on('disconnected', () => {
  $('snapshot').disabled = false;
});

on('snapshot', async (frame) => {
  $('snapshot').disabled = false;
  const { stream } = view;
  const name = `${stream.name}-${String(frame.index).padStart(6, '0')}`;
  frame.planes.forEach((plane, picture) => {
    if (plane) {
      const words = describe(stream, frame, plane, picture);
      const size = (stream.pixelSizeUm * stream.frame.width) / plane.planeWidth;
      const bytes = tiff(plane.pixels, plane.columns, plane.rows, words, size);
      save(`${name}-${NAMES[picture]}.tif`, new Blob([bytes], { type: 'image/tiff' }));
    }
  });
  const png = await look(frame);
  if (png) {
    save(`${name}.png`, png);
  }
});

function describe(stream, frame, plane, picture) {
  const lines = [
    `stream=${stream.name}`,
    `frame=${frame.index}`,
    `channel=${stream.channels[frame.channel]}`,
    `picture=${NAMES[picture]}`,
    'unit=counts',
  ];
  if (frame.wallMillis > 0) {
    lines.push(`time=${new Date(frame.wallMillis).toISOString()}`);
  }
  if (picture === RESTORED) {
    lines.push(`model=${stream.restorer.name}`, `identity=${stream.restorer.identity}`);
  }
  if (plane.bin > 1) {
    lines.push(`bin=${plane.bin}`);
  }
  if (stream.pixelSizeUm > 0) {
    lines.push(`pixelSizeUm=${(stream.pixelSizeUm * stream.frame.width) / plane.planeWidth}`);
  }
  return lines.join('\n');
}

/** Raw and restored side by side as they look on this page. */
function look(frame) {
  const there = [RAW, RESTORED].filter((picture) => frame.planes[picture]);
  const height = Math.max(...there.map((picture) => frame.planes[picture].rows));
  const widths = there.map((picture) => {
    const { columns, rows } = frame.planes[picture];
    return Math.round((columns * height) / rows);
  });
  const canvas = element('canvas');
  canvas.width = widths.reduce((sum, width) => sum + width, SEAM * (there.length - 1));
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  context.imageSmoothingEnabled = false;
  let x = 0;
  there.forEach((picture, i) => {
    context.drawImage(coloured(frame.planes[picture], picture, frame.channel), x, 0, widths[i], height);
    x += widths[i] + SEAM;
  });
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

function coloured(plane, picture, channel) {
  const { low, high } = limits(picture, channel);
  const { words } = lut(choice.lut);
  const canvas = element('canvas');
  canvas.width = plane.columns;
  canvas.height = plane.rows;
  const image = new ImageData(plane.columns, plane.rows);
  const out = new Uint32Array(image.data.buffer);
  const gain = 255 / (high - low);
  for (let i = 0; i < out.length; i++) {
    out[i] = words[Math.min(255, Math.max(0, Math.round((plane.pixels[i] - low) * gain)))];
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas;
}

function save(name, blob) {
  const link = element('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
