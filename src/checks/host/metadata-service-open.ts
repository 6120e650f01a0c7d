import type { Evidence } from "../../core/check.ts";
import { defineCheck, fail, failEach, notApplicable, unknown } from "../../core/check.ts";
import { metadataGuard } from "../../facts/host/metadata-guard.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";

const remedy =
  "drop 169.254.169.254 for forwarded packets and keep the rule in the firewall's files, or declare the instance's setting (Amazon: tokens required and a hop limit of 1; Google, Azure: workload identity)";

export default defineCheck({
  title: "Containers can reach the cloud's metadata service",
  severity: "high",
  clauses: ["4.5.4-c", "4.5.5-a"],
  why: "The service gives everyone who asks the host's own credentials: a container that reaches it is the host to the cloud.",
  fix: "Drop packets to 169.254.169.254 in the FORWARD chain (Docker: DOCKER-USER), take the host's network from containers that need not have it, and require tokens with a hop limit of 1.",
  needs: { guard: metadataGuard, roles, running: runningContainers },
  evaluate({ guard, roles: found, running }, { settings }) {
    if (!rolesInForce(found, settings).has("cloud"))
      return notApplicable("the host shows no cloud that has such a service");
    if (guard.routeRejected === true)
      return failEach([], { at: "/proc/net/route", found: "a route refuses 169.254.169.254 for everybody" });
    const drops = (packets: string) =>
      guard.rules.find((rule) => rule.packets === packets && rule.action === "drop" && !rule.limited);
    const items: Evidence[] = guard.rules
      .filter(({ packets, action, limited }) => packets === "forward" && action === "accept" && !limited)
      .map(({ file, chain }) => ({
        at: file,
        found: `chain ${chain} lets packets of containers through to the metadata service`,
        expected: "drop",
        key: `${file} ${chain}`,
      }));
    const sharing = running.containers.filter(
      ({ pause, pod, sharedNamespaces }) => !pause && pod === undefined && sharedNamespaces?.includes("net") === true,
    );
    if (drops("output") === undefined)
      for (const { id, engine, program } of sharing)
        items.push({
          at: `${engine} ${id}`,
          found: `${program} has the host's network, and no rule keeps it from the metadata service`,
          expected: "a network of its own",
          key: `${program} host network`,
        });
    const [first, ...rest] = items;
    if (first) return fail(first, ...rest);
    const forward = drops("forward");
    if (forward === undefined)
      return unknown(
        guard.unread.length > 0
          ? guard.unread.map(({ reason }) => reason).join("; ")
          : "no rule in the firewall's files and no route keeps containers from it; the instance's hop limit and network policies cannot be seen from here",
        remedy,
      );
    return failEach([], { at: forward.file, found: `chain ${forward.chain} drops packets to the metadata service` });
  },
  examples: {
    pass: [
      {
        guard: {
          rules: [{ file: "/etc/iptables/rules.v4", chain: "DOCKER-USER", packets: "forward", action: "drop" }],
        },
        roles: { roles: [{ role: "cloud", shownBy: ["firmware tables: amazon"] }] },
        running: { containers: [] },
      },
      {
        guard: { rules: [], routeRejected: true },
        roles: { roles: [{ role: "cloud", shownBy: ["firmware tables: amazon"] }] },
        running: { containers: [] },
      },
    ],
    fail: [
      {
        guard: { rules: [] },
        roles: { roles: [{ role: "cloud", shownBy: ["firmware tables: amazon"] }] },
        running: {
          containers: [{ id: "abc", engine: "docker", program: "/app", processes: 1, sharedNamespaces: ["net"] }],
        },
      },
    ],
    notApplicable: [{ guard: { rules: [] }, roles: { roles: [] }, running: { containers: [] } }],
    unknown: [
      {
        guard: { rules: [] },
        roles: { roles: [{ role: "cloud", shownBy: ["firmware tables: amazon"] }] },
        running: { containers: [] },
      },
    ],
  },
});
