import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { services } from "../../facts/host/services.ts";
import { sockets } from "../../facts/host/sockets.ts";
import { shellWord } from "./shell.ts";

/** Where systemd's own measure begins to call a service exposed. */
const mostExposure = 7;
const shownOptions = 5;

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
    const judged = units.filter(
      (unit) => unit.exposure !== undefined && listening.has(unit.name) && !exempt.test(unit.name),
    );
    if (judged.length === 0)
      return notApplicable("no service of the host listens on the network besides engines and remote logins");
    const items = judged
      .flatMap((unit) =>
        unit.exposure !== undefined && unit.exposure > mostExposure ? { ...unit, exposure: unit.exposure } : [],
      )
      .map(({ name, file, exposure, open }) => ({
        at: file,
        found: `${name}: exposure ${exposure.toFixed(1)} of 10${openText(open)}`,
        expected: `${mostExposure} or less, as \`systemd-analyze security ${name}\` measures it`,
        key: name,
        fix: dropIn(name),
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
              exposure: 3.5,
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
          units: [
            {
              name: "app.service",
              enabled: true,
              masked: false,
              file: "/etc/systemd/system/app.service",
              exposure: 9.6,
              open: ["PrivateNetwork=", "User=/DynamicUser=", "CapabilityBoundingSet=~CAP_SYS_ADMIN"],
            },
          ],
        },
        sockets: { listeners: [{ protocol: "tcp", address: "0.0.0.0", port: 8080, user: 0, unit: "app.service" }] },
      },
    ],
    notApplicable: [{ services: { manager: "systemd", units: [] }, sockets: { listeners: [] } }],
    unknown: [{ services: { manager: "other", units: [] }, sockets: { listeners: [] } }],
  },
});

function openText(open: readonly string[]): string {
  return open.length === 0 ? "" : `; most by ${open.slice(0, shownOptions).join(", ")}`;
}

/** Settings that leave a service its files to write, its network and its programs. */
const confining = [
  "NoNewPrivileges=yes",
  "ProtectSystem=full",
  "ProtectHome=yes",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
];

function dropIn(name: string): string {
  const folder = shellWord(`/etc/systemd/system/${name}.d`);
  const lines = ["[Service]", ...confining];
  return `mkdir -p ${folder} && printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} > ${folder}/90-confine.conf && systemctl daemon-reload && systemctl try-restart ${shellWord(name)}`;
}
