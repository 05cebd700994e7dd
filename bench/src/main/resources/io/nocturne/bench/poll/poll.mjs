// Polls a growing OME-Zarr with zarrita: node poll.mjs STACK PAUSE_MS. Prints a line for each poll and each frame read:
//   poll LENGTH
//   frame INDEX MILLIS_SINCE_1970 SHA-1
import { existsSync } from "node:fs";
import { open, read } from "./planes.mjs";

const [stack, pauseMillis] = [process.argv[2], Number(process.argv[3])];
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

async function tell(array, t) {
  const { seen, sha1 } = await read(array, t);
  console.log(`frame ${t} ${seen} ${sha1}`);
}

while (!existsSync(`${stack}/0/zarr.json`)) await pause(5);
for (let known = 0; ; ) {
  try {
    const array = await open(stack);
    const length = array.shape[0];
    for (let t = known; t < length; t++) await tell(array, t);
    if (length > 0) await tell(array, Math.floor(Math.random() * length));
    known = Math.max(known, length);
    console.log(`poll ${length}`);
  } catch (e) {
    console.log(`error ${e}`);
  }
  await pause(pauseMillis);
}
