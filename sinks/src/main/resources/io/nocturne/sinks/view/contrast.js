// The contrast panel: histogram of what is shown, and limits that can be dragged.

import { RAW, RESTORED } from '/arrange.js';
import { $, show, write } from '/dom.js';
import { digits } from '/numbers.js';
import { automatic, letFollow, limits, planeOf, takeByHand } from '/pictures.js';
import { choice, choose, emit, on, view } from '/state.js';

const panel = $('contrast');
const BINS = 128;
const MOST_SAMPLES = 30_000;
const bins = new Float64Array(BINS);

const curves = [RAW, RESTORED].map((picture) => {
  const root = panel.querySelectorAll('.curve')[picture];
  const curve = { picture, root, canvas: root.querySelector('canvas'), range: { low: 0, high: 1 }, grabbed: '' };
  curve.canvas.addEventListener('pointerdown', (event) => {
    curve.canvas.setPointerCapture(event.pointerId);
    const { low, high } = limits(picture);
    const value = valueUnder(event, curve);
    curve.grabbed = Math.abs(value - low) < Math.abs(value - high) ? 'low' : 'high';
    takeByHand();
    drag(event, curve);
  });
  curve.canvas.addEventListener('pointermove', (event) => drag(event, curve));
  curve.canvas.addEventListener('pointerup', () => {
    curve.grabbed = '';
  });
  return curve;
});

function valueUnder(event, { canvas, range }) {
  const box = canvas.getBoundingClientRect();
  return range.low + ((event.clientX - box.left) / box.width) * (range.high - range.low);
}

function drag(event, curve) {
  if (!curve.grabbed) {
    return;
  }
  const byHand = takeByHand();
  const least = (curve.range.high - curve.range.low) / 200;
  const value = valueUnder(event, curve);
  for (const picture of choice.same ? [RAW, RESTORED] : [curve.picture]) {
    const other = byHand[picture];
    byHand[picture] =
      curve.grabbed === 'low'
        ? { low: Math.min(value, other.high - least), high: other.high }
        : { low: other.low, high: Math.max(value, other.low + least) };
  }
  draw();
  emit('limits');
}

/** Opens or closes the panel; true if it is open then. */
export function toggle() {
  show(panel, panel.hidden);
  draw();
  return !panel.hidden;
}

/** Sets limits as a person would by dragging, in counts. */
export function setLimits(picture, low, high) {
  takeByHand()[picture] = { low, high };
  draw();
  emit('limits');
}

$('auto').addEventListener('change', ({ target }) => {
  if (target.checked) {
    letFollow();
  } else {
    takeByHand();
  }
  draw();
  emit('limits');
});
$('same').addEventListener('change', ({ target }) => choose({ same: target.checked }));
$('saturated').addEventListener('change', ({ target }) => choose({ saturated: target.checked }));

on('drawn', draw);
on('choice', () => {
  $('same').checked = choice.same;
  $('saturated').checked = choice.saturated;
});
on('stream', () => show(curves[RESTORED].root, Boolean(view.stream.restorer)));

function draw() {
  if (panel.hidden) {
    return;
  }
  $('auto').checked = automatic();
  for (const curve of curves) {
    const plane = planeOf(curve.picture);
    if (plane) {
      drawCurve(curve, plane);
    }
  }
}

function drawCurve(curve, plane) {
  const { low, high } = limits(curve.picture);
  if (!curve.grabbed) {
    curve.range = { low: low - 0.25 * (high - low), high: high + 0.5 * (high - low) };
  }
  const { range } = curve;
  count(plane.pixels, range);
  const context = curve.canvas.getContext('2d');
  const { width, height } = curve.canvas;
  const across = (value) => ((value - range.low) / (range.high - range.low)) * width;
  const most = Math.log1p(bins.reduce((a, b) => Math.max(a, b), 1));
  context.clearRect(0, 0, width, height);
  context.fillStyle = '#5b6b7a';
  bins.forEach((n, i) => {
    const tall = (Math.log1p(n) / most) * (height - 12);
    context.fillRect((i * width) / BINS, height - tall, width / BINS - 0.6, tall);
  });
  context.fillStyle = '#8fb7d8';
  for (const value of [low, high]) {
    context.fillRect(Math.round(across(value)) - 1.5, 0, 3, height);
  }
  context.strokeStyle = 'rgba(143, 183, 216, 0.5)';
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(across(low), height);
  context.lineTo(across(high), 0);
  context.stroke();
  write(curve.root.querySelector('output'), `${digits(low, 3)} – ${digits(high, 3)} counts`);
}

function count(pixels, range) {
  bins.fill(0);
  const step = Math.max(1, Math.floor(pixels.length / MOST_SAMPLES));
  const gain = BINS / (range.high - range.low);
  for (let i = 0; i < pixels.length; i += step) {
    const bin = Math.floor((pixels[i] - range.low) * gain);
    if (bin >= 0 && bin < BINS) {
      bins[bin]++;
    }
  }
}
