import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { files } from "../../facts/host/files.ts";

const severities: Readonly<Record<string, Severity>> = {
  program: "medium",
  library: "medium",
  module: "high",
  unit: "medium",
  startup: "low",
};

export default defineCheck({
  title: "Programs in system folders that no package brought",
  severity: "medium",
  clauses: ["4.5.3-g", "4.5.3-a", "4.5.3-f"],
  why: "What no package brought is never updated and seldom noticed: a tool installed by hand, or one left by an intruder.",
  fix: "Install it as a package, move it to a container, or remove it; accept what is known by a waiver for its path.",
  needs: { files },
  evaluate({ files: { unpackaged, unpackagedCount, fileLists, entries } }) {
    if (fileLists.length === 0)
      return unknown(
        "no package database with file lists was found (dpkg, apk, pacman)",
        "compare with rpm -Va on hosts with rpm",
      );
    const byFolder = new Map<string, typeof unpackaged>();
    for (const file of unpackaged) {
      const key =
        file.kind === "startup" || file.kind === "unit" || file.kind === "module"
          ? file.path
          : file.path.slice(0, file.path.lastIndexOf("/"));
      byFolder.set(key, [...(byFolder.get(key) ?? []), file]);
    }
    const items = [...byFolder].map(([key, group]) => ({
      at: group[0]!.path,
      found:
        group.length === 1
          ? `${group[0]!.kind}, mode ${group[0]!.mode}, owner ${group[0]!.owner}`
          : `${group.length} files in ${key}: ${group
              .slice(0, 5)
              .map(({ path }) => path.split("/").at(-1))
              .join(", ")}${group.length > 5 ? " …" : ""}`,
      expected: "brought by a package",
      key,
      severity: group.map(({ kind }) => severities[kind]!).includes("high")
        ? ("high" as const)
        : severities[group[0]!.kind]!,
    }));
    const more = unpackagedCount > unpackaged.length ? `; ${unpackagedCount} in all` : "";
    return failEach(items, {
      at: "file system",
      found: `none among ${entries} entries (${fileLists.join(", ")})${more}`,
    });
  },
  examples: {
    pass: [{ files: { entries: 1000, fileLists: ["dpkg"] } }],
    fail: [
      {
        files: {
          entries: 1000,
          fileLists: ["dpkg"],
          unpackaged: [{ path: "/usr/sbin/kworkerd", kind: "program", mode: "0755", owner: 0, group: 0 }],
          unpackagedCount: 1,
        },
      },
    ],
    unknown: [{ files: { entries: 1000 } }],
  },
});
