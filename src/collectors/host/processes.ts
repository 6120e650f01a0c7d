import type { z } from "zod";
import { defineCollector } from "../../core/collector.ts";
import { processes } from "../../facts/host/processes.ts";
import { parseProcessStatus } from "../../formats/host/process.ts";
import { classify } from "../../formats/host/process-class.ts";
import type { HostRoot } from "../host-root.ts";
import { type ProcessRecord, processTable } from "./process-table.ts";

type Entry = z.input<typeof processes.schema>["processes"][number];

/** Process numbers that are tried one by one when hidden processes are sought. */
const searchedNumbers = 65_536;

export default defineCollector<HostRoot, typeof processes.schema>({
  reads: "host",
  provides: processes,
  async *collect(root) {
    const table = await processTable(root);
    const source = "/proc";
    if (!("processes" in table)) {
      yield { subject: root.subject, source, unavailable: table.reason, remedy: table.remedy };
      return;
    }
    const byPid = new Map(table.processes.map((process) => [process.pid, process]));
    const counts = { kernel: 0, container: 0, infrastructure: 0, session: 0, unknown: 0 };
    const entries: Entry[] = [];
    for (const process of table.processes) {
      const verdict = classify({
        ...process,
        inContainer: process.container !== undefined,
        ancestors: ancestorsOf(process, byPid),
      });
      counts[verdict.class]++;
      if (verdict.class !== "kernel") entries.push(await entryOf(root, process, verdict));
    }
    const unseen = table.processes.filter(
      // One that ended and waits for its parent has no program any more.
      (process) =>
        !process.kernelThread && process.executable === undefined && !/^[ZX]/.test(process.status.get("State") ?? ""),
    ).length;
    yield {
      subject: root.subject,
      source,
      value: { counts, processes: entries, unseen, ...(await searchHidden(root, byPid)) },
    };
  },
});

async function entryOf(root: HostRoot, process: ProcessRecord, verdict: ReturnType<typeof classify>): Promise<Entry> {
  return {
    pid: process.pid,
    name: process.name,
    executable: process.executable,
    program: process.arguments[0],
    user: process.user,
    unit: process.unit,
    class: verdict.class,
    because: verdict.because,
    container: process.container,
    unbacked: unbackedKind(process.executable),
    deletedLibraries: process.container === undefined ? await deletedLibraries(root, process.pid) : [],
  };
}

function ancestorsOf(process: ProcessRecord, byPid: ReadonlyMap<number, ProcessRecord>): string[] {
  const names: string[] = [];
  // A process can have at most as many ancestors as there are processes; more would be a circle made by reuse of numbers.
  for (let parent = byPid.get(process.parent); parent && names.length < 64; parent = byPid.get(parent.parent))
    names.push(parent.name);
  return names;
}

function unbackedKind(executable: string | undefined): Entry["unbacked"] {
  if (executable === undefined) return undefined;
  if (executable.startsWith("/memfd:")) return "memory";
  if (executable.endsWith(" (deleted)")) return "deleted";
  return /^\/(tmp|var\/tmp|dev\/shm|run\/user)\//.test(executable) ? "temporary" : undefined;
}

/** Mapped library files that are gone: the process still runs what an update replaced. */
async function deletedLibraries(root: HostRoot, pid: number): Promise<string[]> {
  const maps = (await root.text(`/proc/${pid}/maps`)) ?? "";
  const found = new Set<string>();
  for (const line of maps.split("\n")) {
    const path = /\s(\/(?:usr|lib|opt)\S*\.so[^ ]*) \(deleted\)$/.exec(line)?.[1];
    if (path) found.add(path);
  }
  return [...found].sort();
}

/** A process that /proc has but does not list is hidden by whoever changed the listing. Threads are not listed either, they name their process. */
async function searchHidden(
  root: HostRoot,
  listed: ReadonlyMap<number, ProcessRecord>,
): Promise<{ hidden: number[]; hiddenSearch: string }> {
  const most = Number((await root.text("/proc/sys/kernel/pid_max"))?.trim() ?? searchedNumbers);
  const end = Math.min(most, searchedNumbers);
  const candidates: number[] = [];
  for (let pid = 1; pid <= end; pid++) if (!listed.has(pid) && root.existsNow(`/proc/${pid}`)) candidates.push(pid);
  const hidden: number[] = [];
  for (const pid of candidates) if (await isHidden(root, pid)) hidden.push(pid);
  return { hidden, hiddenSearch: `numbers 1 to ${end} of ${most}` };
}

async function isHidden(root: HostRoot, pid: number): Promise<boolean> {
  const status = await root.text(`/proc/${pid}/status`);
  if (status === undefined || parseProcessStatus(status).get("Tgid") !== String(pid)) return false;
  // It may have started after the first listing.
  const again = await root.list("/proc");
  return "names" in again && !again.names.includes(String(pid)) && root.existsNow(`/proc/${pid}/status`);
}
