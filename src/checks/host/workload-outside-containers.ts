import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { processes } from "../../facts/host/processes.ts";

export default defineCheck({
  title: "Programs run on the host outside containers",
  severity: "high",
  clauses: ["4.5.2-b", "4.5.1-c", "4.5.3-f"],
  why: "An application beside containers shares their kernel without their isolation: either can be used to reach the other.",
  fix: "Run the program in a container, or move it to another host.",
  needs: { processes },
  evaluate({ processes: { counts, processes, unseen } }) {
    if (processes.length === 0)
      return unknown("no process could be seen", "collect the facts with root's rights in the host's PID namespace");
    const groups = new Map<string, typeof processes>();
    for (const process of processes) {
      if (process.class !== "unknown") continue;
      const key = process.unit ?? process.executable ?? process.name;
      groups.set(key, [...(groups.get(key) ?? []), process]);
    }
    const items = [...groups].map(([key, group]) => {
      const [first] = group;
      return {
        at: `/proc/${first!.pid}`,
        found: `${first!.executable ?? first!.name}, ${group.length} ${group.length === 1 ? "process" : "processes"}, user ${first!.user}: ${first!.because}`,
        expected: "containers, what runs them, and services of the host",
        key,
      };
    });
    const summary = Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
    const hidden = unseen > 0 ? `; the program of ${unseen} could not be seen` : "";
    return failEach(items, { at: "/proc", found: `${summary}${hidden}` });
  },
  examples: {
    pass: [
      {
        processes: {
          counts: { kernel: 60, container: 3, infrastructure: 9, session: 1, unknown: 0 },
          processes: [
            {
              pid: 400,
              name: "dockerd",
              executable: "/usr/bin/dockerd",
              user: 0,
              class: "infrastructure",
              because: "dockerd runs containers",
            },
          ],
        },
      },
    ],
    fail: [
      {
        processes: {
          counts: { kernel: 60, container: 3, infrastructure: 9, session: 0, unknown: 1 },
          processes: [
            {
              pid: 900,
              name: "mysqld",
              executable: "/usr/sbin/mysqld",
              user: 112,
              unit: "mysql.service",
              class: "unknown",
              because: "mysql.service is no known part of a container host",
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
