import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { roles } from "../../facts/host/roles.ts";

export default defineCheck({
  title: "The host shows roles that the settings leave out",
  severity: "low",
  clauses: ["4.5.1-c", "4.5.3-g"],
  why: "What is expected of a host follows from its roles: a host that also runs what its owners do not know of is judged by the wrong measure.",
  fix: "Name the role in the settings (hostRoles) or by --host-role, or remove what shows it.",
  needs: { roles },
  evaluate({ roles: { roles: found } }, { settings }) {
    const named = settings.hostRoles;
    if (named === undefined) return notApplicable("the settings name no roles: those that the host shows are taken");
    const extra = found.filter(({ role }) => !named.includes(role));
    const unseen = named.filter((role) => !found.some((entry) => entry.role === role));
    return failEach(
      extra.map(({ role, shownBy }) => ({
        at: shownBy.join(", "),
        found: `shows the role ${role}`,
        expected: `only ${named.join(", ")}`,
        key: role,
      })),
      {
        at: "settings.hostRoles",
        found: `${named.join(", ")}${unseen.length === 0 ? "" : `; the host does not show ${unseen.join(", ")}`}`,
      },
    );
  },
  examples: {
    pass: [
      {
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
        context: { settings: { hostRoles: ["docker", "virtual"] } },
      },
    ],
    fail: [
      {
        roles: { roles: [{ role: "kubernetes-worker", shownBy: ["/usr/bin/kubelet"] }] },
        context: { settings: { hostRoles: ["docker"] } },
      },
    ],
    notApplicable: [{ roles: { roles: [] } }],
  },
});
