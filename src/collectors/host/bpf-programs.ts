import type { z } from "zod";
import { bpfPrograms } from "../../facts/host/bpf-programs.ts";
import { parseBpfDescriptor } from "../../formats/host/bpf-descriptor.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { type ProcessRecord, processTable } from "./process-table.ts";

type Value = z.output<typeof bpfPrograms.schema>;

/** What /proc tells of one descriptor is short; an inotify descriptor with many watches may be longer and is none of these. */
const mostBytes = 65_536;
const mostPins = 500;

export default defineHostCollector<typeof bpfPrograms.schema>({
  reads: "host",
  provides: bpfPrograms,
  async *collect(root) {
    const table = await processTable(root);
    if ("reason" in table) {
      yield { subject: root.subject, source: "/proc", unavailable: table.reason, remedy: table.remedy };
      return;
    }
    const value: Value = { holders: [], seen: 0, unseen: 0, pinned: await pinsBelow(root, "/sys/fs/bpf", []) };
    for (const process of table.processes) if (!process.kernelThread) await readDescriptors(root, process, value);
    yield { subject: root.subject, source: "/proc/*/fdinfo, /sys/fs/bpf", value };
  },
});

async function readDescriptors(root: HostRoot, process: ProcessRecord, value: Value): Promise<void> {
  const folder = `/proc/${process.pid}/fdinfo`;
  const listed = await root.list(folder);
  if (!("names" in listed)) {
    // A process that ended meanwhile holds nothing.
    if (listed.missing !== "absent") value.unseen++;
    return;
  }
  value.seen++;
  const texts = await root.readEach(folder, listed.names, mostBytes);
  const programs = [...texts.values()].flatMap((result) =>
    "text" in result ? (parseBpfDescriptor(result.text) ?? []) : [],
  );
  if (programs.length === 0) return;
  value.holders.push({
    pid: process.pid,
    name: process.name,
    ...(process.executable === undefined ? {} : { executable: process.executable }),
    ...(process.container === undefined ? {} : { container: `${process.container.engine} ${process.container.id}` }),
    programs: programs.map(({ holds, id, type, tag }) => ({ holds, id, type, ...(tag === undefined ? {} : { tag }) })),
  });
}

async function pinsBelow(root: HostRoot, folder: string, found: string[]): Promise<string[]> {
  const listed = await root.list(folder);
  for (const name of "names" in listed ? listed.names : []) {
    if (found.length >= mostPins) return found;
    const path = `${folder}/${name}`;
    const stats = await root.lstat(path);
    if (stats?.isDirectory()) await pinsBelow(root, path, found);
    else if (stats?.isFile()) found.push(path);
  }
  return found;
}
