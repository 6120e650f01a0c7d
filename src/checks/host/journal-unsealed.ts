import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { journals } from "../../facts/host/journals.ts";

export default defineCheck({
  title: "The host's journal can be changed without a trace",
  severity: "low",
  clauses: ["4.5.4-c", "4.5.1-b"],
  why: "Whoever becomes root can rewrite an unsealed journal; a seal shows from which moment on it can no longer be trusted.",
  fix: "journalctl --setup-keys, keep the key that it shows off the host, and run journalctl --verify --verify-key=… with it.",
  needs: { journals },
  evaluate({ journals: { files, unread } }) {
    const system = files.filter(({ path }) => /\/system[^/]*$/.test(path));
    // Archived files were written before the keys were made, or are sealed to their end: what is written now counts.
    const current = system.filter(({ state, path }) => state !== "archived" && !path.endsWith("~"));
    if (current.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    if (current.length === 0) return notApplicable("the host keeps no journal on disk");
    return failEach(
      current
        .filter(({ sealed }) => !sealed)
        .map(({ path }) => ({ at: path, found: "not sealed", expected: "sealed (FSS)", key: "system journal" })),
      {
        at: current[0]!.path,
        found: `sealed, as are ${system.filter(({ sealed }) => sealed).length} of ${system.length} system journals; the seals themselves are verified with the key that lies off the host`,
      },
    );
  },
  examples: {
    pass: [{ journals: { files: [{ path: "/var/log/journal/a/system.journal", sealed: true, state: "online" }] } }],
    fail: [{ journals: { files: [{ path: "/var/log/journal/a/system.journal", sealed: false, state: "online" }] } }],
    notApplicable: [{ journals: { files: [] } }],
    unknown: [{ journals: { files: [], unread: [{ path: "/var/log/journal", reason: "may not be read" }] } }],
  },
});
