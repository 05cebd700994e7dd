// The stage: lays out the panes, draws them when something changed, and tells the run what was painted.

import { RESIDUAL, RESTORED, mode, panes } from '/arrange.js';
import { Camera } from '/camera.js';
import { tell, wish } from '/connection.js';
import { $, show } from '/dom.js';
import { channelLut, lut } from '/luts.js';
import { createPainter } from '/painter.js';
import { keep, late, limits, planeOf, shownChannels } from '/pictures.js';
import { readFrame } from '/protocol.js';
import { choice, emit, on, overlaid, view } from '/state.js';

const stage = $('stage');
const painter = createPainter(stage, wish);
export const camera = new Camera();

const WINDOW_PAUSE_MILLIS = 50;
// Read where it changes only: reading it while drawing would lay out the page each time.
const size = { width: stage.clientWidth, height: stage.clientHeight };
let drawn = false; // a draw is scheduled
let unpainted = null; // { ticket, arrived, index } of a frame that has not been painted yet
let askedWindow = '';
let askTimer = 0;

/** Where the panes lie; the first is the left or upper one. */
export const places = () => panes(size);

// What arrives

on('pixels', (buffer) => {
  const arrived = performance.now();
  let frame;
  try {
    frame = readFrame(buffer);
  } catch (reason) {
    emit('broken', reason.message);
    return;
  }
  if (frame.snapshot) {
    emit('snapshot', frame);
    return;
  }
  if (!view.stream || frame.attachment !== view.stream.attachment) {
    return;
  }
  if (unpainted) {
    tell({ type: 'passed', ticket: unpainted.ticket }); // overtaken before it could be painted
  }
  view.newest = frame;
  for (const [channel, picture, plane] of keep(frame)) {
    painter.load(`${channel}/${picture}`, plane);
  }
  unpainted = { ticket: frame.ticket, arrived, index: frame.index, wallMillis: frame.wallMillis };
  emit('frame', frame);
  schedule();
});

on('stream', ({ fresh, resized }) => {
  if (fresh) {
    unpainted = null;
    painter.clear();
  }
  if (resized) {
    camera.setFrame(view.stream.frame);
  }
  askedWindow = '';
  layout();
});

on('connected', () => {
  askedWindow = '';
  askWindow();
});
on('disconnected', () => {
  unpainted = null;
});
on('choice', () => layout());
on('limits', () => schedule());

painter.onRestored = () => schedule();

// Painting. The word that a frame is painted leaves after the browser's paint step, so that its time is part of it.

const afterPaint = new MessageChannel();
afterPaint.port1.onmessage = ({ data }) => {
  const now = performance.now();
  const browserMillis = Math.round((now - data.arrived) * 10) / 10;
  tell({ type: 'painted', ticket: data.ticket, browserMillis });
  // A clock shared with the server is only had on the same machine; elsewhere this is off by the clocks' difference.
  const sinceCommit = data.wallMillis > 0 ? performance.timeOrigin + now - data.wallMillis : NaN;
  emit('painted', { index: data.index, at: now, sinceCommit });
};

export function schedule() {
  if (!drawn) {
    drawn = true;
    requestAnimationFrame(draw);
  }
}

function draw() {
  drawn = false;
  if (!view.stream) {
    return;
  }
  if (view.newest) {
    painter.draw(scene(), view.stream.frame);
    emit('drawn');
  }
  if (unpainted) {
    afterPaint.port2.postMessage(unpainted);
    unpainted = null;
  }
}

function scene() {
  const ratio = devicePixelRatio;
  return places().map((pane, i) => ({
    node: $(`pane${i}`),
    layers: layers(pane.picture),
    area: {
      x: Math.round(pane.x * ratio),
      y: Math.round(pane.y * ratio),
      width: Math.round(pane.width * ratio),
      height: Math.round(pane.height * ratio),
    },
    place: camera.toFrame(pane.shift, 0),
    step: 1 / (camera.zoom * ratio),
    dim: late(pane.picture) ? 0.45 : 1,
  }));
}

/** What a pane is made of: one layer, or one per channel. */
export function layers(picture) {
  const colours = picture === RESIDUAL ? () => lut('Gray') : overlaid() ? channelLut : () => lut(choice.lut);
  return shownChannels()
    .map((channel) => ({ channel, plane: planeOf(picture, channel) }))
    .filter(({ plane }) => plane)
    .map(({ channel, plane }) => {
      const { low, high } = limits(picture, channel);
      const saturation = choice.saturated && picture !== RESIDUAL ? 2 ** view.stream.significantBits - 1 : 0;
      return { key: `${channel}/${picture}`, plane, low, high, saturation, colours: colours(channel) };
    });
}

// Layout

export function layout() {
  const ratio = devicePixelRatio;
  painter.resize(Math.round(size.width * ratio), Math.round(size.height * ratio));
  const where = places();
  const split = mode() === 'split';
  camera.setPane(split ? size.width : where[0].width, split ? size.height : where[0].height);
  stage.classList.toggle('split', split);
  [0, 1].forEach((i) => {
    const node = $(`pane${i}`);
    const pane = where[i];
    show(node, Boolean(pane));
    if (pane) {
      node.dataset.picture = ['raw', 'restored', 'residual'][pane.picture];
      Object.assign(node.style, {
        left: `${pane.x}px`,
        top: `${pane.y}px`,
        width: `${pane.width}px`,
        height: `${pane.height}px`,
      });
    }
  });
  const divider = $('divider');
  show(divider, split);
  divider.style.left = `${choice.splitAt * 100}%`;
  divider.setAttribute('aria-valuenow', String(Math.round(choice.splitAt * 100)));
  moved();
}

/** The camera has moved: draws anew, and asks for what is now in sight. */
export function moved() {
  emit('moved');
  askWindow();
  schedule();
}

function askWindow() {
  if (!view.stream || askTimer) {
    return;
  }
  const message = { type: 'window', ...camera.window(devicePixelRatio) };
  const words = JSON.stringify(message);
  if (words !== askedWindow && tell(message)) {
    askedWindow = words;
    askTimer = setTimeout(() => {
      askTimer = 0;
      askWindow();
    }, WINDOW_PAUSE_MILLIS);
  }
}

/** What is under a pointer event: place within its pane, the pane's number and its picture. */
export function locate(event) {
  const box = stage.getBoundingClientRect();
  const x = event.clientX - box.left;
  const y = event.clientY - box.top;
  const where = places();
  const split = mode() === 'split';
  const inside = (p) => x >= p.x && x < p.x + p.width && y >= p.y && y < p.y + p.height;
  const pane = Math.max(0, where.findIndex(inside));
  const { x: left, y: top, picture } = where[pane];
  return { x: split ? x : x - left, y: split ? y : y - top, pane, picture };
}

/** True if restored pictures are on the stage. */
export const showsRestored = () => places().some(({ picture }) => picture === RESTORED);

document.documentElement.dataset.painter = painter.kind;
new ResizeObserver(() => {
  size.width = stage.clientWidth;
  size.height = stage.clientHeight;
  layout();
}).observe(stage);
