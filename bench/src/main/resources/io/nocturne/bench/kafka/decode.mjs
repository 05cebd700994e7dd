// Decodes ad00 records from standard input, each after its length (32 bits, big-endian). Prints a line for each:
//   HEIGHTxWIDTH SHA-1 of its pixels, or what is wrong with it
import { createHash } from "node:crypto";
import { decode } from "./ad00.mjs";

function told(value) {
  try {
    const { dimensions, pixels } = decode(value);
    const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    return `${dimensions.join("x")} ${createHash("sha1").update(bytes).digest("hex")}`;
  } catch (e) {
    return String(e);
  }
}

let pieces = [];
let bytes = 0;
for await (const piece of process.stdin) {
  pieces.push(piece);
  bytes += piece.length;
  let needed = 4;
  while (bytes >= needed) {
    const all = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    pieces = [all];
    needed = 4 + all.readUInt32BE(0);
    if (bytes >= needed) {
      console.log(told(all.subarray(4, needed)));
      pieces = [all.subarray(needed)];
      bytes -= needed;
      needed = 4;
    }
  }
}
