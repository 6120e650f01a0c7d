import { defineCheck, failEach } from "../../core/check.ts";
import { imageContents } from "../../facts/image/contents.ts";

export default defineCheck({
  title: "Package manager in the image",
  severity: "low",
  clauses: ["4.1.2-h", "4.1.2-j"],
  why: "A running container is replaced, not updated: what can install programs in it serves an intruder only.",
  fix: "Build in one stage and copy the result into a base without package manager (distroless, scratch, -slim with dpkg removed).",
  needs: { contents: imageContents },
  evaluate({ contents }) {
    const managers = contents.programs.filter(({ purpose }) => purpose === "package-manager");
    return failEach(
      managers.map(({ path, name, layer }) => ({
        at: path,
        found: name,
        expected: "no package manager",
        key: "package manager",
        layer,
      })),
      { at: "file system", found: `none among ${contents.entries} entries` },
    );
  },
  examples: {
    pass: [{ contents: { programs: [], caches: [], entries: 90, bytes: 1e6 } }],
    fail: [
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
