import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { updates } from "../../facts/host/updates.ts";

export default defineCheck({
  title: "Packages are taken from sources without a signature",
  severity: "high",
  clauses: ["4.5.3-b", "4.5.3-a"],
  why: "Whoever stands between the host and an unsigned source installs what he likes, as root.",
  fix: "Remove trusted=yes and allow-insecure, name the key by Signed-By, and remove Acquire::AllowInsecureRepositories and its like.",
  needs: { updates },
  evaluate({ updates: { manager, sources, settings, indexes } }) {
    if (manager !== "apt") return notApplicable(`sources of ${manager} are not configured for apt`);
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
          manager: "apt",
          rebootRequired: false,
          sources: [
            { file: "a.list", line: 1, uris: ["http://deb.example/debian"], trusted: true, allowInsecure: false },
          ],
        },
      },
      { updates: { manager: "apt", rebootRequired: false, settings: { "acquire::check-valid-until": "false" } } },
    ],
    notApplicable: [{ updates: { manager: "dnf", rebootRequired: false } }],
  },
});
