import { defineCheck, failEach } from "../../core/check.ts";
import { files } from "../../facts/host/files.ts";
import { notWhollySeen } from "./walk-coverage.ts";

export default defineCheck({
  title: "Files belong to nobody",
  severity: "low",
  clauses: ["4.5.5-a", "4.5.3-g"],
  why: "The next account that gets the number owns the files; often they are what a removed service or a container left behind.",
  fix: "chown the files to root, or remove them.",
  needs: { files },
  references: [
    "CIS Distribution Independent Linux 2.0.0 6.1.11",
    "CIS Distribution Independent Linux 2.0.0 6.1.12",
    "CIS Debian Linux 12 1.1.0 7.1.12",
    "CIS Red Hat Enterprise Linux 9 2.0.0 7.1.12",
  ],
  evaluate({ files }) {
    const { unowned, entries } = files;
    const items = unowned.map(({ id, count, first }) => ({
      at: first,
      found: `${count} files of ${id}, which no account has`,
      expected: "an account of the host",
      key: id,
    }));
    const gap = notWhollySeen(files);
    if (items.length === 0 && gap) return gap;
    return failEach(items, { at: "file system", found: `${entries} entries, each with an owner` });
  },
  examples: {
    pass: [{ files: { entries: 1000 } }],
    fail: [{ files: { entries: 1000, unowned: [{ id: "uid 1234", count: 3, first: "/srv/a" }] } }],
    unknown: [{ files: { entries: 10, stopped: "it was interrupted" } }],
  },
});
