// The live view's page: one connection, one camera, two panes.

import { Camera } from '/camera.js';
import { HealthStrip } from '/health.js';
import { LUT_NAMES, gradient, lut } from '/luts.js';
import { createPainter } from '/painter.js';
import { readFrame, valueAt } from '/protocol.js';

const $ = (id) => document.getElementById(id);
const stage = $('stage');
const canvas = $('picture');
const camera = new Camera();
const strip = new HealthStrip($('health'));
const given = new URLSearchParams(location.hash.slice(1));
const token = given.get('token') ?? '';
const painter = createPainter(canvas, given.get('painter'));

let stream = null;
let newest = null; // the frame last received
let unpainted = null; // { ticket, arrived } of a frame that has not been painted yet
const shown = [null, null]; // plane and index last received of raw and restored
let health = { run: {} };
let paintedIndex = -1;
const paintedAt = []; // times at which different frames were painted, newest last
let splitAt = 0.5;
let manual = [null, null]; // limits set by hand
let pointer = null; // raw pixel under the pointer
let drawn = false; // a draw is scheduled

const remembered = JSON.parse(sessionStorage.getItem('nocturne.view') ?? '{}');
const choice = { mode: 'side', lut: 'Gray', same: false, saturated: false, channel: -1, ...remembered };

function choose(changes) {
  Object.assign(choice, changes);
  sessionStorage.setItem('nocturne.view', JSON.stringify(choice));
  showChoices();
  layout();
}

// Connection

let socket = null;
let retryMillis = 500;

function connect() {
  const secure = location.protocol === 'https:' ? 'wss' : 'ws';
  socket = new WebSocket(`${secure}://${location.host}/ws${token ? `?token=${token}` : ''}`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    retryMillis = 500;
    askedWindow = '';
    if (choice.channel >= 0) {
      tell({ type: 'channel', channel: choice.channel });
    }
    askWindow();
  };
  socket.onmessage = ({ data }) => (typeof data === 'string' ? readText(JSON.parse(data)) : receive(data));
  socket.onclose = ({ code, reason }) => {
    unpainted = null;
    setPaused(false);
    curtain(code === 4001 || code === 1008 ? reason : 'No connection to the run.\nTrying again …');
    setTimeout(connect, retryMillis);
    retryMillis = Math.min(5000, retryMillis * 1.6);
  };
}

function tell(message) {
  if (socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(message));
  }
}

setInterval(() => tell({ type: 'alive' }), 20_000);

function readText(message) {
  if (message.type === 'stream') {
    openStream(message);
  } else if (message.type === 'health') {
    health = message;
    showHealth();
  }
}

function openStream(next) {
  const same = stream && stream.frame.width === next.frame.width && stream.frame.height === next.frame.height;
  const sameRun = stream?.attachment === next.attachment;
  stream = next;
  if (!sameRun) {
    shown[0] = null;
    shown[1] = null;
    newest = null;
    paintedIndex = -1;
    setPaused(false);
    curtain('Waiting for the first frame');
  }
  if (!same) {
    camera.setFrame(stream.frame);
  }
  $('stream').textContent =
    `${stream.name}, ${stream.frame.width} × ${stream.frame.height}, ${stream.significantBits} bit`;
  const model = stream.restorer;
  $('model').textContent = model ? `${model.name}${upscale(model)}` : 'no model, raw only';
  $('model').dataset.tip = model
    ? `The model that restores, and what proves which one it is:\n${model.identity}`
    : 'Frames are shown and stored as the camera gave them.';
  document.body.classList.toggle('rawOnly', !model);
  for (const node of document.querySelectorAll('.two')) {
    node.hidden = !model;
  }
  document.querySelectorAll('.curve')[1].hidden = !model;
  showChannels();
  layout();
  askedWindow = '';
  askWindow();
}

function upscale({ product }) {
  const factor = product.width / stream.frame.width;
  return factor > 1 ? `, ×${Number(factor.toFixed(2))}` : '';
}

function receive(buffer) {
  const arrived = performance.now();
  let frame;
  try {
    frame = readFrame(buffer);
  } catch (reason) {
    curtain(reason.message);
    return;
  }
  if (!stream || frame.attachment !== stream.attachment) {
    return;
  }
  newest = frame;
  frame.planes.forEach((plane, which) => {
    if (plane) {
      plane.index = frame.index;
      shown[which] = plane;
      painter.load(which, plane);
    }
  });
  unpainted = { ticket: frame.ticket, arrived };
  curtain('');
  schedule();
}

// Painting. The word that a frame is painted leaves after the browser's paint step, so that its time is part of it.

const afterPaint = new MessageChannel();
afterPaint.port1.onmessage = ({ data }) => {
  const millis = performance.now() - data.arrived;
  tell({ type: 'painted', ticket: data.ticket, browserMillis: Math.round(millis * 10) / 10 });
};

function schedule() {
  if (!drawn) {
    drawn = true;
    requestAnimationFrame(draw);
  }
}

painter.onRestored = () => {
  shown.forEach((plane, which) => plane && painter.load(which, plane));
  schedule();
};

function draw() {
  drawn = false;
  if (!stream) {
    return;
  }
  if (newest) {
    painter.draw(panes().filter(({ plane }) => plane), stream.frame);
    showFrame();
  }
  if (unpainted) {
    afterPaint.port2.postMessage(unpainted);
    unpainted = null;
    if (newest.index !== paintedIndex) {
      paintedIndex = newest.index;
      paintedAt.push(performance.now());
      document.documentElement.dataset.painted = paintedIndex;
    }
  }
}

function limits(which) {
  if (manual[which]) {
    return manual[which];
  }
  const plane = shown[which];
  if (!plane) {
    return { low: 0, high: 1 };
  }
  if (choice.same && stream.restorer && shown[0] && shown[1]) {
    const other = manual[1] ?? shown[1];
    return { low: other.low, high: other.high };
  }
  return { low: plane.low, high: plane.high };
}

/** Where the panes lie, in CSS pixels of the stage. */
function places() {
  const { clientWidth: width, clientHeight: height } = stage;
  if (!stream?.restorer) {
    return [{ x: 0, y: 0, width, height }];
  }
  if (choice.mode === 'split') {
    const border = Math.round(splitAt * width);
    return [
      { x: 0, y: 0, width: border, height },
      { x: border, y: 0, width: width - border, height, shift: border },
    ];
  }
  const gap = 2;
  if (width >= height * 1.05) {
    const half = Math.floor((width - gap) / 2);
    return [{ x: 0, y: 0, width: half, height }, { x: width - half, y: 0, width: half, height }];
  }
  const half = Math.floor((height - gap) / 2);
  return [{ x: 0, y: 0, width, height: half }, { x: 0, y: height - half, width, height: half }];
}

function panes() {
  const ratio = devicePixelRatio;
  return places().map((place, which) => {
    const origin = camera.toFrame(place.shift ?? 0, 0);
    const plane = shown[which];
    return {
      which,
      plane,
      ...limits(which),
      saturation: choice.saturated ? 2 ** stream.significantBits - 1 : 0,
      area: {
        x: Math.round(place.x * ratio),
        y: Math.round(place.y * ratio),
        width: Math.round(place.width * ratio),
        height: Math.round(place.height * ratio),
      },
      origin,
      step: 1 / (camera.zoom * ratio),
      dim: late(which) ? 0.45 : 1,
    };
  });
}

/** True for a picture that belongs to an older frame than the one shown beside it. */
function late(which) {
  return Boolean(shown[which] && newest && shown[which].index !== newest.index);
}

// Layout

function layout() {
  const ratio = devicePixelRatio;
  const width = Math.round(stage.clientWidth * ratio);
  const height = Math.round(stage.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const where = places();
  const split = choice.mode === 'split' && where.length === 2;
  camera.setPane(split ? stage.clientWidth : where[0].width, split ? stage.clientHeight : where[0].height);
  stage.classList.toggle('split', split);
  [0, 1].forEach((which) => {
    const pane = $(`pane${which}`);
    const place = where[which];
    pane.hidden = !place;
    if (place) {
      Object.assign(pane.style, {
        left: `${place.x}px`,
        top: `${place.y}px`,
        width: `${place.width}px`,
        height: `${place.height}px`,
      });
    }
  });
  $('divider').hidden = !split;
  $('divider').style.left = `${splitAt * 100}%`;
  $('divider').setAttribute('aria-valuenow', String(Math.round(splitAt * 100)));
  moved();
}

function moved() {
  showScale();
  showPointer();
  $('zoom').textContent = stream ? `${format(camera.zoom * devicePixelRatio * 100, 3)} %` : '';
  askWindow();
  schedule();
}

let askedWindow = '';
let askTimer = 0;

function askWindow() {
  if (!stream || askTimer) {
    return;
  }
  const message = JSON.stringify({ type: 'window', ...camera.window(devicePixelRatio) });
  if (message !== askedWindow && socket?.readyState === WebSocket.OPEN) {
    askedWindow = message;
    socket.send(message);
    askTimer = setTimeout(() => {
      askTimer = 0;
      askWindow();
    }, 50);
  }
}

new ResizeObserver(layout).observe(stage);

// What is written on the picture

function showFrame() {
  $('index').textContent = newest.index.toLocaleString('en').replaceAll(',', '\u2009');
  $('time').textContent = newest.wallMillis > 0 ? clockTime(newest.wallMillis) : '';
  [0, 1].forEach((which) => {
    const plane = shown[which];
    const note = $(`pane${which}`).querySelector('.note');
    note.classList.toggle('late', late(which));
    note.textContent = plane ? describe(plane, which) : 'nothing yet';
  });
  showPointer();
  if (!$('contrast').hidden) {
    drawCurves();
  }
}

function describe(plane, which) {
  const parts = [];
  if (late(which)) {
    parts.push(`frame ${plane.index}`);
  }
  if (plane.bin > 1) {
    parts.push(`mean of ${plane.bin} × ${plane.bin} pixels`);
  }
  const depth = which === 0 ? stream.frame.depth : stream.restorer.product.depth;
  if (depth > 1) {
    parts.push(`slice ${plane.slice + 1} of ${depth}`);
  } else if (which === 0 && stream.zSlices > 1) {
    parts.push(`slice ${newest.zSlice + 1} of ${stream.zSlices}`);
  }
  if (which === 0 && stream.positions > 1) {
    parts.push(`position ${newest.position + 1}`);
  }
  return parts.join(', ');
}

function clockTime(millis) {
  const time = new Date(millis);
  const two = (n, width = 2) => String(n).padStart(width, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${two(time.getMilliseconds(), 3).slice(0, 1)}`;
}

function format(value, digits) {
  const size = Math.abs(value);
  return size >= 10 ** (digits - 1) ? String(Math.round(value)) : String(Number(value.toPrecision(digits)));
}

function showScale() {
  const scale = $('scale');
  scale.hidden = !stream?.pixelSizeUm;
  if (scale.hidden) {
    return;
  }
  const most = (Math.min(180, camera.pane.width * 0.3) / camera.zoom) * stream.pixelSizeUm;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most);
  scale.querySelector('i').style.width = `${(length / stream.pixelSizeUm) * camera.zoom}px`;
  scale.querySelector('span').textContent =
    length >= 1000 ? `${format(length / 1000, 3)} mm` : length < 1 ? `${format(length * 1000, 3)} nm` : `${format(length, 3)} µm`;
}

function showPointer() {
  const readout = $('readout');
  const crosses = [0, 1].map((which) => $(`pane${which}`).querySelector('.cross'));
  const inside =
    pointer && stream && pointer.x >= 0 && pointer.y >= 0 && pointer.x < stream.frame.width && pointer.y < stream.frame.height;
  if (!inside || !newest) {
    readout.textContent = '';
    crosses.forEach((cross) => (cross.hidden = true));
    return;
  }
  const values = ['raw', 'restored'].map((name, which) => {
    const plane = shown[which];
    const value = plane && valueAt(plane, stream.frame, pointer.x, pointer.y);
    if (value === null || value === undefined) {
      return '';
    }
    const bin = plane.bin > 1 ? ` (mean of ${plane.bin} × ${plane.bin})` : '';
    return `${name} ${plane.type === 2 ? format(value, 5) : value}${bin}`;
  });
  const text = `x ${Math.floor(pointer.x)}  y ${Math.floor(pointer.y)}   ${values.filter(Boolean).join('   ')} counts`;
  readout.textContent = text;
  const where = places();
  crosses.forEach((cross, which) => {
    const other = where.length === 2 && choice.mode === 'side' && which !== pointer.pane;
    cross.hidden = !other;
    if (other) {
      const at = camera.toPane(pointer.x, pointer.y);
      cross.style.left = `${at.x}px`;
      cross.style.top = `${at.y}px`;
    }
  });
}

function curtain(text) {
  $('curtain').hidden = !text;
  $('curtain').firstElementChild.textContent = text;
}

// Health

function showHealth() {
  const now = performance.now();
  while (paintedAt.length && paintedAt[0] < now - 3000) {
    paintedAt.shift();
  }
  const span = paintedAt.length > 1 ? (paintedAt.at(-1) - paintedAt[0]) / 1000 : 0;
  const idle = paintedAt.length === 0 || now - paintedAt.at(-1) > 2000;
  const page = { rate: idle || span === 0 ? 0 : (paintedAt.length - 1) / span, view: health.view, words: stream?.causes ?? {}, model: stream?.restorer };
  const lost = strip.show(health.run ?? {}, page);
  const alarm = $('alarm');
  alarm.hidden = !lost && !health.error;
  const words = health.error ?? lost;
  if (alarm.textContent !== words) {
    alarm.textContent = words;
  }
  document.title = lost ? '● Frames lost – Nocturne' : 'Nocturne live';
}

// Pointer: drag pans, wheel and pinch zoom, the border of the split moves.

const touching = new Map();
let pinch = 0;

function locate(event) {
  const box = stage.getBoundingClientRect();
  const x = event.clientX - box.left;
  const y = event.clientY - box.top;
  const where = places();
  const split = choice.mode === 'split' && where.length === 2;
  const pane = split ? (x < where[0].width ? 0 : 1) : where.findIndex((p) => x >= p.x && x < p.x + p.width && y >= p.y && y < p.y + p.height);
  const place = where[Math.max(0, pane)];
  return { x: split ? x : x - place.x, y: split ? y : y - place.y, pane, stageX: x };
}

stage.addEventListener('pointerdown', (event) => {
  if (event.target.closest('#contrast, #divider')) {
    return;
  }
  stage.setPointerCapture(event.pointerId);
  touching.set(event.pointerId, { ...locate(event), clientX: event.clientX, clientY: event.clientY });
  pinch = 0;
});

stage.addEventListener('pointermove', (event) => {
  const at = locate(event);
  const before = touching.get(event.pointerId);
  if (before) {
    const dx = event.clientX - before.clientX;
    const dy = event.clientY - before.clientY;
    touching.set(event.pointerId, { ...before, clientX: event.clientX, clientY: event.clientY });
    stage.classList.add('moving');
    camera.pan(dx / touching.size, dy / touching.size);
    if (touching.size === 2) {
      const [a, b] = [...touching.values()];
      const distance = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      if (pinch > 0) {
        camera.zoomTo((camera.zoom * distance) / pinch, (a.x + b.x) / 2, (a.y + b.y) / 2);
      }
      pinch = distance;
    }
    moved();
  }
  if (!event.target.closest?.('#contrast')) {
    pointer = { ...camera.toFrame(at.x, at.y), pane: at.pane };
    showPointer();
  }
});

for (const type of ['pointerup', 'pointercancel']) {
  stage.addEventListener(type, (event) => {
    touching.delete(event.pointerId);
    pinch = 0;
    stage.classList.toggle('moving', touching.size > 0);
  });
}

stage.addEventListener('pointerleave', (event) => {
  if (event.pointerType === 'mouse') {
    pointer = null;
    showPointer();
  }
});

stage.addEventListener(
  'wheel',
  (event) => {
    if (event.target.closest('#contrast')) {
      return;
    }
    event.preventDefault();
    const at = locate(event);
    const lines = event.deltaMode === 1 ? 16 : 1;
    camera.zoomTo(camera.zoom * Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), at.x, at.y);
    moved();
  },
  { passive: false },
);

stage.addEventListener('dblclick', (event) => {
  if (event.target.closest('#contrast, #divider')) {
    return;
  }
  const at = locate(event);
  if (camera.fitted) {
    camera.zoomTo(Math.max(camera.zoom * 4, 1 / devicePixelRatio), at.x, at.y);
  } else {
    camera.fit();
  }
  moved();
});

const divider = $('divider');
divider.addEventListener('pointerdown', (event) => divider.setPointerCapture(event.pointerId));
divider.addEventListener('pointermove', (event) => {
  if (divider.hasPointerCapture(event.pointerId)) {
    moveBorder((event.clientX - stage.getBoundingClientRect().left) / stage.clientWidth);
  }
});
divider.addEventListener('keydown', (event) => {
  const way = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
  if (way) {
    moveBorder(splitAt + way);
  }
});

function moveBorder(to) {
  splitAt = Math.min(0.98, Math.max(0.02, to));
  layout();
}

// Controls

let paused = false;

function setPaused(on) {
  paused = on;
  $('pause').setAttribute('aria-pressed', String(on));
  $('pause').textContent = on ? 'Resume' : 'Pause';
  $('held').hidden = !on;
}

const actions = {
  side: () => choose({ mode: 'side' }),
  split: () => choose({ mode: 'split' }),
  fit: () => {
    camera.fit();
    moved();
  },
  one: () => {
    camera.zoomTo(1 / devicePixelRatio, camera.pane.width / 2, camera.pane.height / 2);
    moved();
  },
  pause: () => {
    setPaused(!paused);
    tell({ type: 'pause', on: paused });
  },
  openContrast: () => {
    const panel = $('contrast');
    panel.hidden = !panel.hidden;
    $('openContrast').setAttribute('aria-expanded', String(!panel.hidden));
    $('readout').style.visibility = panel.hidden ? '' : 'hidden';
    drawCurves();
  },
};

for (const [id, action] of Object.entries(actions)) {
  $(id).addEventListener('click', action);
}

const keys = {
  ' ': actions.pause,
  f: actions.fit,
  1: actions.one,
  c: actions.openContrast,
  s: () => stream?.restorer && choose({ mode: choice.mode === 'side' ? 'split' : 'side' }),
  l: () => choose({ lut: LUT_NAMES[(LUT_NAMES.indexOf(choice.lut) + 1) % LUT_NAMES.length] }),
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input')) {
    return;
  }
  const action = keys[event.key.toLowerCase()];
  if (action && !(event.key === ' ' && event.target.closest('button'))) {
    event.preventDefault();
    action();
  }
});

for (const name of LUT_NAMES) {
  const button = document.createElement('button');
  button.dataset.lut = name;
  button.dataset.tip = `Colours: ${name.toLowerCase()}. Key L for the next.`;
  button.setAttribute('aria-label', name);
  button.append(document.createElement('i'));
  button.firstChild.style.background = gradient(name);
  button.addEventListener('click', () => choose({ lut: name }));
  $('luts').append(button);
}

function showChannels() {
  const group = $('channels');
  group.hidden = stream.channels.length < 2;
  const names = stream.channels.map((name, i) => [name, i]);
  group.replaceChildren(
    ...names.map(([name, i]) => {
      const button = document.createElement('button');
      button.textContent = name;
      button.dataset.tip = `Show channel ${name}.`;
      button.setAttribute('aria-pressed', String(choice.channel === i));
      button.addEventListener('click', () => setChannel(i));
      return button;
    }),
  );
  if (stream.channels.length > 1 && !(choice.channel >= 0 && choice.channel < stream.channels.length)) {
    setChannel(0);
  }
}

function setChannel(channel) {
  choose({ channel });
  tell({ type: 'channel', channel });
  [...$('channels').children].forEach((button, i) => button.setAttribute('aria-pressed', String(i === channel)));
}

function showChoices() {
  $('side').setAttribute('aria-pressed', String(choice.mode === 'side'));
  $('split').setAttribute('aria-pressed', String(choice.mode === 'split'));
  $('same').checked = choice.same;
  $('saturated').checked = choice.saturated;
  for (const button of $('luts').children) {
    button.setAttribute('aria-pressed', String(button.dataset.lut === choice.lut));
  }
  painter.setLut(lut(choice.lut));
  schedule();
}

// Contrast: histogram of what is shown, and limits that can be dragged.

$('auto').addEventListener('change', ({ target }) => {
  manual = target.checked ? [null, null] : [0, 1].map((which) => (shown[which] ? { ...limits(which) } : null));
  drawCurves();
  schedule();
});
$('same').addEventListener('change', ({ target }) => choose({ same: target.checked }));
$('saturated').addEventListener('change', ({ target }) => choose({ saturated: target.checked }));

const curves = [...document.querySelectorAll('.curve')].map((root, which) => {
  const curve = { root, canvas: root.querySelector('canvas'), range: { low: 0, high: 1 }, grabbed: '' };
  const place = (event) => {
    const box = curve.canvas.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    return curve.range.low + part * (curve.range.high - curve.range.low);
  };
  curve.canvas.addEventListener('pointerdown', (event) => {
    curve.canvas.setPointerCapture(event.pointerId);
    const { low, high } = limits(which);
    const value = place(event);
    curve.grabbed = Math.abs(value - low) < Math.abs(value - high) ? 'low' : 'high';
    $('auto').checked = false;
    manual = [0, 1].map((i) => manual[i] ?? (shown[i] ? { ...limits(i) } : null));
    drag(event);
  });
  const drag = (event) => {
    if (!curve.grabbed || !manual[which]) {
      return;
    }
    const least = (curve.range.high - curve.range.low) / 200;
    const value = place(event);
    const set = choice.same ? [0, 1].filter((i) => manual[i]) : [which];
    for (const i of set) {
      const other = manual[i];
      manual[i] =
        curve.grabbed === 'low'
          ? { low: Math.min(value, other.high - least), high: other.high }
          : { low: other.low, high: Math.max(value, other.low + least) };
    }
    drawCurves();
    schedule();
  };
  curve.canvas.addEventListener('pointermove', drag);
  curve.canvas.addEventListener('pointerup', () => (curve.grabbed = ''));
  return curve;
});

const BINS = 128;
const bins = new Float64Array(BINS);

function drawCurves() {
  curves.forEach((curve, which) => {
    const plane = shown[which];
    if (!plane || $('contrast').hidden) {
      return;
    }
    const { low, high } = limits(which);
    if (!curve.grabbed) {
      curve.range = { low: low - 0.25 * (high - low), high: high + 0.5 * (high - low) };
    }
    const { range } = curve;
    bins.fill(0);
    const step = Math.max(1, Math.floor(plane.pixels.length / 30_000));
    const gain = BINS / (range.high - range.low);
    for (let i = 0; i < plane.pixels.length; i += step) {
      const bin = Math.floor((plane.pixels[i] - range.low) * gain);
      if (bin >= 0 && bin < BINS) {
        bins[bin]++;
      }
    }
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
    curve.root.querySelector('output').textContent = `${format(low, 3)} – ${format(high, 3)} counts`;
  });
}

// Explanations

const tip = $('tip');
let tipFor = null;

function explain(node) {
  tipFor = node;
  tip.hidden = !node;
  if (!node) {
    return;
  }
  tip.textContent = node.dataset.tip;
  const box = node.getBoundingClientRect();
  const width = tip.offsetWidth;
  const height = tip.offsetHeight;
  const left = Math.min(innerWidth - width - 12, Math.max(12, box.left + box.width / 2 - width / 2));
  const top = box.top - height - 8 > 8 ? box.top - height - 8 : box.bottom + 8;
  Object.assign(tip.style, { left: `${left}px`, top: `${top}px` });
}

document.addEventListener('pointerover', (event) => explain(event.target.closest?.('[data-tip]') ?? null));
document.addEventListener('focusin', (event) => {
  if (event.target.matches(':focus-visible')) {
    explain(event.target.closest('[data-tip]'));
  }
});
document.addEventListener('focusout', () => explain(null));
document.addEventListener('keydown', ({ key }) => key === 'Escape' && explain(null));

document.documentElement.dataset.painter = painter.kind;
curtain('Connecting');
showChoices();
layout();
connect();
