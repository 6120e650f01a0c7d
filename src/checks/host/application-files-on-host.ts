import { z } from "zod";
import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach } from "../../core/check.ts";
import { files } from "../../facts/host/files.ts";
import { notWhollySeen } from "./walk-coverage.ts";

export default defineCheck({
  title: "Applications or their data lie on the host",
  severity: "medium",
  clauses: ["4.5.3-e", "4.5.3-f", "4.5.2-b"],
  why: "A host with data of its own cannot be replaced at will, and applications outside images are neither scanned nor signed.",
  fix: "Bring applications into images and their data into volumes.",
  needs: { files },
  params: z.object({ homeMebibytes: z.number().positive().default(100) }),
  evaluate({ files }, { params }) {
    const { applications, homeBytes } = files;
    const items: Evidence[] = applications.map(({ path, kind, files: count }) => ({
      at: path,
      found: `${kind === "folder" ? "application folder" : kind}${count > 1 ? `, ${count} files` : ""}`,
      expected: "in an image or a volume",
      key: path,
      severity: kind === "database" ? "medium" : "low",
    }));
    const mebibytes = Math.round(homeBytes / 1024 ** 2);
    if (mebibytes > params.homeMebibytes)
      items.push({
        at: "/home",
        found: `${mebibytes} MiB in homes`,
        expected: `${params.homeMebibytes} MiB or less`,
        key: "/home",
        severity: "low",
      });
    const gap = notWhollySeen(files);
    if (items.length === 0 && gap) return gap;
    return failEach(items, { at: "/opt, /srv, /var/lib, /home", found: "no applications or data of their own" });
  },
  examples: {
    pass: [{ files: { entries: 1000 } }],
    unknown: [{ files: { entries: 10, unseen: 3 } }],
    fail: [
      { files: { entries: 1000, applications: [{ path: "/var/lib/mysql", kind: "database", files: 1 }] } },
      { files: { entries: 10, homeBytes: 500_000_000 } },
    ],
  },
});
