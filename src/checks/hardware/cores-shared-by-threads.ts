import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { cpuVulnerabilities } from "../../facts/hardware/cpu-vulnerabilities.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";

/** Flaws through which one thread of a core reads from the other even where mitigated. */
const crossThread = ["mds", "l1tf", "tsx_async_abort", "mmio_stale_data"];

export default defineCheck({
  title: "Threads of one core are shared on a processor that leaks between them",
  severity: "medium",
  clauses: ["4.6-a", "4.5.1-b"],
  why: "On these processors two containers on one core can read each other's data, and clearing buffers does not help.",
  fix: "Boot with nosmt, or mitigations=auto,nosmt.",
  needs: { cpu: cpuVulnerabilities, roles },
  evaluate({ cpu: { flaws, threadsShareCores }, roles }, { settings }) {
    if (threadsShareCores === undefined)
      return unknown("whether threads share cores cannot be seen", "mount /sys of the host (Linux 4.19 or newer)");
    const at = "/sys/devices/system/cpu/smt/active";
    if (!threadsShareCores) return pass({ at, found: "each thread has its core" });
    const leaking = crossThread.filter((name) => flaws[name] !== undefined && flaws[name] !== "Not affected");
    if (leaking.length === 0) return pass({ at, found: "threads share cores; the processor has none of these flaws" });
    if (rolesInForce(roles, settings).has("ci")) return notApplicable("the host runs builds of one owner at a time");
    return fail({
      at,
      found: `threads share cores, and the processor has ${leaking.join(", ")}`,
      expected: "one thread a core",
    });
  },
  examples: {
    pass: [
      { cpu: { flaws: { mds: "Not affected" }, threadsShareCores: true }, roles: { roles: [] } },
      { cpu: { flaws: {}, threadsShareCores: false }, roles: { roles: [] } },
    ],
    fail: [
      {
        cpu: { flaws: { mds: "Mitigation: Clear CPU buffers; SMT vulnerable" }, threadsShareCores: true },
        roles: { roles: [] },
      },
    ],
    notApplicable: [
      {
        cpu: { flaws: { mds: "Vulnerable" }, threadsShareCores: true },
        roles: { roles: [{ role: "ci", shownBy: ["gitlab-runner.service"] }] },
      },
    ],
    unknown: [{ cpu: { flaws: {} }, roles: { roles: [] } }],
  },
});
