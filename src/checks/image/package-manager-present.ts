import { defineCheck, failEach } from "../../core/check.ts";
import { imageContents } from "../../facts/image/contents.ts";
import { baseUntold } from "../../facts/image/instruction.ts";

export default defineCheck({
  title: "Package manager in the image",
  severity: "low",
  clauses: ["4.1.2-h", "4.1.2-j"],
  why: "A running container is replaced, not updated: what can install programs in it serves an intruder only.",
  fix: "Build in one stage and copy the result into a base without package manager (distroless, scratch, -slim with dpkg removed).",
  references: ["CIS Docker 1.6.0 4.3"],
  needs: { contents: imageContents },
  evaluate({ contents }) {
    const managers = contents.programs.filter(({ purpose }) => purpose === "package-manager");
    if (managers.length === 0 && contents.seen === "instructions") return baseUntold("package manager");
    return failEach(
      managers.map(({ path, name, layer, location }) => ({
        at: path,
        found: name,
        expected: "no package manager",
        key: "package manager",
        layer,
        location,
      })),
      { at: "file system", found: `none among ${contents.entries} entries` },
    );
  },
  examples: {
    pass: [{ contents: { programs: [], caches: [], entries: 90, bytes: 1e6 } }],
    unknown: [{ contents: { programs: [], caches: [], entries: 0, bytes: 0, seen: "instructions" } }],
    fail: [
      {
        contents: {
          programs: [
            {
              path: "apt install python3-pip",
              name: "pip3",
              purpose: "package-manager",
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
          programs: [{ path: "/sbin/apk", name: "apk", purpose: "package-manager", layer: 0 }],
          caches: [],
          entries: 90,
          bytes: 1e6,
        },
      },
    ],
  },
});
