// What is written on the pictures: names, frame number and time, scale bar, counts under the pointer, the curtain.

import { RAW, RESIDUAL, RESTORED, mode, nameOf } from '/arrange.js';
import { $, show, write } from '/dom.js';
import { clockTime, digits, length, whole } from '/numbers.js';
import { late, planeOf, shownChannels } from '/pictures.js';
import { valueAt } from '/protocol.js';
import { camera, places } from '/stage.js';
import { on, overlaid, view } from '/state.js';

let pointer = null; // { x, y, pane } in raw pixels

/** Shows the counts at a place of the frame; null for none. */
export function pointAt(place) {
  pointer = place;
  showPointer();
}

export function curtain(words) {
  show($('curtain'), Boolean(words));
  write($('curtain').firstElementChild, words);
}

on('disconnected', curtain);
on('broken', curtain);
on('stream', ({ fresh }) => {
  if (fresh) {
    curtain('Waiting for the first frame');
    write($('index'), '–');
    write($('time'), '');
  }
  const { stream } = view;
  write($('stream'), `${stream.name}, ${stream.frame.width} × ${stream.frame.height}, ${stream.significantBits} bit`);
});

on('drawn', () => {
  curtain('');
  const { newest } = view;
  write($('index'), whole(newest.index));
  write($('time'), newest.wallMillis > 0 ? clockTime(newest.wallMillis) : '');
  places().forEach(({ picture }, i) => {
    const label = $(`pane${i}`).querySelector('.label');
    write(label.firstElementChild, nameOf(picture));
    const note = label.lastElementChild;
    note.classList.toggle('late', late(picture));
    write(note, describe(picture));
  });
  showPointer();
});

on('moved', () => {
  showScale();
  showPointer();
  write($('zoom'), view.stream ? `${digits(camera.zoom * devicePixelRatio * 100, 3)} %` : '');
});

function describe(picture) {
  const plane = planeOf(picture);
  const { stream, newest } = view;
  if (!plane) {
    return picture === RESIDUAL ? 'waiting for both' : 'nothing yet';
  }
  const parts = [];
  if (late(picture)) {
    parts.push(`frame ${whole(plane.index)}`);
  }
  if (overlaid()) {
    parts.push(`${shownChannels().length} channels`);
  }
  if (plane.bin > 1) {
    parts.push(`mean of ${plane.bin} × ${plane.bin} pixels`);
  }
  const depth = picture === RESTORED ? stream.restorer.product.depth : stream.frame.depth;
  if (depth > 1) {
    parts.push(`slice ${plane.slice + 1} of ${depth}`);
  } else if (picture === RAW && stream.zSlices > 1) {
    parts.push(`slice ${newest.zSlice + 1} of ${stream.zSlices}`);
  }
  if (picture === RAW && stream.positions > 1) {
    parts.push(`position ${newest.position + 1}`);
  }
  if (picture === RESIDUAL) {
    parts.push(`± ${digits(plane.high, 3)} counts; should look like noise`);
  }
  return parts.join(', ');
}

function showScale() {
  const scale = $('scale');
  const size = view.stream?.pixelSizeUm;
  show(scale, size > 0);
  if (!(size > 0)) {
    return;
  }
  const most = (Math.min(180, camera.pane.width * 0.3) / camera.zoom) * size;
  const power = 10 ** Math.floor(Math.log10(most));
  const um = [5, 2, 1].map((n) => n * power).find((n) => n <= most);
  scale.querySelector('i').style.width = `${(um / size) * camera.zoom}px`;
  write(scale.querySelector('span'), length(um));
}

function showPointer() {
  const frame = view.stream?.frame;
  const inside = pointer && frame && pointer.x >= 0 && pointer.y >= 0 && pointer.x < frame.width && pointer.y < frame.height;
  const crosses = [0, 1].map((i) => $(`pane${i}`).querySelector('.cross'));
  if (!inside || !view.newest) {
    write($('readout'), '');
    crosses.forEach((cross) => show(cross, false));
    return;
  }
  const values = [RAW, RESTORED].map(readOut).filter(Boolean);
  write($('readout'), `x ${Math.floor(pointer.x)}  y ${Math.floor(pointer.y)}   ${values.join('   ')}`);
  const apart = places().length === 2 && mode() !== 'split';
  crosses.forEach((cross, i) => {
    const other = apart && i !== pointer.pane;
    show(cross, other);
    if (other) {
      const at = camera.toPane(pointer.x, pointer.y);
      cross.style.left = `${at.x}px`;
      cross.style.top = `${at.y}px`;
    }
  });
}

function readOut(picture) {
  const { stream, health } = view;
  const plane = planeOf(picture);
  const value = plane && valueAt(plane, stream.frame, pointer.x, pointer.y);
  if (value === null || value === undefined) {
    return '';
  }
  const words = `${picture === RAW ? 'raw' : 'restored'} ${plane.type === 2 ? digits(value, 5) : whole(value)} counts`;
  const light = health.trust;
  const photons = light?.countsPerPhoton > 0 ? ` ≈ ${digits(Math.max(0, value - light.background) / light.countsPerPhoton, 2)} photons` : '';
  const bin = plane.bin > 1 ? ` (mean of ${plane.bin} × ${plane.bin})` : '';
  return words + photons + bin;
}
