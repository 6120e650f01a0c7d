import { severityOf } from "./osv-record.ts";
import type { OvalDefinition } from "./oval-document.ts";
import { defineOvalFeed } from "./oval-feed.ts";
import { type OvalPlace, sourced } from "./oval-records.ts";
import { suseRelease } from "./suse-release.ts";

const source = "suse-oval";
const folder = "https://ftp.suse.com/pub/projects/security/oval";

/**
 * SUSE's and openSUSE's OVAL: a definition a vulnerability (with the packages that are not affected or not fixed yet, in the files named `-affected`) or a
 * definition an update (`-patch`), by binary package and service pack.
 */
export const suseOval = defineOvalFeed(
  {
    id: source,
    title: "SUSE and openSUSE advisories (OVAL)",
    names: ["suse-oval", "suse_oval"],
    ecosystems: ["suse", "opensuse", "sle-micro"],
    mirror: {
      kind: "files",
      urls: [
        ...["12-sp5", "15-sp4", "15-sp5", "15-sp6", "15-sp7", "16.0"].map(
          (release) => `${folder}/suse.linux.enterprise.${release}-affected.xml.gz`,
        ),
        ...["15.6", "16.0"].map((release) => `${folder}/opensuse.leap.${release}.xml.gz`),
      ],
    },
    wants: (path) => /(^|\/)(open)?suse\.[^/]*\.xml$/.test(path),
  },
  /oval:org\.opensuse\.security:/,
  { source, placesOf: (product) => placesOf(product), headOf },
);

const servicePacksOf12 = ["", ".1", ".2", ".3", ".4", ".5"];

/**
 * The releases that a product belongs to. The modules and the Package Hub of SLE 12 serve every service pack of it. Base container images (SLE_BCI) call
 * themselves `sles` with the version of their service pack, so that they need no place of their own.
 */
export function placesOf(product: string): readonly OvalPlace[] {
  const release = suseRelease(product);
  if (release === undefined) return [];
  const { ecosystem, extended } = release;
  if (ecosystem === "suse:12" && /Module|Package Hub/.test(product))
    return servicePacksOf12.map((pack) => ({ ecosystem: `suse:12${pack}`, extended }));
  return [{ ecosystem, extended }];
}

function headOf(definition: OvalDefinition) {
  const { advisory, vulnerabilities, title } = definition;
  const severity = severityOf(definition.severity);
  const cve = /^CVE-\d{4}-\d{4,}$/.test(title) ? title : undefined;
  if (cve !== undefined) {
    const cvss = sourced(vulnerabilities.find(({ id }) => id === cve)?.cvss ?? [], source);
    return {
      id: cve,
      aliases: [],
      ...(severity && { severity }),
      ...(cvss.length > 0 && { cvss }),
      url: `https://www.suse.com/security/cve/${cve}/`,
    };
  }
  // What has no advisory was fixed before the release came out; then the definition's own id has to do.
  const [only, ...more] = vulnerabilities;
  return {
    id: advisory?.id ?? definition.id,
    aliases: [],
    ...(vulnerabilities.length > 0 && { related: vulnerabilities.map(({ id }) => id).sort() }),
    ...(severity && { severity }),
    ...(only && more.length === 0 && only.cvss.length > 0 && { cvss: sourced(only.cvss, source) }),
    title: title.replace(/\s*\((Critical|Important|Moderate|Low)\)$/i, ""),
    ...(advisory?.url !== undefined && { url: advisory.url }),
  };
}
