import { collectHost } from "../../src/collectors/host-collection.ts";
import { HostRoot } from "../../src/collectors/host-root.ts";
import { subject } from "../../src/core/subject.ts";

/* Prints the seconds that collecting the facts of this host takes, by what they go into (host-collection.ts). */

const root = new HostRoot("/", subject("host", "bench"), true);
const context = { signal: new AbortController().signal, now: new Date() };
const times: Record<string, number> = {};
await collectHost(root, context, {
  rooms: /^(host|registry)\//,
  onTime: (what, time) => {
    times[what] = time / 1000;
  },
});
process.stdout.write(`${JSON.stringify(times)}\n`);
