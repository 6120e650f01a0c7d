import type { CollectContext, Collector } from "../core/collector.ts";
import { runCollector } from "../core/collector.ts";
import type { Observation } from "../core/snapshot.ts";
import type { HostRoot } from "./host-root.ts";
import { collectors } from "./index.generated.ts";

/** Collectors that hold large files or keep a processor busy, one after another so that only one's memory is in use: those beside the others, and after. */
const beside = ["host/packages", "host/updates"];
const after = ["host/files", "host/package-integrity"];
/** So many run side by side: one waits for small files while another reads what came. More gain nothing. */
const lanes = 4;

/** What collecting from a host may be told. */
export interface HostCollectionOptions {
  /** Which collectors, by their ids. */
  readonly rooms?: RegExp;
  /** Hears how many milliseconds a collector that runs alone took, and under `others` how many all the others did together. */
  readonly onTime?: (what: string, milliseconds: number) => void;
}

/** Runs the collectors of a host; the observations come in the order of the collectors' ids, whatever the order in which they were made. */
export async function collectHost(
  root: HostRoot,
  context: CollectContext,
  { rooms = /./, onTime }: HostCollectionOptions = {},
): Promise<Observation[]> {
  const chosen = new Map([...collectors].filter(([id, { reads }]) => reads === "host" && rooms.test(id)));
  const found = new Map<string, Observation[]>();
  const run = async (id: string) => {
    const collector = chosen.get(id);
    if (collector === undefined) return;
    found.set(id, await runCollector(collector as Collector<HostRoot>, root, root.subject, context));
  };
  const timed = async (what: string, work: Promise<unknown>) => {
    const began = performance.now();
    await work;
    onTime?.(what, performance.now() - began);
  };
  const waiting = [...chosen.keys()].filter((id) => !beside.includes(id) && !after.includes(id));
  const lane = async (first: readonly string[]) => {
    for (const id of first) await run(id);
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await run(id);
  };
  await timed("others", Promise.all([lane(beside), ...Array.from({ length: lanes - 1 }, () => lane([]))]));
  for (const id of after) await timed(id, run(id));
  return [...chosen.keys()].flatMap((id) => found.get(id) ?? []);
}
