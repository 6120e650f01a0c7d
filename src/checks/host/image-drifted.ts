import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { imageDrift } from "../../facts/host/image-drift.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";

const mostNamed = 20;

export default defineCheck({
  title: "Host differs from the image that it was made from",
  severity: "medium",
  clauses: ["4.5.3-g", "4.5.3-e"],
  why: "On a host that is replaced and not changed, every difference is either an anomaly or work that the next replacement loses.",
  fix: "Bring the change into the image or its provisioning (Ignition, cloud-init, machine configuration), and replace the host.",
  needs: { drift: imageDrift, roles },
  evaluate({ drift, roles: found }, { settings }) {
    const { configurationBase, compared, changed, removed, packages, extensions, unread } = drift;
    const isContainerOs = rolesInForce(found, settings).has("container-os");
    if (configurationBase === undefined && packages.length === 0 && extensions.length === 0) {
      if (!isContainerOs) return notApplicable("the host is not made from an image that keeps its own state apart");
      return unknown(
        "the system keeps no copy of its image's configuration to compare with",
        "take a baseline of a fresh instance: plimsoll baseline host",
      );
    }
    const items: Evidence[] = [
      ...packages.map(({ what, name }) => ({
        at: "/ostree/deploy",
        found: `${name}: ${what}`,
        expected: "the image's packages",
        key: `${what} ${name}`,
      })),
      ...extensions.map((path) => ({
        at: path,
        found: "an extension is laid over the system",
        expected: "the image alone",
        key: path,
        severity: "low" as const,
      })),
      ...[...changed, ...removed.map((path) => `${path} (gone)`)].slice(0, mostNamed).map((path) => ({
        at: path,
        found: `differs from ${configurationBase}`,
        expected: "as in the image",
        key: path,
        severity: "low" as const,
      })),
    ];
    const rest = changed.length + removed.length - mostNamed;
    if (rest > 0)
      items.push({
        at: "/etc",
        found: `${rest} more files`,
        expected: "as in the image",
        key: "more files",
        severity: "low",
      });
    if (items.length === 0 && compared === 0)
      return unknown(
        "no file of the image's configuration could be compared",
        "assess with root's rights and /usr mounted",
      );
    if (items.length === 0 && unread > 0)
      return unknown(`${unread} files of /etc could not be compared`, "assess with root's rights");
    return failEach(items, {
      at: configurationBase ?? "/ostree/deploy",
      found: `${compared} files as the image has them`,
    });
  },
  examples: {
    pass: [
      {
        drift: { configurationBase: "/usr/etc", compared: 400 },
        roles: { roles: [{ role: "container-os", shownBy: ["ID=fedora"] }] },
      },
    ],
    fail: [
      {
        drift: { configurationBase: "/usr/etc", packages: [{ what: "layered", name: "strace" }] },
        roles: { roles: [{ role: "container-os", shownBy: ["ID=fedora"] }] },
      },
      {
        drift: { configurationBase: "/usr/etc", changed: ["/etc/ssh/sshd_config"] },
        roles: { roles: [{ role: "container-os", shownBy: ["ID=fedora"] }] },
      },
    ],
    notApplicable: [{ drift: {}, roles: { roles: [] } }],
    unknown: [{ drift: {}, roles: { roles: [{ role: "container-os", shownBy: ["ID=talos"] }] } }],
  },
});
