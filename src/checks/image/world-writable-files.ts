import { defineCheck, failEach } from "../../core/check.ts";
import { imagePrivilegedFiles } from "../../facts/image/privileged-files.ts";

/** Where everyone may write by convention. */
const shared = /^\/(var\/)?(tmp|run|lock)(\/|$)|^\/dev(\/|$)|^\/(run|var\/run)\//;

export default defineCheck({
  title: "Everyone may write to files of the image",
  severity: "low",
  clauses: ["4.1.2-c", "4.4.4-e"],
  why: "What any process may write, an intruder may replace: programs, libraries and settings that others run or read.",
  fix: "In the Dockerfile: RUN chmod o-w FILE (directories that must be shared: chmod +t).",
  needs: { files: imagePrivilegedFiles },
  evaluate({ files }) {
    const open = files.worldWritable.filter((file) => !shared.test(file.path));
    return failEach(
      open.map((file) => ({
        at: file.path,
        found: `mode ${file.mode}`,
        expected: "not writable for others",
        key: file.path,
        layer: file.layer,
        fix: `RUN chmod o-w ${file.path}`,
      })),
      { at: "file system", found: `none among ${files.entries} entries` },
    );
  },
  examples: {
    pass: [
      { files: { files: [], entries: 9 } },
      { files: { files: [], worldWritable: [{ path: "/tmp/x", mode: "0666", layer: 0 }], entries: 9 } },
    ],
    fail: [{ files: { files: [], worldWritable: [{ path: "/app/run.sh", mode: "0777", layer: 2 }], entries: 9 } }],
  },
});
