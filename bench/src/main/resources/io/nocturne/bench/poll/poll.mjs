// Polls a growing OME-Zarr with zarrita: node poll.mjs STACK PAUSE_MS. Prints a line for each poll and each frame read:
//   poll LENGTH
//   frame INDEX MILLIS_SINCE_1970 SHA-1
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import FileSystemStore from "@zarrita/storage/fs";
import * as zarr from "zarrita";

const [stack, pauseMillis] = [process.argv[2], Number(process.argv[3])];
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

async function read(array, t) {
  const plane = await zarr.get(array, [t, 0, 0, null, null]);
  const seen = Date.now();
  const bytes = new Uint8Array(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength);
  console.log(`frame ${t} ${seen} ${createHash("sha1").update(bytes).digest("hex")}`);
}

while (!existsSync(`${stack}/0/zarr.json`)) await pause(5);
for (let known = 0; ; ) {
  try {
    // Opened anew each time: zarrita keeps shape and shard indices of an array that is open.
    const array = await zarr.open.v3(zarr.root(new FileSystemStore(stack)).resolve("0"), { kind: "array" });
    const length = array.shape[0];
    for (let t = known; t < length; t++) await read(array, t);
    if (length > 0) await read(array, Math.floor(Math.random() * length));
    known = Math.max(known, length);
    console.log(`poll ${length}`);
  } catch (e) {
    console.log(`error ${e}`);
  }
  await pause(pauseMillis);
}
