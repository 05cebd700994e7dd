// Decodes ad00 records: what Nocturne's frames are in Kafka. Node 18 or later:
//   npm install flatbuffers
import { ByteBuffer } from "flatbuffers";

const TYPES = { 1: Uint8Array, 3: Uint16Array, 8: Float32Array }; // ad00's DType: uint8, uint16, float32

/** Pixels of an ad00 record as { dimensions, pixels }; dimensions as in NumPy: [height, width] or [depth, height, width]. */
export function decode(value) {
  const bytes = new Uint8Array(value); // a copy that starts at 0, so that typed arrays are aligned
  const buffer = new ByteBuffer(bytes);
  if (!buffer.__has_identifier("ad00")) throw new Error("not an ad00 record");
  const root = buffer.readInt32(0);
  const field = (n) => buffer.__offset(root, 4 + 2 * n); // fields in the order of the schema
  const vector = (n) => {
    const at = root + field(n);
    return { start: buffer.__vector(at), length: buffer.__vector_len(at) };
  };
  const dims = vector(3);
  const dimensions = [];
  for (let i = 0; i < dims.length; i++) dimensions.push(Number(buffer.readInt64(dims.start + 8 * i)));
  const Type = TYPES[buffer.readInt8(root + field(4))];
  const data = vector(5);
  return { dimensions, pixels: new Type(bytes.buffer, data.start, data.length / Type.BYTES_PER_ELEMENT) };
}
