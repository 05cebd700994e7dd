// Planes of an OME-Zarr, of version 0.4 or 0.5, as another program reads them: with zarrita.
import { createHash } from "node:crypto";
import FileSystemStore from "@zarrita/storage/fs";
import * as zarr from "zarrita";

/** The array of whole frames in a stack, as it is now: zarrita keeps shape and shard indices of an array that is open. */
export async function open(stack) {
  return zarr.open(zarr.root(new FileSystemStore(stack)).resolve("0"), { kind: "array" });
}

/** When the plane of time point t had been read, and the SHA-1 of its pixels. */
export async function read(array, t) {
  const plane = await zarr.get(array, [t, 0, 0, null, null]);
  const seen = Date.now();
  const bytes = new Uint8Array(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength);
  return { seen, sha1: createHash("sha1").update(bytes).digest("hex") };
}
