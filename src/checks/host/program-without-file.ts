import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { processes } from "../../facts/host/processes.ts";

const meaning = {
  deleted: "its file was deleted",
  memory: "it exists in memory only",
  temporary: "it lies in a folder that everyone may write to",
} as const;

export default defineCheck({
  title: "Running program is not backed by an intact file",
  severity: "high",
  clauses: ["4.5.3-g", "4.6-a"],
  why: "Intruders run code from memory or temporary folders to leave no trace; a deleted program may also be one that an update replaced.",
  fix: "Restart the service where an update replaced its program; otherwise keep /proc/PID/exe for investigation and stop the process.",
  needs: { processes },
  evaluate({ processes: { processes, unseen } }) {
    if (processes.length === 0)
      return unknown("no process could be seen", "collect the facts with root's rights in the host's PID namespace");
    const items = processes
      // runc runs itself from a sealed copy in memory (CVE-2019-5736).
      .filter(
        (process) =>
          process.unbacked !== undefined &&
          process.class !== "container" &&
          !/^\/memfd:runc_cloned/.test(process.executable ?? ""),
      )
      .map((process) => ({
        at: `/proc/${process.pid}/exe`,
        found: `${process.executable}: ${meaning[process.unbacked!]}`,
        expected: "an installed file",
        key: process.unit ?? process.executable ?? process.name,
        severity:
          process.unbacked === "deleted" && process.class !== "unknown" ? ("medium" as const) : ("high" as const),
      }));
    if (items.length === 0 && unseen > 0)
      return unknown(`what ${unseen} processes run may not be seen`, "collect the facts with root's rights");
    return failEach(items, { at: "/proc/*/exe", found: `${processes.length} processes, each with its file` });
  },
  examples: {
    pass: [
      {
        processes: {
          counts: { kernel: 0, container: 0, infrastructure: 1, session: 0, unknown: 0 },
          processes: [
            {
              pid: 1,
              name: "systemd",
              executable: "/usr/lib/systemd/systemd",
              user: 0,
              class: "infrastructure",
              because: "",
            },
          ],
        },
      },
    ],
    fail: [
      {
        processes: {
          counts: { kernel: 0, container: 0, infrastructure: 0, session: 0, unknown: 1 },
          processes: [
            {
              pid: 77,
              name: "kworker",
              executable: "/memfd:x (deleted)",
              user: 0,
              class: "unknown",
              because: "",
              unbacked: "memory",
            },
          ],
        },
      },
    ],
    unknown: [
      { processes: { counts: { kernel: 0, container: 0, infrastructure: 0, session: 0, unknown: 0 }, processes: [] } },
    ],
  },
});
