import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { type Updates, updates } from "../../facts/host/updates.ts";

export default defineCheck({
  title: "Packages are taken from sources without a signature",
  severity: "high",
  clauses: ["4.5.3-b", "4.5.3-a"],
  why: "Whoever stands between the host and an unsigned source installs what he likes, as root.",
  fix: "apt: remove trusted=yes, allow-insecure and Acquire::AllowInsecureRepositories, name the key by Signed-By. dnf, yum, zypper: gpgcheck=1.",
  needs: { updates },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 1.2.1.2", "CIS Debian Linux 12 1.1.0 1.2.1"],
  evaluate({ updates: { manager, sources, settings, indexes, unknownBecause } }) {
    if (sources.length === 0 && unknownBecause !== undefined)
      return unknown(unknownBecause, "collect the facts with root's rights");
    if (["dnf", "yum", "zypper"].includes(manager)) {
      const items = sources.flatMap(rpmSource);
      if (sources.length === 0) return notApplicable(`no repository of ${manager} is configured and enabled`);
      return failEach(items, { at: sources[0]!.file, found: `${sources.length} repositories, their packages checked` });
    }
    if (manager === "none") return notApplicable("the host has no package manager; its system is updated as a whole");
    if (manager !== "apt") return notApplicable(`${manager} has no setting that takes unsigned packages`);
    const items: Evidence[] = [];
    for (const source of sources) {
      const local = source.uris.every((uri) => /^(file|copy|cdrom):/.test(uri));
      const place = { at: source.file, location: { file: source.file, line: source.line }, key: source.uris.join(" ") };
      if (source.trusted)
        items.push({
          ...place,
          found: `${source.uris.join(" ")} is trusted without a signature`,
          expected: "a signed source",
          severity: local ? "low" : "high",
        });
      if (source.allowInsecure)
        items.push({
          ...place,
          found: `${source.uris.join(" ")} may be insecure`,
          expected: "a signed source",
          severity: "high",
        });
    }
    for (const name of [
      "acquire::allowinsecurerepositories",
      "acquire::allowweakrepositories",
      "acquire::allowdowngradetoinsecurerepositories",
      "apt::get::allowunauthenticated",
    ]) {
      if (/^(true|yes|1|on)$/i.test(settings[name] ?? ""))
        items.push({ at: "/etc/apt/apt.conf.d", found: `${name} is on`, expected: "off", key: name, severity: "high" });
    }
    for (const name of ["acquire::check-valid-until", "acquire::check-date"]) {
      if (/^(false|no|0|off)$/i.test(settings[name] ?? ""))
        items.push({
          at: "/etc/apt/apt.conf.d",
          found: `${name} is off: old lists are taken for new`,
          expected: "on",
          key: name,
          severity: "medium",
        });
    }
    for (const index of indexes)
      if (!index.signed && !sources.some((source) => source.trusted))
        items.push({
          at: index.file,
          found: `the list of ${index.origin || index.file} bears no signature`,
          expected: "signed",
          key: `${index.origin} ${index.suite}`,
          severity: "high",
        });
    if (items.length === 0 && sources.length === 0) return notApplicable("no source of apt is configured");
    return failEach(items, { at: "/etc/apt", found: `${sources.length} sources, each signed` });
  },
  examples: {
    pass: [
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          sources: [
            {
              file: "debian.sources",
              line: 1,
              uris: ["http://deb.example/debian"],
              trusted: false,
              allowInsecure: false,
              signedBy: "a.pgp",
            },
          ],
        },
      },
    ],
    fail: [
      {
        updates: {
          manager: "dnf",
          rebootRequired: false,
          sources: [
            {
              file: "/etc/yum.repos.d/a.repo",
              line: 1,
              id: "a",
              uris: ["http://repo.example/a"],
              trusted: true,
              allowInsecure: false,
              listsChecked: false,
              certificateChecked: true,
            },
          ],
        },
      },
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          sources: [
            { file: "a.list", line: 1, uris: ["http://deb.example/debian"], trusted: true, allowInsecure: false },
          ],
        },
      },
      { updates: { manager: "apt", rebootRequired: false, settings: { "acquire::check-valid-until": "false" } } },
    ],
    unknown: [{ updates: { manager: "apt", rebootRequired: false, unknownBecause: "its database may not be read" } }],
    notApplicable: [{ updates: { manager: "apk", rebootRequired: false } }],
  },
});

/** An rpm repository: packages are signed one by one, the lists that name them seldom. */
function rpmSource(source: Updates["sources"][number]): Evidence[] {
  const { file, line, id = "", uris, trusted, listsChecked, certificateChecked } = source;
  const place = { at: file, location: { file, line } };
  const items: Evidence[] = [];
  const local = uris.length > 0 && uris.every((uri) => /^(file|dir|cd|dvd|hd|iso):/.test(uri));
  if (trusted)
    items.push({
      ...place,
      found: `packages of the repository ${id} are taken without a signature`,
      expected: "gpgcheck=1",
      key: id,
      severity: local ? "low" : "high",
    });
  if (certificateChecked === false)
    items.push({
      ...place,
      found: `the certificate of the server of ${id} is not checked`,
      expected: "sslverify=1",
      key: `${id} sslverify`,
      severity: "medium",
    });
  const clear = uris.find((uri) => /^(http|ftp):/.test(uri));
  if (listsChecked === false && clear !== undefined)
    items.push({
      ...place,
      found: `the lists of ${id} come in clear and unsigned (${clear}): updates can be kept back`,
      expected: "https, or repo_gpgcheck=1",
      key: `${id} lists`,
      severity: "medium",
    });
  return items;
}
