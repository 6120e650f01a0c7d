import { defineDerivation } from "../../core/derivation.ts";
import { Missing, type Observation } from "../../core/snapshot.ts";
import { kernel } from "../../facts/host/kernel.ts";
import { kernelLife } from "../../facts/host/kernel-life.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { runningKernelPackages } from "../../facts/host/running-kernel.ts";
import type { AnalysisResources } from "../resources.ts";

/** As endoflife.date names the kernel of kernel.org. */
const product = "linux";

/** Until when each host's running kernel is maintained. */
export default defineDerivation<AnalysisResources>({
  provides: kernelLife,
  *derive(snapshot, { advisories }): Iterable<Observation> {
    const fact = kernelLife.id;
    for (const subject of snapshot.subjectsOf(kernel)) {
      const found = snapshot.find(kernel, subject);
      if (found instanceof Missing) {
        yield { fact, subject, source: "kernel", unavailable: found.reason, remedy: found.remedy };
        continue;
      }
      const { release } = found;
      const branch = /^\d+\.\d+/.exec(release)?.[0] ?? release;
      const dataDate = advisories?.releasesDate ?? snapshot.content.created;
      const inventory = snapshot.find(hostPackages, subject);
      const own = inventory instanceof Missing ? [] : runningKernelPackages(release, inventory.packages);
      if (own[0] !== undefined) {
        const name = `${own[0].name} ${own[0].version}`;
        yield { fact, subject, source: "package database", value: { release, branch, package: name, dataDate } };
        continue;
      }
      const known = advisories?.releases(product).find((candidate) => candidate.release === branch);
      if (known === undefined) {
        const reason =
          advisories === undefined ? "no advisory data was given" : `the data has no life of Linux ${branch}`;
        yield { fact, subject, source: "end-of-life data", unavailable: reason, remedy: kernelLife.obtain };
        continue;
      }
      const end = typeof known.endOfLife === "string" ? { endsOn: known.endOfLife } : { ended: known.endOfLife };
      const value = { release, branch, ...end, dataDate };
      yield { fact, subject, source: "endoflife.date", value };
    }
  },
});
