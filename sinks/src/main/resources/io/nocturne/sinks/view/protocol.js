// The binary message of a pair of pictures, version 2; laid out in WireFrame.java.

const MAGIC = 0x54434f4e;
const VERSION = 2;
const TYPES = [Uint8Array, Uint16Array, Float32Array];

/** Reads a message. Pixels stay where they are: typed arrays on the message's own buffer. */
export function readFrame(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC || view.getUint16(4, true) !== VERSION) {
    throw new Error('This page and the server are of different versions; reload the page');
  }
  return {
    attachment: view.getUint32(8, true),
    ticket: view.getUint32(12, true),
    index: Number(view.getBigInt64(16, true)),
    timePoint: Number(view.getBigInt64(24, true)),
    wallMillis: view.getFloat64(32, true),
    ageMillis: view.getFloat64(40, true),
    channel: view.getUint16(48, true),
    zSlice: view.getUint16(50, true),
    position: view.getUint16(52, true),
    held: (view.getUint8(54) & 1) !== 0,
    snapshot: (view.getUint8(54) & 2) !== 0,
    planes: [readPlane(view, 64), readPlane(view, 128)],
  };
}

function readPlane(view, at) {
  if (view.getUint8(at) === 0) {
    return null;
  }
  const u32 = (offset) => view.getUint32(at + offset, true);
  const type = view.getUint8(at + 1);
  const columns = u32(32);
  const rows = u32(36);
  return {
    type,
    slice: view.getUint16(at + 2, true),
    bin: u32(4),
    planeWidth: u32(8),
    planeHeight: u32(12),
    x: u32(16),
    y: u32(20),
    width: u32(24),
    height: u32(28),
    columns,
    rows,
    pixels: new TYPES[type](view.buffer, u32(40), columns * rows),
    low: view.getFloat64(at + 48, true),
    high: view.getFloat64(at + 56, true),
  };
}

/** Value and bin of the plane at a place given in raw pixels; null outside of what was sent. */
export function valueAt(plane, frame, x, y) {
  const px = Math.floor((x * plane.planeWidth) / frame.width) - plane.x;
  const py = Math.floor((y * plane.planeHeight) / frame.height) - plane.y;
  if (px < 0 || py < 0 || px >= plane.width || py >= plane.height) {
    return null;
  }
  const column = Math.floor(px / plane.bin);
  const row = Math.floor(py / plane.bin);
  return plane.pixels[row * plane.columns + column];
}
