// Drag pans, wheel and pinch zoom, double click goes in and out, the border of the split moves.

import { pointAt } from '/captions.js';
import { $ } from '/dom.js';
import { camera, locate, moved } from '/stage.js';
import { choice, choose } from '/state.js';

const stage = $('stage');
const FINE_WHEEL = 0.0018;
const PINCH_WHEEL = 0.01; // trackpads report a pinch as a wheel with Ctrl
const PIXELS_PER_LINE = 16;

const touching = new Map();
let pinch = 0;

const elsewhere = (event) => event.target.closest?.('.panel, #divider');

stage.addEventListener('pointerdown', (event) => {
  if (elsewhere(event)) {
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
    drag(event, before);
  }
  if (!elsewhere(event)) {
    pointAt({ ...camera.toFrame(at.x, at.y), pane: at.pane });
  }
});

function drag(event, before) {
  touching.set(event.pointerId, { ...before, clientX: event.clientX, clientY: event.clientY });
  stage.classList.add('moving');
  camera.pan((event.clientX - before.clientX) / touching.size, (event.clientY - before.clientY) / touching.size);
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

for (const type of ['pointerup', 'pointercancel']) {
  stage.addEventListener(type, (event) => {
    touching.delete(event.pointerId);
    pinch = 0;
    stage.classList.toggle('moving', touching.size > 0);
  });
}

stage.addEventListener('pointerleave', (event) => {
  if (event.pointerType === 'mouse') {
    pointAt(null);
  }
});

stage.addEventListener(
  'wheel',
  (event) => {
    if (elsewhere(event)) {
      return;
    }
    event.preventDefault();
    const at = locate(event);
    const way = event.deltaY * (event.deltaMode === 1 ? PIXELS_PER_LINE : 1);
    camera.zoomTo(camera.zoom * Math.exp(-way * (event.ctrlKey ? PINCH_WHEEL : FINE_WHEEL)), at.x, at.y);
    moved();
  },
  { passive: false },
);

stage.addEventListener('dblclick', (event) => {
  if (elsewhere(event)) {
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
    moveBorder(choice.splitAt + way);
  }
});

function moveBorder(to) {
  choose({ splitAt: Math.min(0.98, Math.max(0.02, to)) });
}
