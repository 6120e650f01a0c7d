import { defineCheck, failEach } from "../../core/check.ts";
import { imageContents } from "../../facts/image/contents.ts";
import { baseUntold } from "../../facts/image/instruction.ts";

const clean: Readonly<Record<string, string>> = {
  apt: "RUN apt-get update && apt-get install -y … && rm -rf /var/lib/apt/lists/*",
  apk: "RUN apk add --no-cache …",
  dnf: "RUN dnf install -y … && dnf clean all",
  pip: "RUN pip install --no-cache-dir …",
  npm: "RUN npm ci && npm cache clean --force",
};

export default defineCheck({
  title: "Package manager's cache is left in the image",
  severity: "low",
  clauses: ["4.1.2-c"],
  why: "A cache makes the image larger and lets stale indexes decide what the next build installs.",
  fix: "Remove the cache in the same RUN that fills it, or mount it: RUN --mount=type=cache,target=….",
  references: ["CIS Docker 1.6.0 4.7"],
  needs: { contents: imageContents },
  evaluate({ contents }) {
    if (contents.caches.length === 0 && contents.seen === "instructions") return baseUntold("cache");
    return failEach(
      contents.caches.map(({ path, manager, files, bytes, layer, location }) => ({
        at: path,
        found:
          contents.seen === "instructions"
            ? `filled by ${manager} and not removed in the same step`
            : `${files} files, ${(bytes / 1e6).toFixed(1)} MB of ${manager}`,
        expected: "no cache",
        key: path,
        layer,
        location,
        fix: clean[manager],
      })),
      { at: "file system", found: `no cache among ${contents.entries} entries` },
    );
  },
  examples: {
    pass: [{ contents: { programs: [], caches: [], entries: 90, bytes: 1e6 } }],
    unknown: [{ contents: { programs: [], caches: [], entries: 0, bytes: 0, seen: "instructions" } }],
    fail: [
      {
        contents: {
          programs: [],
          caches: [
            {
              path: "/var/lib/apt/lists",
              manager: "apt",
              files: 0,
              bytes: 0,
              location: { file: "Dockerfile", line: 4 },
            },
          ],
          entries: 0,
          bytes: 0,
          seen: "instructions",
        },
      },
      {
        contents: {
          programs: [],
          caches: [{ path: "/var/lib/apt/lists", manager: "apt", files: 12, bytes: 4e7, layer: 2 }],
          entries: 90,
          bytes: 1e6,
        },
      },
    ],
  },
});
