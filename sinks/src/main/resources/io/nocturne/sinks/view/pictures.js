// The planes last received, by channel; what is computed from them; and the limits they are shown with.

import { RAW, RESIDUAL, RESTORED, comparable } from '/arrange.js';
import { choice, on, overlaid, view } from '/state.js';

let planes = []; // by channel: [raw, restored, residual]
let manual = []; // by channel: [limits, limits] set by hand

on('stream', ({ fresh }) => {
  if (fresh) {
    planes = [];
    manual = [];
  }
});

/** Keeps a frame's planes; returns those that are new, as [channel, picture, plane]. */
export function keep(frame) {
  const channel = frame.channel;
  const own = (planes[channel] ??= [null, null, null]);
  const fresh = [];
  frame.planes.forEach((plane, picture) => {
    if (plane) {
      plane.index = frame.index;
      own[picture] = plane;
      fresh.push([channel, picture, plane]);
    }
  });
  if (choice.mode === 'residual') {
    const plane = residual(channel);
    if (plane) {
      fresh.push([channel, RESIDUAL, plane]);
    }
  }
  return fresh;
}

/** The channel that is looked at. */
export const shownChannel = () => (view.stream && choice.channel < view.stream.channels.length ? choice.channel : 0);

/** Channels that are drawn, in order. */
export function shownChannels() {
  return overlaid() ? view.stream.channels.map((_, i) => i) : [shownChannel()];
}

/** A plane of the channel that is looked at, or of another; null if nothing came yet. */
export function planeOf(picture, channel = shownChannel()) {
  if (picture === RESIDUAL && !planes[channel]?.[RESIDUAL]) {
    residual(channel);
  }
  return planes[channel]?.[picture] ?? null;
}

/** True for a picture of an older frame than the newest one of its channel. */
export function late(picture, channel = shownChannel()) {
  const newest = Math.max(planeOf(RAW, channel)?.index ?? -1, planeOf(RESTORED, channel)?.index ?? -1);
  const plane = planeOf(picture, channel);
  return Boolean(plane) && plane.index !== newest;
}

/** Raw minus restored in counts, of the same frame and the same cut. */
function residual(channel) {
  const own = planes[channel];
  const [raw, restored] = own ?? [];
  const together =
    comparable(view.stream) &&
    raw &&
    restored &&
    raw.index === restored.index &&
    ['x', 'y', 'bin', 'columns', 'rows'].every((key) => raw[key] === restored[key]);
  if (!together) {
    return null;
  }
  const before = own[RESIDUAL];
  const pixels =
    before?.pixels.length === raw.pixels.length ? before.pixels : new Float32Array(raw.pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = raw.pixels[i] - restored.pixels[i];
  }
  const spread = 4 * steadySpread(pixels, before?.high / 4);
  own[RESIDUAL] = { ...raw, type: 2, pixels, low: -spread, high: spread };
  return own[RESIDUAL];
}

/** Standard deviation by the median of sizes, which bright leftovers don't move; follows slowly so as not to flicker. */
function steadySpread(values, before) {
  const step = Math.max(1, Math.floor(values.length / 4000)) | 1;
  const sizes = [];
  for (let i = 0; i < values.length; i += step) {
    sizes.push(Math.abs(values[i]));
  }
  sizes.sort((a, b) => a - b);
  const now = Math.max(1e-6, 1.4826 * sizes[sizes.length >> 1]);
  return before > 0 && now / before < 2 && before / now < 2 ? 0.9 * before + 0.1 * now : now;
}

/** Display limits in counts, { low, high }. */
export function limits(picture, channel = shownChannel()) {
  const plane = planeOf(picture, channel);
  if (picture === RESIDUAL) {
    return plane ?? { low: -1, high: 1 };
  }
  const set = manual[channel]?.[picture];
  if (set) {
    return set;
  }
  if (choice.same && view.stream?.restorer && planeOf(RAW, channel) && planeOf(RESTORED, channel)) {
    return planeOf(RESTORED, channel);
  }
  return plane ?? { low: 0, high: 1 };
}

/** True while limits follow the pictures. */
export const automatic = (channel = shownChannel()) => !manual[channel];

/** Holds the limits of the moment, to be changed by hand. */
export function takeByHand(channel = shownChannel()) {
  manual[channel] ??= [RAW, RESTORED].map((picture) => {
    const { low, high } = limits(picture, channel);
    return { low, high };
  });
  return manual[channel];
}

export function letFollow(channel = shownChannel()) {
  delete manual[channel];
}
