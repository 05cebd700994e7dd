// Where the panes lie on the stage, and what each of them shows.

import { choice, view } from '/state.js';

export const RAW = 0;
export const RESTORED = 1;
export const RESIDUAL = 2;

const GAP = 2;
const NAMES = ['Raw', 'Restored', 'Raw − restored'];

export const nameOf = (picture) => NAMES[picture];

/** True if raw and product have the same pixels, so that one can be taken from the other. */
export function comparable(stream) {
  const { frame, restorer } = stream ?? {};
  return Boolean(
    restorer &&
      restorer.product.width === frame.width &&
      restorer.product.height === frame.height &&
      restorer.product.depth === 1 &&
      frame.depth === 1,
  );
}

/** The arrangement that can be had: what was chosen, if the stream allows it. */
export function mode() {
  if (!view.stream?.restorer) {
    return 'alone';
  }
  return choice.mode === 'residual' && !comparable(view.stream) ? 'side' : choice.mode;
}

/**
 * Panes on a stage of that size in CSS pixels: { picture, x, y, width, height, shift }. In a split, both panes look at one picture
 * plane as wide as the stage; shift is where on it a pane begins.
 */
export function panes({ width, height }) {
  const arrangement = mode();
  if (arrangement === 'alone') {
    return [{ picture: RAW, x: 0, y: 0, width, height, shift: 0 }];
  }
  if (arrangement === 'split') {
    const border = Math.round(choice.splitAt * width);
    return [
      { picture: RAW, x: 0, y: 0, width: border, height, shift: 0 },
      { picture: RESTORED, x: border, y: 0, width: width - border, height, shift: border },
    ];
  }
  const pictures = arrangement === 'residual' ? [RESTORED, RESIDUAL] : [RAW, RESTORED];
  return pictures.map((picture, i) => {
    if (width >= height * 1.05) {
      const half = Math.floor((width - GAP) / 2);
      return { picture, x: i * (width - half), y: 0, width: half, height, shift: 0 };
    }
    const half = Math.floor((height - GAP) / 2);
    return { picture, x: 0, y: i * (height - half), width, height: half, shift: 0 };
  });
}
