// Lookup tables as stops from dark to bright, interpolated to 256 colours.
// Viridis: stops of the CC0 map by S. van der Walt and N. Smith.

const STOPS = {
  Gray: ['#000000', '#ffffff'],
  Green: ['#000000', '#00ff00'],
  Magenta: ['#000000', '#ff00ff'],
  Viridis: ['#440154', '#48186a', '#472d7b', '#424086', '#3b528b', '#33638d', '#2c728e', '#26828e', '#21918c',
    '#1fa088', '#28ae80', '#3fbc73', '#5ec962', '#84d44b', '#addc30', '#d8e219', '#fde725'],
  Fire: ['#000000', '#12004a', '#3f0088', '#7a0a8f', '#b31a66', '#df3a2a', '#f56d0a', '#fda512', '#ffd84a',
    '#fff7b0', '#ffffff'],
};

export const LUT_NAMES = Object.keys(STOPS);

/** Colours of channels that lie on top of each other, in channel order. */
const CHANNEL_STOPS = ['#00ff00', '#ff00ff', '#00b7ff', '#ffb000'].map((bright) => ['#000000', bright]);

const made = new Map();

/** A table as { name, bytes, words }: 256 RGBA colours, and the same as one little-endian word each. */
export function lut(name) {
  return table(name, STOPS[name]);
}

/** The table of a channel in an overlay. */
export function channelLut(channel) {
  const which = channel % CHANNEL_STOPS.length;
  return table(`channel ${which}`, CHANNEL_STOPS[which]);
}

/** The brightest colour of a channel in an overlay. */
export const channelColour = (channel) => CHANNEL_STOPS[channel % CHANNEL_STOPS.length][1];

function table(name, hexes) {
  if (!made.has(name)) {
    made.set(name, interpolated(name, hexes));
  }
  return made.get(name);
}

function interpolated(name, hexes) {
  const stops = hexes.map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  const bytes = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (stops.length - 1);
    const left = Math.min(Math.floor(place), stops.length - 2);
    for (let c = 0; c < 3; c++) {
      bytes[4 * i + c] = Math.round(stops[left][c] + (place - left) * (stops[left + 1][c] - stops[left][c]));
    }
    bytes[4 * i + 3] = 255;
  }
  return { name, bytes, words: new Uint32Array(bytes.buffer) };
}

/** The table as a CSS gradient, for its button. */
export function gradient(name) {
  return `linear-gradient(90deg, ${STOPS[name].join(', ')})`;
}
