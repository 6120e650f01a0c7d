import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { packageIntegrity } from "../../facts/host/package-integrity.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Packaged files were changed or are missing",
  severity: "high",
  clauses: ["4.5.3-g", "4.5.3-a", "4.5.5-a"],
  why: "A program that differs from its package was changed by hand or by an intruder.",
  fix: "Reinstall the package (apt-get install --reinstall, dnf reinstall, zypper install --force, apk fix), and find out who changed it.",
  needs: { integrity: packageIntegrity },
  evaluate({ integrity }) {
    const { manager, packages, packagesWithDigests, compared, changed, missing, unread, problems } = integrity;
    const items: Evidence[] = [
      ...changed.map(({ path, package: name, what, configuration }) => ({
        at: path,
        found: `differs from package ${name}: ${what.join("; ")}`,
        expected: "as packaged",
        key: path,
        severity: severityOf(path, configuration, what),
        fix: reinstall(manager, name),
      })),
      ...missing.map(({ path, package: name }) => ({
        at: path,
        found: `package ${name} brought it, and it is gone`,
        expected: "as packaged",
        key: path,
        severity: "low" as const,
        fix: reinstall(manager, name),
      })),
    ];
    const without = packages - packagesWithDigests;
    const coverage = [
      `${compared} files of ${packagesWithDigests} packages compared`,
      ...(without > 0 ? [`${without} of ${packages} packages list no digests`] : []),
      ...(unread > 0 ? [`${unread} files could not be read`] : []),
      ...problems,
    ].join("; ");
    // A pass on a part of the packages would hide the rest: say so instead.
    if (items.length === 0 && (compared === 0 || packagesWithDigests < packages / 2 || problems.length > 0))
      return unknown(coverage, "reinstall the packages, so that their digests are kept, or compare with the archive's");
    return failEach(items, { at: `database of ${manager}`, found: coverage });
  },
  examples: {
    pass: [{ integrity: { manager: "dpkg", packages: 100, packagesWithDigests: 98, compared: 5000, digest: "md5" } }],
    fail: [
      {
        integrity: {
          manager: "rpm",
          packages: 2,
          packagesWithDigests: 2,
          compared: 90,
          digest: "sha256",
          changed: [{ path: "/usr/bin/su", package: "util-linux", what: ["rights 0755, now 4755"] }],
        },
      },
      {
        integrity: {
          manager: "dpkg",
          packages: 100,
          packagesWithDigests: 98,
          compared: 5000,
          digest: "md5",
          changed: [{ path: "/usr/bin/ls", package: "coreutils" }],
        },
      },
    ],
    unknown: [
      { integrity: { manager: "dpkg", packages: 945, packagesWithDigests: 196, compared: 900, digest: "md5" } },
    ],
  },
});

/** Configuration is there to be changed; what became wider or runs as root is not. */
function severityOf(path: string, configuration: boolean, what: readonly string[]): Severity {
  if (what.some((text) => /now [4-7]\d{3}$/.test(text))) return "high";
  if (configuration) return "info";
  return path.startsWith("/etc/") ? "low" : "high";
}

function reinstall(manager: string, name: string): string {
  const word = shellWord(name.split(":")[0]!);
  if (manager === "rpm") return `dnf reinstall ${word} (SUSE: zypper install --force ${word})`;
  return manager === "apk" ? `apk fix --reinstall ${word}` : `apt-get install --reinstall ${word}`;
}
