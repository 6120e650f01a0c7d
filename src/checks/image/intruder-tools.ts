import { defineCheck, type Evidence, failEach } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { imageContents, type ProgramPurpose } from "../../facts/image/contents.ts";
import { baseUntold } from "../../facts/image/instruction.ts";

const weights: Partial<Record<ProgramPurpose, { readonly severity: Severity; readonly use: string }>> = {
  compiler: { severity: "medium", use: "builds programs inside the container" },
  privilege: { severity: "medium", use: "changes the user or the namespaces" },
  debugger: { severity: "medium", use: "reads and changes other processes" },
  network: { severity: "medium", use: "opens connections and listens to the network" },
  download: { severity: "low", use: "fetches programs" },
  shell: { severity: "info", use: "runs what an intruder types" },
};

export default defineCheck({
  title: "Tools in the image that serve an intruder",
  severity: "medium",
  clauses: ["4.1.2-h", "4.1.2-c"],
  why: "What a service does not need, whoever takes it over uses: to build, fetch, scan, debug and change users.",
  fix: "Build in one stage and copy the result into a minimal base; remove what the service does not call.",
  references: ["CIS Docker 1.6.0 4.3"],
  needs: { contents: imageContents },
  evaluate({ contents }) {
    const tools = contents.programs.flatMap(({ path, name, purpose, layer, location }): Evidence[] => {
      const weight = weights[purpose];
      return weight === undefined
        ? []
        : [
            {
              at: path,
              found: `${name}: ${weight.use}`,
              expected: `no ${purpose === "privilege" ? "tool that changes rights" : purpose}`,
              key: purpose,
              layer,
              location,
              severity: weight.severity,
              details: { purpose },
            },
          ];
    });
    if (tools.length === 0 && contents.seen === "instructions") return baseUntold("tool");
    return failEach(tools, { at: "file system", found: `none among ${contents.entries} entries` });
  },
  examples: {
    pass: [
      {
        contents: {
          programs: [{ path: "/sbin/apk", name: "apk", purpose: "package-manager", layer: 0 }],
          caches: [],
          entries: 90,
          bytes: 1e6,
        },
      },
    ],
    unknown: [{ contents: { programs: [], caches: [], entries: 0, bytes: 0, seen: "instructions" } }],
    fail: [
      {
        contents: {
          programs: [
            {
              path: "apt install sudo",
              name: "sudo",
              purpose: "privilege",
              location: { file: "Dockerfile", line: 3 },
            },
          ],
          caches: [],
          entries: 0,
          bytes: 0,
          seen: "instructions",
        },
      },
      {
        contents: {
          programs: [{ path: "/usr/bin/gcc", name: "gcc", purpose: "compiler", layer: 1 }],
          caches: [],
          entries: 90,
          bytes: 1e6,
        },
      },
      {
        contents: {
          programs: [{ path: "/bin/sh", name: "sh", purpose: "shell", layer: 0 }],
          caches: [],
          entries: 90,
          bytes: 1e6,
        },
      },
    ],
  },
});
