// Reads OME-Zarr stacks from end to end with zarrita: node whole.mjs STACK... Prints a line for each frame of each stack:
//   frame STACK_NUMBER INDEX SHA-1
//   error STACK_NUMBER INDEX WHY
//   end STACK_NUMBER LENGTH
import { open, read } from "./planes.mjs";

for (const [number, stack] of process.argv.slice(2).entries()) {
  const array = await open(stack);
  const length = array.shape[0];
  for (let t = 0; t < length; t++) {
    try {
      console.log(`frame ${number} ${t} ${(await read(array, t)).sha1}`);
    } catch (e) {
      console.log(`error ${number} ${t} ${e}`);
    }
  }
  console.log(`end ${number} ${length}`);
}
