// One picture as a TIFF 6.0 file: little-endian, one strip, uncompressed, with the numbers as they are.

const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;
const ASCII = 2;
const TAG_BYTES = 12;

/**
 * The file's bytes.
 *
 * @param pixels Uint8Array, Uint16Array or Float32Array of width x height
 * @param description text for the ImageDescription tag
 * @param pixelSizeUm in micrometres; written as pixels per centimetre where known
 */
export function tiff(pixels, width, height, description, pixelSizeUm) {
  const text = new TextEncoder().encode(`${description}\0`);
  const extras = 8 + 16; // header, two rationals
  const tags = 14;
  const textAt = extras + 2 + tags * TAG_BYTES + 4;
  const pixelsAt = (textAt + text.length + 7) & ~7;
  const file = new Uint8Array(pixelsAt + pixels.byteLength);
  const view = new DataView(file.buffer);
  view.setUint16(0, 0x4949, true);
  view.setUint16(2, 42, true);
  view.setUint32(4, extras, true);
  const perCentimetre = pixelSizeUm > 0 ? Math.round((10_000 / pixelSizeUm) * 1000) : 1000;
  for (const at of [8, 16]) {
    view.setUint32(at, perCentimetre, true);
    view.setUint32(at + 4, 1000, true);
  }
  let at = extras;
  view.setUint16(at, tags, true);
  at += 2;
  const tag = (id, type, count, value) => {
    view.setUint16(at, id, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    if (type === SHORT) {
      view.setUint16(at + 8, value, true);
    } else {
      view.setUint32(at + 8, value, true);
    }
    at += TAG_BYTES;
  };
  tag(256, LONG, 1, width);
  tag(257, LONG, 1, height);
  tag(258, SHORT, 1, 8 * pixels.BYTES_PER_ELEMENT);
  tag(259, SHORT, 1, 1); // no compression
  tag(262, SHORT, 1, 1); // black is zero
  tag(270, ASCII, text.length, textAt);
  tag(273, LONG, 1, pixelsAt);
  tag(277, SHORT, 1, 1); // one sample per pixel
  tag(278, LONG, 1, height);
  tag(279, LONG, 1, pixels.byteLength);
  tag(282, RATIONAL, 1, 8);
  tag(283, RATIONAL, 1, 16);
  tag(296, SHORT, 1, pixelSizeUm > 0 ? 3 : 1); // per centimetre, or no unit
  tag(339, SHORT, 1, pixels instanceof Float32Array ? 3 : 1);
  file.set(text, textAt);
  file.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), pixelsAt);
  return file;
}
