// What the page knows and what the person chose. Every module reads it; who changes it tells the others by `emit`.

export const view = {
  /** The stream message of the moment; null before the first. */
  stream: null,
  /** The frame last received; null before the first. */
  newest: null,
  /** The health message last received. */
  health: { run: {} },
  /** True while this page holds its frame. */
  paused: false,
};

const KEPT = 'nocturne.view';
const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');

export const choice = {
  mode: 'side', // side, split or residual
  splitAt: 0.5, // part of the stage's width that shows raw
  lut: 'Gray',
  same: false, // one pair of limits for raw and restored
  saturated: false, // mark saturated pixels
  channel: 0,
  overlay: false, // all channels on top of each other
  ...kept,
};

/** Takes over what the person chose, remembers it for this tab, and tells everybody. */
export function choose(changes) {
  Object.assign(choice, changes);
  sessionStorage.setItem(KEPT, JSON.stringify(choice));
  emit('choice');
}

const listeners = new Map();

/** Calls `action` at each `emit` of that name: stream, frame, painted, health, choice, layout, moved, answer. */
export function on(name, action) {
  listeners.set(name, [...(listeners.get(name) ?? []), action]);
}

export function emit(name, detail) {
  for (const action of listeners.get(name) ?? []) {
    action(detail);
  }
}

/** True if all channels are to be shown on top of each other. */
export function overlaid() {
  return choice.overlay && view.stream?.channels.length > 1;
}
