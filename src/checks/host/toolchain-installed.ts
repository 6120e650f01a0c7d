import { defineCheck, failEach } from "../../core/check.ts";
import { files } from "../../facts/host/files.ts";
import { notWhollySeen } from "./walk-coverage.ts";

export default defineCheck({
  title: "Compilers, debuggers or network tools on the host",
  severity: "low",
  clauses: ["4.5.1-d", "4.5.3-f"],
  why: "An intruder builds and scans with what the host offers; none of it is needed to run containers.",
  fix: "Remove the packages (build-essential, gdb, strace, tcpdump, nmap, netcat), and debug from a container.",
  needs: { files },
  evaluate({ files }) {
    const { toolchain } = files;
    const kinds = new Map<string, string[]>();
    for (const { path, kind } of toolchain) kinds.set(kind, [...(kinds.get(kind) ?? []), path]);
    const items = [...kinds].map(([kind, paths]) => ({
      at: paths[0]!,
      found: `${kind}: ${paths
        .slice(0, 8)
        .map((path) => path.split("/").at(-1))
        .join(", ")}${paths.length > 8 ? ` and ${paths.length - 8} more` : ""}`,
      expected: "absent",
      key: kind,
    }));
    const gap = notWhollySeen(files);
    if (items.length === 0 && gap) return gap;
    return failEach(items, { at: "search path", found: "none" });
  },
  examples: {
    pass: [{ files: { entries: 1000 } }],
    unknown: [{ files: { entries: 10, unseen: 3 } }],
    fail: [{ files: { entries: 1000, toolchain: [{ path: "/usr/bin/gcc", kind: "compiler", mode: "0755" }] } }],
  },
});
