import { z } from "zod";
import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { roles, rolesInForce, runsContainers } from "../../facts/host/roles.ts";

const systemTypes = ["deb", "rpm", "apk", "alpm"];

export default defineCheck({
  title: "More packages on the container host than its budget allows",
  severity: "info",
  clauses: ["4.5.1-b", "4.5.1-a", "4.5.3-f"],
  why: "Everything that is installed must be kept current and may be used against the host; a container host needs little.",
  fix: "Remove what nobody asked for (apt-mark showmanual, dnf repoquery --userinstalled, cat /etc/apk/world), or set checks.host/package-count-high.params.most.",
  needs: { inventory: hostPackages, roles },
  params: z.object({
    /** Packages of the distribution that the host may have. */
    most: z.number().int().positive().default(500),
  }),
  evaluate({ inventory: { packages, databases, unread }, roles: found }, { params: { most }, settings }) {
    if (!runsContainers(rolesInForce(found, settings))) return notApplicable("the host runs no containers");
    const count = packages.filter(({ type }) => systemTypes.includes(type)).length;
    const evidence = { at: databases.join(", "), found: `${count} packages`, expected: `at most ${most}` };
    if (count > most) return fail(evidence);
    if (databases.length === 0 || count === 0)
      return unknown("no package of the distribution was found", "assess a host whose package database is kept");
    if (unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return pass(evidence);
  },
  examples: {
    pass: [
      {
        inventory: {
          databases: ["dpkg /var/lib/dpkg/status"],
          packages: [{ name: "runc", version: "1.2", type: "deb", purl: "pkg:deb/debian/runc@1.2", foundIn: [] }],
        },
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
      },
    ],
    fail: [
      {
        inventory: {
          databases: ["dpkg /var/lib/dpkg/status"],
          packages: [
            { name: "runc", version: "1.2", type: "deb", purl: "pkg:deb/debian/runc@1.2", foundIn: [] },
            { name: "curl", version: "8", type: "deb", purl: "pkg:deb/debian/curl@8", foundIn: [] },
          ],
        },
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
        context: { params: { most: 1 } },
      },
    ],
    notApplicable: [{ inventory: { databases: [], packages: [] }, roles: { roles: [] } }],
    unknown: [
      {
        inventory: { databases: [], packages: [] },
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
      },
    ],
  },
});
