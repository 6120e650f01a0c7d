import { defineCheck, failEach } from "../../core/check.ts";
import { imageContents } from "../../facts/image/contents.ts";

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
    return failEach(
      contents.caches.map(({ path, manager, files, bytes, layer }) => ({
        at: path,
        found: `${files} files, ${(bytes / 1e6).toFixed(1)} MB of ${manager}`,
        expected: "no cache",
        key: path,
        layer,
        fix: clean[manager],
      })),
      { at: "file system", found: `no cache among ${contents.entries} entries` },
    );
  },
  examples: {
    pass: [{ contents: { programs: [], caches: [], entries: 90, bytes: 1e6 } }],
    fail: [
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
