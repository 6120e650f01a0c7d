import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { processes } from "../../facts/host/processes.ts";

export default defineCheck({
  title: "Processes hidden from the process list",
  severity: "critical",
  clauses: ["4.5.3-g", "4.6-a"],
  why: "A process that exists but is not listed is hidden on purpose: the kernel or its libraries are no longer to be trusted.",
  fix: "Isolate the host, keep its memory and disk for investigation, and replace it by a new instance.",
  needs: { processes },
  evaluate({ processes: { hidden, hiddenSearch } }) {
    if (hiddenSearch === undefined) return unknown("hidden processes were not looked for", "assess the running host");
    const [first, ...rest] = hidden.map((pid) => ({
      at: `/proc/${pid}`,
      found: "exists, but /proc does not list it",
      expected: "listed",
      key: `pid ${pid}`,
    }));
    return first ? fail(first, ...rest) : pass({ at: "/proc", found: `none among ${hiddenSearch}` });
  },
  examples: {
    pass: [
      {
        processes: {
          counts: { kernel: 1, container: 0, infrastructure: 0, session: 0, unknown: 0 },
          processes: [],
          hiddenSearch: "numbers 1 to 32768 of 32768",
        },
      },
    ],
    fail: [
      {
        processes: {
          counts: { kernel: 1, container: 0, infrastructure: 0, session: 0, unknown: 0 },
          processes: [],
          hidden: [666],
          hiddenSearch: "numbers 1 to 32768 of 32768",
        },
      },
    ],
    unknown: [
      { processes: { counts: { kernel: 1, container: 0, infrastructure: 0, session: 0, unknown: 0 }, processes: [] } },
    ],
  },
});
