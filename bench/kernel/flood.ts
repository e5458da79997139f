/** A process that sends packets of two flows, each packet the first of a connection, until its input ends; then it tells how many. */
import { burst } from "./packets.ts";
import type { Flood } from "./flood-process.ts";

const AT_ONCE = 8;

const { senders, receiver, port }: Flood = JSON.parse(process.argv[2] ?? "");
const bursts = senders.map((sender) => burst(sender, receiver, port));
const over = new AbortController();
let sent = 0;
process.stdin.resume().once("end", () => over.abort());
process.stdout.write("ready\n");
while (!over.signal.aborted) {
  for (const one of bursts) one.send(AT_ONCE);
  sent += AT_ONCE;
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
process.stdout.write(`${sent}\n`, () => process.exit(0));
