import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { imageDrift } from "../../facts/host/image-drift.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";

export default defineCheck({
  title: "Host has no earlier image to go back to",
  severity: "low",
  clauses: ["4.5.3-d", "4.5.3-b"],
  why: "Where an update that fails cannot be undone, updates wait.",
  fix: "Keep two copies of the system (A and B partitions, OSTree deployments, snapshots); let the next update make the second.",
  needs: { drift: imageDrift, roles },
  evaluate({ drift: { rollbacks }, roles: found }, { settings }) {
    if (!rolesInForce(found, settings).has("container-os"))
      return notApplicable("the host has a general-purpose system, which is updated in place");
    const [first] = rollbacks;
    if (first === undefined)
      return fail({
        at: "/ostree/deploy, /dev/disk/by-partlabel, /.snapshots",
        found: "one copy of the system",
        expected: "two",
      });
    return pass({ at: first.at, found: `${rollbacks.length + 1} copies of the system (${first.kind})` });
  },
  examples: {
    pass: [
      {
        drift: { rollbacks: [{ kind: "partition", at: "/dev/disk/by-partlabel/USR-B" }] },
        roles: { roles: [{ role: "container-os", shownBy: ["ID=flatcar"] }] },
      },
    ],
    fail: [{ drift: {}, roles: { roles: [{ role: "container-os", shownBy: ["ID=flatcar"] }] } }],
    notApplicable: [{ drift: {}, roles: { roles: [] } }],
  },
});
