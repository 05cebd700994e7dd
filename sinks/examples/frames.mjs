// Reads a topic of Nocturne's frames and tells each one once. Node 18 or later:
//   npm install kafkajs flatbuffers
//   node frames.mjs localhost:9092 nocturne
import { Kafka, logLevel } from "kafkajs";
import { ByteBuffer } from "flatbuffers";

const [brokers, topic] = process.argv.slice(2);
const TYPES = { 1: Uint8Array, 3: Uint16Array, 8: Float32Array }; // ad00's DType: uint8, uint16, float32

/** Pixels of an ad00 record as { dimensions, pixels }; dimensions as in NumPy: [height, width] or [depth, height, width]. */
function decode(value) {
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

const text = (record, key) => record.headers[key]?.toString();
const seen = new Map(); // last [epoch, index] of each run, stream and pass

/** False for a repeat: delivery is at least once. */
function isNew(record) {
  const sequence = ["run", "stream", "pass"].map((key) => text(record, key)).join("/");
  const [epoch, index] = [Number(text(record, "epoch")), Number(text(record, "index"))];
  const last = seen.get(sequence);
  if (last && (epoch < last[0] || (epoch === last[0] && index <= last[1]))) return false;
  seen.set(sequence, [epoch, index]);
  return true;
}

const kafka = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `frames-${process.pid}`, maxBytesPerPartition: 64 << 20 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    if (text(message, "format") !== "nocturne/1" || !isNew(message)) return;
    let told = `${text(message, "stream")} ${text(message, "index")} ${text(message, "state")}`;
    if (text(message, "schema") === "ad00") {
      const { dimensions, pixels } = decode(message.value);
      let sum = 0;
      for (const pixel of pixels) sum += pixel;
      told += ` ${dimensions.join("x")} mean ${(sum / pixels.length).toFixed(2)}`;
    }
    console.log(told);
  },
});
