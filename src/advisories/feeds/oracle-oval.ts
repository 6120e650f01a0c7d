import type { AdvisoryRecord } from "../record.ts";
import { severityOf } from "./osv-record.ts";
import type { OvalDefinition } from "./oval-document.ts";
import { defineOvalFeed } from "./oval-feed.ts";
import { sourced } from "./oval-records.ts";

const source = "oracle-oval";

/**
 * Oracle Linux' errata (ELSA) as OVAL, of all years or of one: by binary package, with epochs, module streams, machine architectures and the builds for
 * ksplice and FIPS, whose epochs are their own. What is not fixed is not in them.
 */
export const oracleOval = defineOvalFeed(
  {
    id: source,
    title: "Oracle Linux errata (OVAL)",
    names: ["oracle-oval", "oracle_oval", "oracle", "com.oracle.elsa-all"],
    ecosystems: ["oracle"],
    mirror: { kind: "files", urls: ["https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2"] },
    wants: (path) => /com\.oracle\.elsa[^/]*\.xml$/.test(path),
  },
  /oval:com\.oracle\.elsa:|Oracle Errata System/,
  {
    source,
    placesOf: (product) => {
      const release = /^Oracle Linux (\d+)\b/.exec(product)?.[1];
      return release === undefined ? [] : [{ ecosystem: `oracle:${release}` }];
    },
    headOf,
  },
);

function headOf(definition: OvalDefinition) {
  const { advisory, title, vulnerabilities } = definition;
  const id = /^EL[SBE]A-/.test(advisory?.id ?? "") ? advisory?.id : /\bEL[SBE]A-\d{4}-\d+/.exec(title)?.[0];
  if (id === undefined) return undefined;
  const severity = severityOf(definition.severity);
  // "ELSA-2007-0057:  Moderate: bind security update  (MODERATE)" says twice what other fields say.
  const rest = title
    .replace(/^EL[SBE]A-[\d-]+:?\s*/, "")
    .replace(/\s*\((CRITICAL|IMPORTANT|MODERATE|LOW|N\/A|NA)\)$/i, "")
    .replace(/^(Critical|Important|Moderate|Low):\s*/i, "");
  const [only, ...others] = vulnerabilities;
  const head: Pick<AdvisoryRecord, "id" | "aliases" | "related" | "severity" | "cvss" | "title" | "url"> = {
    id,
    aliases: [],
    ...(vulnerabilities.length > 0 && { related: vulnerabilities.map((one) => one.id).sort() }),
    ...(severity && { severity }),
    ...(only && others.length === 0 && only.cvss.length > 0 && { cvss: sourced(only.cvss, source) }),
    ...(rest !== "" && { title: rest }),
    ...(advisory?.url !== undefined && { url: advisory.url }),
  };
  return head;
}
