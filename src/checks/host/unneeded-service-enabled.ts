import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { services } from "../../facts/host/services.ts";
import { shellWord } from "./shell.ts";

/** Services that no container host needs, and what they are for. */
const unneeded: readonly (readonly [RegExp, string])[] = [
  [/^cups(-browsed)?\.(service|socket|path)$/, "printing"],
  [/^avahi-daemon\.(service|socket)$/, "announcing services on the network"],
  [
    /^(bluetooth|ModemManager|wpa_supplicant|iio-sensor-proxy|switcheroo-control|upower|colord|geoclue|accounts-daemon|rtkit-daemon|pulseaudio|packagekit|whoopsie|apport|kerneloops|speech-dispatcher|brltty|pcscd)\.(service|socket)$/,
    "desktops and laptops",
  ],
  [/^(gdm\d?|lightdm|sddm|xdm|display-manager)\.service$/, "graphical logins"],
  [
    /^(rpcbind|nfs-server|nfs-blkmap|rpc-statd|autofs|ypserv|ypbind)\.(service|socket)$/,
    "network file systems and directories",
  ],
  [
    /^(telnet|rsh|rlogin|rexec|tftp|finger|talk|chargen.*|daytime.*|echo.*|discard.*|time-dgram|time-stream)(@)?\.(service|socket)$/,
    "logins and services in clear",
  ],
  [/^(xinetd|inetd|openbsd-inetd)\.service$/, "services on demand"],
  [
    /^(smbd|nmbd|winbind|snmpd|slapd|vsftpd|squid|dovecot|rsync|rsyncd|isc-dhcp-server|dhcpd\d?|radvd)\.(service|socket)$/,
    "serving a network",
  ],
  [/^(debug-shell|kdump-tools|ctrl-alt-del|serial-getty@.*debug)\.service$/, "debugging at the console"],
];

export default defineCheck({
  title: "Service enabled that a container host does not need",
  severity: "medium",
  clauses: ["4.5.1-d", "8176-4.1-pre"],
  why: "Every service that runs can be attacked; those that containers do not need only add to that (the guide names the print spooler).",
  fix: "Disable and mask the service, and remove its package.",
  needs: { services },
  references: [
    "CIS Distribution Independent Linux 2.0.0 2.2",
    "CIS Red Hat Enterprise Linux 9 2.0.0 2.1",
    "CIS Debian Linux 12 1.1.0 2.1",
  ],
  evaluate({ services: { manager, units } }) {
    if (manager !== "systemd") return unknown("the host's services are not systemd's", "only systemd's units are read");
    const items = units.flatMap((unit) => {
      const purpose = unneeded.find(([pattern]) => pattern.test(unit.name))?.[1];
      if (purpose === undefined || unit.masked || !(unit.enabled || unit.running === true)) return [];
      return [
        {
          at: unit.file || unit.name,
          found: `${unit.name} ${unit.running ? "runs" : "is enabled"} (${purpose})`,
          expected: "masked or absent",
          key: unit.name,
          fix: `systemctl disable --now ${shellWord(unit.name)} && systemctl mask ${shellWord(unit.name)}`,
        },
      ];
    });
    return failEach(items, {
      at: "systemd",
      found: `${units.filter((unit) => unit.enabled).length} units enabled, none unneeded`,
    });
  },
  examples: {
    pass: [
      {
        services: {
          manager: "systemd",
          units: [{ name: "cups.service", enabled: true, masked: true, file: "/etc/systemd/system/cups.service" }],
        },
      },
    ],
    fail: [
      {
        services: {
          manager: "systemd",
          units: [{ name: "cups.service", enabled: true, masked: false, file: "/usr/lib/systemd/system/cups.service" }],
        },
      },
    ],
    unknown: [{ services: { manager: "other", units: [] } }],
  },
});
