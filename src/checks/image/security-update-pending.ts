import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { imagePendingUpdates, type PendingUpdates } from "../../facts/image/pending-updates.ts";

/** Days after which the release of a security suite is too old to say that nothing waits; Debian's is made anew within seven. */
const staleDays = 10;

const debian = {
  address: "https://deb.debian.org/debian-security/dists/trixie-security/InRelease",
  trust: "https" as const,
};

export default defineCheck({
  title: "Security update waits for a package of the image",
  severity: "high",
  clauses: ["4.1.1-f"],
  why: "The distribution has published a fixed package, so the flaw is known to all, whether or not an advisory with a number exists yet.",
  fix: "Rebuild the image on a current base with its packages updated.",
  references: ["CIS Docker 1.6.0 4.4"],
  needs: { updates: imagePendingUpdates },
  evaluate({ updates: { applies, pending, known, archives } }, { now }) {
    if (!applies)
      return notApplicable("the image has no Debian packages; the archives of other distributions are not asked");
    const evidence = pending.map((one) => ({
      at: one.suite,
      found: `${one.package} ${one.installed}, ${one.available} is out`,
      expected: one.available,
      key: one.package,
    }));
    if (evidence.length > 0) return failEach(evidence, { at: "package archives", found: "security updates" });
    const dates = archives.flatMap(({ date }) => date ?? []).sort();
    const [oldest] = dates;
    if (oldest === undefined || dates.length < archives.length)
      return unknown("the archives do not say when their lists were made", "ask another mirror with --archive-mirror");
    const age = Math.floor((now.getTime() - Date.parse(oldest)) / 86_400_000);
    const expired = archives.find(
      ({ validUntil }) => validUntil !== undefined && Date.parse(validUntil) < now.getTime(),
    );
    if (age > staleDays || expired !== undefined)
      return unknown(
        `the archive's lists are ${age} days old${expired === undefined ? "" : " and no longer valid"}`,
        "ask again with the network, or ask another mirror with --archive-mirror",
      );
    const unproved = archives.find(({ trust }) => trust === "none");
    if (unproved !== undefined)
      return unknown(
        `no update waits as ${unproved.address} has it, but that came over plain HTTP and no key of the image's keyrings signed it`,
        "keep the distribution's keyring in the image, or name a mirror that answers HTTPS with --archive-mirror HOST=https://…",
      );
    return failEach([], {
      at: archives.map(({ address }) => address).join(", "),
      found: `none for ${known} packages that the security suites have; release of ${oldest}, ${proof(archives)}`,
    });
  },
  examples: {
    pass: [{ updates: { applies: true, known: 3, archives: [{ ...debian, date: "2025-12-31T00:00:00Z" }] } }],
    fail: [
      {
        updates: {
          applies: true,
          known: 3,
          pending: [{ package: "libssl3", installed: "3.0.1", available: "3.0.2", suite: "trixie-security" }],
          archives: [{ ...debian, date: "2025-12-31T00:00:00Z" }],
        },
      },
    ],
    notApplicable: [{ updates: { applies: false } }],
    unknown: [
      { updates: { applies: true, archives: [debian] } },
      { updates: { applies: true, archives: [{ ...debian, date: "2025-10-01T00:00:00Z" }] } },
      {
        updates: {
          applies: true,
          archives: [{ ...debian, date: "2025-12-31T00:00:00Z", validUntil: "2025-12-31T12:00:00Z" }],
        },
      },
      {
        updates: {
          applies: true,
          archives: [{ address: "http://a.example/dists/x/InRelease", trust: "none", date: "2025-12-31T00:00:00Z" }],
        },
      },
    ],
  },
});

/** What the answer rests on, as a half sentence. */
function proof(archives: PendingUpdates["archives"]): string {
  return archives.every(({ trust }) => trust === "signature")
    ? "signed by a key of the image's keyrings"
    : "which came over HTTPS and whose signature no key of the image's keyrings made";
}
