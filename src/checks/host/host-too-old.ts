import { z } from "zod";
import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { hostAge } from "../../facts/host/age.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";

const day = 86_400;

export default defineCheck({
  title: "Host was neither replaced nor updated for a long time",
  severity: "low",
  clauses: ["4.5.3-d", "4.5.3-e", "4.5.3-b"],
  why: "A host that stays as it was gathers state that nobody knows, and runs what was fixed elsewhere long ago.",
  fix: "Replace the host by a new instance of a current image; where hosts are kept, update them and start them anew.",
  needs: { age: hostAge, roles },
  params: z.object({
    /** Days after which a host with a container-specific system is to be replaced. */
    containerOsDays: z.number().positive().default(90),
    /** Days after which any other host is to be replaced. */
    hostDays: z.number().positive().default(730),
    /** Days without any change of a package. */
    packagesDays: z.number().positive().default(60),
    /** Days since the kernel started, where no live patch is in force. */
    uptimeDays: z.number().positive().default(120),
  }),
  evaluate({ age, roles: found }, { now, params, settings }) {
    const since = (time: number) => Math.max(0, Math.floor((now.getTime() / 1000 - time) / day));
    const isContainerOs = rolesInForce(found, settings).has("container-os");
    const most = isContainerOs ? params.containerOsDays : params.hostDays;
    const items: Evidence[] = [];
    const seen: string[] = [];
    const judge = (key: string, at: string, what: string, days: number, limit: number) => {
      seen.push(`${what} ${days} days ago`);
      if (days > limit)
        items.push({
          at,
          found: `${what} ${days} days ago`,
          expected: `at most ${limit} days`,
          key,
          details: { days },
        });
    };
    if (age.installed) judge("installed", age.installed.shownBy, "installed", since(age.installed.time), most);
    // The packages of a container-specific system come with its image.
    if (age.packagesChanged && !isContainerOs)
      judge(
        "packages",
        age.packagesChanged.shownBy,
        "packages last changed",
        since(age.packagesChanged.time),
        params.packagesDays,
      );
    const patched = age.livePatches.some(({ enabled, inTransition }) => enabled && !inTransition);
    if (age.started !== undefined && !patched)
      judge("started", "/proc/stat", "started", since(age.started), params.uptimeDays);
    if (items.length === 0 && (age.installed === undefined || (age.packagesChanged === undefined && !isContainerOs)))
      return unknown(
        `nothing shows when ${age.installed === undefined ? "the host was installed" : "its packages last changed"}`,
        "declare how often hosts are replaced",
      );
    return failEach(items, { at: age.installed?.shownBy ?? "/proc/stat", found: seen.join(", ") });
  },
  examples: {
    pass: [
      {
        age: {
          installed: { time: 1_766_000_000, shownBy: "/etc/machine-id" },
          packagesChanged: { time: 1_767_000_000, shownBy: "/var/lib/dpkg/status" },
        },
        roles: { roles: [] },
      },
    ],
    fail: [
      {
        age: {
          installed: { time: 1_757_000_000, shownBy: "/etc/machine-id" },
          packagesChanged: { time: 1_757_000_000, shownBy: "/var/lib/dpkg/status" },
        },
        roles: { roles: [] },
      },
      {
        age: { installed: { time: 1_757_000_000, shownBy: "/etc/machine-id" } },
        roles: { roles: [{ role: "container-os", shownBy: ["/etc/os-release"] }] },
      },
    ],
    unknown: [{ age: {}, roles: { roles: [] } }],
  },
});
