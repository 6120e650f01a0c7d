import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { packageIntegrity } from "../../facts/host/package-integrity.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Packaged files were changed or are missing",
  severity: "high",
  clauses: ["4.5.3-g", "4.5.3-a", "4.5.5-a"],
  why: "A program that differs from its package was changed by hand or by an intruder.",
  fix: "Reinstall the package (apt-get install --reinstall), and find out who changed it.",
  needs: { integrity: packageIntegrity },
  evaluate({ integrity }) {
    const { packages, packagesWithDigests, compared, changed, missing, unread } = integrity;
    const items: Evidence[] = [
      ...changed.map(({ path, package: name }) => ({
        at: path,
        found: `differs from package ${name}`,
        expected: "as packaged",
        key: path,
        severity: path.startsWith("/etc/") ? ("low" as const) : ("high" as const),
        fix: `apt-get install --reinstall ${shellWord(name.split(":")[0]!)}`,
      })),
      ...missing.map(({ path, package: name }) => ({
        at: path,
        found: `package ${name} brought it, and it is gone`,
        expected: "as packaged",
        key: path,
        severity: "low" as const,
      })),
    ];
    const coverage = `${compared} files of ${packagesWithDigests} packages compared; ${packages - packagesWithDigests} of ${packages} packages list no digests${unread > 0 ? `; ${unread} files could not be read` : ""}`;
    // A pass on a part of the packages would hide the rest: say so instead.
    if (items.length === 0 && (compared === 0 || packagesWithDigests < packages / 2))
      return unknown(coverage, "reinstall the packages, so that their digests are kept, or compare with the archive's");
    return failEach(items, { at: "/var/lib/dpkg/info", found: coverage });
  },
  examples: {
    pass: [{ integrity: { manager: "dpkg", packages: 100, packagesWithDigests: 98, compared: 5000, digest: "md5" } }],
    fail: [
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
