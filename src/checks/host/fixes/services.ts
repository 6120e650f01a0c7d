import type { Evidence } from "../../../core/check.ts";
import { shellWord } from "../shell.ts";
import type { HostFixes } from "./fix.ts";

function mask({ key = "" }: Evidence): string | undefined {
  return /\.(service|socket|timer|path)$/.test(key) ? `mask_unit ${shellWord(key)}` : undefined;
}

/** Hardening that leaves a service its files and network. */
const confinement =
  "[Service]\nNoNewPrivileges=yes\nProtectSystem=strict\nProtectHome=yes\nPrivateTmp=yes\nPrivateDevices=yes\nProtectKernelTunables=yes\nProtectKernelModules=yes\nProtectControlGroups=yes\nRestrictNamespaces=yes";
const unnamed = "The finding names no unit.";
const moves = "What uses the program must find it elsewhere first; containers go on.";
const replace = "All containers move to the new host.";

/** Fixes of services, packages and the system as a whole. */
export const serviceFixes: HostFixes = {
  "general-purpose-os": { byHand: "Another system is another host: replace it from an image.", impact: replace },
  "container-os-guarantee-broken": {
    byHand: "A host whose guarantees are broken is replaced, not repaired.",
    impact: replace,
  },
  "distribution-past-end-of-life": {
    byHand: "An upgrade of the release is planned and tried, or the host is replaced.",
    impact: replace,
  },
  "system-image-unverified": { byHand: "Verification comes with the image: replace the host.", impact: replace },
  "root-writable": { byHand: "A read-only /usr comes with the image: replace the host.", impact: replace },
  "host-too-old": { byHand: "Replace the host from a current image, or update it and start it anew.", impact: replace },
  "image-drifted": {
    byHand: "The change belongs into the image or its provisioning: bring it there, then replace the host.",
    impact: replace,
  },
  "rollback-missing": {
    byHand:
      "The second copy is made by the system's own updater, or by a layout of the disk that is chosen at installation.",
    impact: "None for containers until the host starts the other copy.",
  },
  "application-service": {
    script: mask,
    byHand: unnamed,
    impact: "Containers that call the service on the host lose it.",
  },
  "unneeded-service-enabled": { script: mask, byHand: unnamed, impact: "None unless a container uses its socket." },
  "workload-outside-containers": {
    byHand: "What the program does must run somewhere: build an image of it, then mask its unit.",
    impact: moves,
  },
  "remote-management-agent": {
    byHand: "Whether the host is managed by the agent only its owners know.",
    impact: "None for containers; the cloud's own agent may be what sets up its network.",
  },
  "graphical-target": {
    script: () =>
      'mkdir -p "$root/etc/systemd/system"\nln -sfn /usr/lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"',
    impact: "None for containers; it holds from the next start.",
  },
  "service-unconfined": {
    script: ({ key = "" }) =>
      mask({ at: "", found: "", key }) === undefined
        ? undefined
        : `put_file ${shellWord(`/etc/systemd/system/${key}.d/50-plimsoll.conf`)} '${confinement}'\nlive systemctl daemon-reload`,
    byHand: unnamed,
    impact:
      "None for containers; the service must be restarted and watched, as it may need a folder to write (ReadWritePaths=).",
  },
  "forbidden-package": {
    byHand: "What depends on the package is removed with it: read what the package manager proposes, then confirm.",
    impact: "None for containers, which bring their own.",
  },
  "toolchain-installed": {
    byHand: "What depends on the packages is removed with them: read what the package manager proposes, then confirm.",
    impact: "None for containers; debug from a container instead.",
  },
  "application-files-on-host": { byHand: "Data must move into a volume and the program into an image.", impact: moves },
  "several-engines": {
    byHand: "Which engine holds containers that are needed only its owners know.",
    impact: "Containers of the engine that goes must be started in the other.",
  },
  "listener-unexplained": {
    byHand: "Who needs the port must be found out: bind it to 127.0.0.1, move it into a container, or stop it.",
    impact: "Containers that call the port lose it.",
  },
  "local-service-on-network": {
    byHand: "Each service has a setting of its own for its address; the finding names it.",
    impact: "Containers that ask the host's resolver or clock by its address lose it.",
  },
  "packet-sniffer-running": {
    byHand: "Who started it must be found out.",
    impact: "A network plugin that reads packets must keep running.",
  },
  "firewall-open": {
    byHand:
      "A firewall that drops by default must know every port that is needed first, and flushing rules cuts those that engines made.",
    impact:
      "Published ports pass the engine's own chains; a reload of the whole rule set removes them until the engine is restarted.",
  },
  "engine-port-insecure": {
    byHand: "Who uses the port must get a certificate first; then close it in the engine's configuration.",
    impact: "The engine restarts: with live-restore containers go on.",
  },
  "engine-listens-without-tls": {
    byHand:
      "Who uses the port must get a certificate first; then set tlsverify, or remove the host from daemon.json and its unit.",
    impact: "The engine restarts: with live-restore containers go on.",
  },
  "engine-socket-open": {
    script: ({ key = "" }) =>
      key.startsWith("/run/user/")
        ? `rights 0600 ${shellWord(key)}`
        : key.startsWith("/run/")
          ? `owned root ${shellWord(key)}\nrights 0660 ${shellWord(key)}`
          : undefined,
    byHand: "The finding names no socket.",
    impact:
      "Containers into which the socket is mounted and that are not root lose it; the socket's unit (SocketMode=) must say so too.",
  },
  "docker-defaults-weak": {
    byHand:
      "daemon.json is JSON, which sh cannot change safely, and userns-remap hides images and containers made before: set the named value with an editor.",
    impact:
      "The daemon restarts. icc: false parts containers that share the default bridge; userns-remap starts with empty storage.",
  },
  "known-vulnerability": {
    byHand: "An update is installed by the package manager after reading what it changes, or the host is replaced.",
    impact: "An update of the engine restarts it: with live-restore containers go on.",
  },
  "malicious-package": {
    byHand: "A host that ran malware is isolated and replaced; its secrets are revoked.",
    impact: replace,
  },
  "security-update-pending": {
    byHand: "Updates are installed by the package manager after reading what they change, or the host is replaced.",
    impact: "An update of the engine restarts it: with live-restore containers go on.",
  },
  "update-pending": {
    byHand: "Updates are installed by the package manager after reading what they change, or the host is replaced.",
    impact: "An update of the engine restarts it: with live-restore containers go on.",
  },
  "updates-not-automatic": {
    script: ({ key = "", fix }) =>
      fix?.startsWith("apt-mark unhold") ? `live apt-mark unhold ${shellWord(key)}` : undefined,
    byHand:
      "A package must be installed and set up: unattended-upgrades or dnf-automatic; or declare how hosts are replaced.",
    impact: "Engines may restart at night: use live-restore, or leave engine and kubelet out and drain nodes for them.",
  },
  "package-source-untrusted": {
    byHand: "The source's key must be had from its publisher and checked before Signed-By names it.",
    impact: "None for containers.",
  },
  "replaced-libraries-in-use": {
    script: ({ key = "" }) =>
      /\.service$/.test(key) && !/^(docker|containerd|crio|kubelet|podman|systemd-.*|dbus.*)\.service$/.test(key)
        ? `live systemctl restart ${shellWord(key)}`
        : undefined,
    byHand: "Engines, the bus and systemd itself are restarted when containers can bear it, best with the host.",
    impact: "Only the named service restarts; engines are left to a person.",
  },
  "program-without-file": {
    byHand: "What runs must be looked at first: keep /proc/PID/exe.",
    impact: "None for containers; the service restarts.",
  },
  "role-contradicted": {
    byHand: "Either the settings or the host are wrong; a person knows which.",
    impact: "None for containers.",
  },
  "package-count-high": {
    byHand:
      "Which packages nobody needs their users know; forbidden-package and unneeded-service-enabled name the first.",
    impact: "None: containers bring their own packages.",
  },
  "sandboxed-runtime-missing": {
    byHand:
      "The runtime comes from its own archive, and the engine must start anew: runsc install && systemctl reload docker, or Kata's package.",
    impact: "Containers that ask for the runtime start again; the others are not touched by a reload.",
  },
  "advisory-data-stale": {
    byHand:
      "The data lies where Plimsoll runs, which need not be this host: plimsoll db update there, then assess again.",
    impact: "None: nothing on the host changes.",
  },
};
