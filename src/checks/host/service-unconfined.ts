import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { type ServiceUnit, services } from "../../facts/host/services.ts";
import { sockets } from "../../facts/host/sockets.ts";
import { shellWord } from "./shell.ts";

/** Settings that take most from a service that is broken into, by weight. */
const weights: readonly (readonly [string, number, (value: string) => boolean])[] = [
  ["NoNewPrivileges", 1, isOn],
  ["ProtectSystem", 1.5, (value) => value !== "" && value !== "no" && value !== "false"],
  ["ProtectHome", 1, (value) => value !== "" && value !== "no" && value !== "false"],
  ["PrivateTmp", 0.5, (value) => isOn(value) || value === "disconnected"],
  ["PrivateDevices", 1, isOn],
  ["ProtectKernelTunables", 0.5, isOn],
  ["ProtectKernelModules", 0.5, isOn],
  ["ProtectControlGroups", 0.5, isOn],
  ["RestrictNamespaces", 0.5, (value) => value !== "" && value !== "no" && value !== "false"],
  ["CapabilityBoundingSet", 1.5, (value) => value !== "~"],
  ["SystemCallFilter", 1.5, (value) => value !== ""],
  ["MemoryDenyWriteExecute", 0.5, isOn],
];
const mostExposure = weights.reduce((sum, [, weight]) => sum + weight, 0);

/** Container engines and remote logins must not be confined this way. */
const exempt =
  /^(docker|containerd|crio|kubelet|podman|k3s.*|rke2.*|ssh|sshd|user@.*|systemd-.*|dbus.*|getty@.*|buildkit)(@.*)?\.service$/;

export default defineCheck({
  title: "Service that listens on the network is hardly confined",
  severity: "low",
  clauses: ["4.5.1-b", "4.5.1-d"],
  why: "A service that is reachable and unconfined hands the whole host to whoever breaks into it.",
  fix: "Add a drop-in with NoNewPrivileges=yes, ProtectSystem=strict, ProtectHome=yes, PrivateTmp=yes, PrivateDevices=yes, ProtectKernelTunables=yes, ProtectKernelModules=yes, ProtectControlGroups=yes, CapabilityBoundingSet= and SystemCallFilter=@system-service.",
  needs: { services, sockets },
  evaluate({ services: { manager, units }, sockets: { listeners } }) {
    if (manager !== "systemd") return unknown("the host's services are not systemd's", "only systemd's units are read");
    const listening = new Set(
      listeners.filter(({ container }) => container === undefined).flatMap(({ unit }) => unit ?? []),
    );
    const judged = units.filter((unit) => listening.has(unit.name) && !exempt.test(unit.name));
    if (judged.length === 0)
      return notApplicable("no service of the host listens on the network besides engines and remote logins");
    const items = judged
      .map((unit) => ({ unit, exposure: exposureOf(unit) }))
      .filter(({ exposure }) => exposure > 7)
      .map(({ unit, exposure }) => ({
        at: unit.file,
        found: `${unit.name}: exposure ${exposure.toFixed(1)} of 10`,
        expected: "7 or less",
        key: unit.name,
        fix: dropIn(unit.name),
      }));
    return failEach(items, { at: "systemd", found: `${judged.length} services that listen, each confined` });
  },
  examples: {
    pass: [
      {
        services: {
          manager: "systemd",
          units: [
            {
              name: "chrony.service",
              enabled: true,
              masked: false,
              file: "chrony.service",
              user: "_chrony",
              confinement: {
                ProtectSystem: "strict",
                ProtectHome: "yes",
                NoNewPrivileges: "yes",
                PrivateTmp: "yes",
                CapabilityBoundingSet: "CAP_SYS_TIME",
              },
            },
          ],
        },
        sockets: { listeners: [{ protocol: "udp", address: "0.0.0.0", port: 123, user: 0, unit: "chrony.service" }] },
      },
    ],
    fail: [
      {
        services: {
          manager: "systemd",
          units: [{ name: "app.service", enabled: true, masked: false, file: "/etc/systemd/system/app.service" }],
        },
        sockets: { listeners: [{ protocol: "tcp", address: "0.0.0.0", port: 8080, user: 0, unit: "app.service" }] },
      },
    ],
    notApplicable: [{ services: { manager: "systemd", units: [] }, sockets: { listeners: [] } }],
    unknown: [{ services: { manager: "other", units: [] }, sockets: { listeners: [] } }],
  },
});

function isOn(value: string): boolean {
  return /^(yes|true|1|on)$/i.test(value);
}

/** From 0 to 10; a service that is not root starts two lower. */
function exposureOf(unit: ServiceUnit): number {
  const confined = weights.filter(
    ([name, , accepts]) => unit.confinement[name] !== undefined && accepts(unit.confinement[name]),
  );
  const held = confined.reduce((sum, [, weight]) => sum + weight, 0);
  const asRoot = (unit.user === undefined || unit.user === "root") && !isOn(unit.confinement["DynamicUser"] ?? "");
  return Math.max(0, 10 * (1 - held / mostExposure) - (asRoot ? 0 : 2));
}

function dropIn(name: string): string {
  const folder = shellWord(`/etc/systemd/system/${name}.d`);
  const lines = [
    "[Service]",
    "NoNewPrivileges=yes",
    "ProtectSystem=full",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectControlGroups=yes",
  ];
  return `mkdir -p ${folder} && printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} > ${folder}/90-confine.conf && systemctl daemon-reload && systemctl try-restart ${shellWord(name)}`;
}
