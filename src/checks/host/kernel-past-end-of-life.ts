import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { kernelLife } from "../../facts/host/kernel-life.ts";

export default defineCheck({
  title: "Running kernel is of a branch that gets no more fixes",
  severity: "high",
  clauses: ["4.5.1-f", "4.5.3-c", "4.5.3-a"],
  why: "A kernel built outside the distribution gets its fixes from kernel.org alone, and those end with the branch.",
  fix: "Use the distribution's kernel, or one of a branch that kernel.org maintains for long.",
  needs: { life: kernelLife },
  evaluate({ life }, { now }) {
    const { release, branch, endsOn, ended, dataDate } = life;
    const at = "/proc/sys/kernel/osrelease";
    if (life.package !== undefined)
      return pass({ at, found: `${release} is the distribution's ${life.package}, which it maintains` });
    const expected = "a branch that is maintained";
    const source = `endoflife.date of ${dataDate.slice(0, 10)}`;
    if (endsOn === undefined) {
      if (ended === undefined)
        return unknown(`${source} sets no end for Linux ${branch}`, "give newer advisory data: plimsoll db build");
      return ended
        ? fail({ at, found: `${release}: Linux ${branch} is no longer maintained (${source})`, expected, key: branch })
        : pass({ at, found: `${release}: Linux ${branch} is maintained (${source})` });
    }
    return Date.parse(endsOn) + 86_400_000 <= now.getTime()
      ? fail({ at, found: `${release}: Linux ${branch} ended on ${endsOn} (${source})`, expected, key: branch })
      : pass({ at, found: `${release}: Linux ${branch} is maintained until ${endsOn} (${source})` });
  },
  examples: {
    pass: [
      { life: { release: "6.12.9", branch: "6.12", endsOn: "2028-12-31", dataDate: "2026-01-01" } },
      {
        life: {
          release: "6.1.0-9-amd64",
          branch: "6.1",
          package: "linux-image-6.1.0-9-amd64 6.1.27-1",
          dataDate: "2026-01-01",
        },
      },
    ],
    fail: [{ life: { release: "6.11.2", branch: "6.11", endsOn: "2024-12-05", dataDate: "2026-01-01" } }],
    unknown: [{ life: { release: "6.19.0", branch: "6.19", dataDate: "2026-01-01" } }],
  },
});
