import { defineCheck, failEach } from "../../core/check.ts";
import { baseUntold } from "../../facts/image/instruction.ts";
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
    if (open.length === 0 && files.seen === "instructions") return baseUntold("file that everyone may write");
    return failEach(
      open.map((file) => ({
        at: file.path,
        found: `mode ${file.mode}`,
        expected: "not writable for others",
        key: file.path,
        layer: file.layer,
        location: file.location,
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
    unknown: [{ files: { files: [], entries: 0, seen: "instructions" } }],
    fail: [
      {
        files: {
          files: [],
          worldWritable: [{ path: "/srv", mode: "777", location: { file: "Dockerfile", line: 5 } }],
          entries: 0,
          seen: "instructions",
        },
      },
      { files: { files: [], worldWritable: [{ path: "/app/run.sh", mode: "0777", layer: 2 }], entries: 9 } },
    ],
  },
});
