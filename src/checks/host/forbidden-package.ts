import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { shellWord } from "./shell.ts";

/** Packages that container hosts do without, by what they are for. */
const forbidden: readonly (readonly [RegExp, string, Severity])[] = [
  [
    /^(telnetd?|inetutils-telnetd?|rsh-(client|server|redone-client|redone-server)|ypbind|ypserv|nis|talk|talkd|tftp(d|d-hpa|-server)?|finger|xinetd|openbsd-inetd)$/,
    "logins and services in clear",
    "high",
  ],
  [
    /^(xserver-xorg(-core)?|xorg-x11-server-Xorg|xwayland|gdm3?|lightdm|sddm|gnome-shell|plasma-desktop|xfce4-session)$/,
    "graphical desktops",
    "medium",
  ],
  [
    /^(cups(-daemon)?|avahi-daemon|avahi|bluez|ModemManager|modemmanager)$/,
    "printing, announcing, wireless devices",
    "medium",
  ],
  [
    /^(apache2|httpd|nginx(-core|-full|-light)?|lighttpd|mysql-server.*|mariadb-server.*|postgresql-\d+|postgresql-server|mongodb-server|mongodb-org-server|redis(-server)?|memcached|rabbitmq-server|tomcat\d*|samba|nfs-kernel-server|vsftpd|proftpd.*|slapd|openldap-servers|bind9|dovecot-core|squid|snmpd|isc-dhcp-server|rsync-daemon)$/,
    "servers that belong into containers",
    "medium",
  ],
  [/^(postfix|exim4-daemon-.*|sendmail)$/, "mail", "low"],
  [
    /^(gcc|gcc-\d+|clang(-\d+)?|golang(-go)?|build-essential|gdb|strace|nmap|tcpdump|wireshark|netcat.*|ncat|socat)$/,
    "building, debugging and scanning",
    "low",
  ],
];

export default defineCheck({
  title: "Packages installed that a container host does without",
  severity: "medium",
  clauses: ["4.5.1-d", "4.5.3-f", "4.5.1-b"],
  why: "Each package is code to keep current and a tool for whoever gets in.",
  fix: "Remove the package: apt-get purge, dnf remove, apk del.",
  needs: { inventory: hostPackages },
  references: [
    "CIS Red Hat Enterprise Linux 9 2.0.0 2.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 2.2",
    "CIS Debian Linux 12 1.1.0 2.1",
    "CIS Debian Linux 12 1.1.0 2.2",
  ],
  evaluate({ inventory: { packages, databases } }) {
    if (databases.length === 0)
      return unknown("no package database was found", "assess a host whose package database is kept");
    const system = packages.filter(({ type }) => ["deb", "rpm", "apk", "alpm"].includes(type));
    const items = system.flatMap(({ name, version, type }) => {
      const match = forbidden.find(([pattern]) => pattern.test(name));
      return match
        ? [
            {
              at: databases[0]!,
              found: `${name} ${version} (${match[1]})`,
              expected: "absent",
              key: name,
              severity: match[2],
              fix: removal(type, name),
            },
          ]
        : [];
    });
    return failEach(items, { at: databases.join(", "), found: `${system.length} packages, none of them` });
  },
  examples: {
    pass: [
      {
        inventory: {
          databases: ["dpkg /var/lib/dpkg/status"],
          packages: [{ name: "runc", version: "1.2", type: "deb", purl: "pkg:deb/debian/runc@1.2", foundIn: [] }],
        },
      },
    ],
    fail: [
      {
        inventory: {
          databases: ["dpkg /var/lib/dpkg/status"],
          packages: [
            { name: "telnetd", version: "0.17", type: "deb", purl: "pkg:deb/debian/telnetd@0.17", foundIn: [] },
          ],
        },
      },
    ],
    unknown: [{ inventory: { databases: [], packages: [] } }],
  },
});

function removal(type: string, name: string): string {
  return (
    {
      deb: `apt-get purge -y ${shellWord(name)}`,
      rpm: `dnf remove -y ${shellWord(name)}`,
      apk: `apk del ${shellWord(name)}`,
    }[type] ?? `pacman -R ${shellWord(name)}`
  );
}
