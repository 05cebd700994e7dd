// Reads a topic of Nocturne's frames and tells each one once. Node 18 or later:
//   npm install kafkajs flatbuffers
//   node frames.mjs localhost:9092 nocturne
import { Kafka, logLevel } from "kafkajs";
import { decode } from "./ad00.mjs";

const [brokers, topic] = process.argv.slice(2);
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
