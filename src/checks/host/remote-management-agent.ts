import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { processes } from "../../facts/host/processes.ts";

/** Programs through which somebody elsewhere runs commands on the host as root. */
const agents: readonly (readonly [RegExp, string, Severity])[] = [
  [/^(miniserv\.pl|webmin)$/, "web administration", "high"],
  [/^(cockpit-ws|cockpit-tls)$/, "web administration", "medium"],
  [/^(teamviewerd|anydesk|rustdesk|x11vnc|Xvnc|vncserver|xrdp)$/, "remote desktop", "high"],
  [/^(salt-minion|puppet|chef-client|cfengine|cf-execd|saltmaster)$/, "configuration management", "low"],
  [
    /^(amazon-ssm-agen|amazon-ssm-agent|ssm-agent-worke|waagent|google_guest_ag|OSConfigAgent|qemu-ga|vmtoolsd)$/,
    "agent of the cloud or hypervisor",
    "low",
  ],
  [/^(ngrok|frpc|chisel|gost|tailscaled|cloudflared|zerotier-one)$/, "tunnel from outside", "medium"],
];

export default defineCheck({
  title: "Agent on the host takes commands from elsewhere",
  severity: "low",
  clauses: ["4.5.1-d", "4.5.4-d"],
  why: "What it does as root is not recorded as a logon; whoever holds its server holds the host.",
  fix: "Remove what is not needed; limit the rest to named actions, and record its use where the server keeps its log.",
  needs: { processes },
  evaluate({ processes: { processes } }) {
    if (processes.length === 0)
      return unknown("no process could be seen", "collect the facts with root's rights in the host's PID namespace");
    const seen = new Map<string, readonly [string, Severity, string]>();
    for (const { name, class: kind, executable } of processes) {
      const match = kind === "container" ? undefined : agents.find(([pattern]) => pattern.test(name));
      if (match) seen.set(name, [match[1], match[2], executable ?? name]);
    }
    const items = [...seen].map(([name, [what, severity, at]]) => ({
      at,
      found: `${name} runs (${what})`,
      expected: "absent, or needed and limited",
      key: name,
      severity,
    }));
    return failEach(items, { at: "/proc", found: `none among ${processes.length} processes` });
  },
  examples: {
    pass: [
      {
        processes: {
          counts: { kernel: 0, container: 0, infrastructure: 1, session: 0, unknown: 0 },
          processes: [{ pid: 1, name: "systemd", user: 0, class: "infrastructure", because: "" }],
        },
      },
    ],
    fail: [
      {
        processes: {
          counts: { kernel: 0, container: 0, infrastructure: 0, session: 0, unknown: 1 },
          processes: [{ pid: 9, name: "miniserv.pl", user: 0, class: "unknown", because: "" }],
        },
      },
    ],
    unknown: [
      { processes: { counts: { kernel: 0, container: 0, infrastructure: 0, session: 0, unknown: 0 }, processes: [] } },
    ],
  },
});
