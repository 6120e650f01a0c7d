import { corrupt } from "../../core/errors.ts";
import { severityOf } from "./osv-record.ts";
import type { OvalDefinition, OvalDocument, OvalVerdict } from "./oval-document.ts";
import { defineOvalFeed } from "./oval-feed.ts";

const source = "azurelinux-oval";
const repository = "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main";

/** Microsoft's OVAL for Azure Linux and its predecessor CBL-Mariner, a definition a vulnerability of a source package, fixed or not (MIT). */
export const azureOval = defineOvalFeed(
  {
    id: source,
    title: "Azure Linux and CBL-Mariner vulnerabilities (OVAL)",
    names: ["azurelinux-oval", "azurelinux_oval", "azurelinux", "mariner", "cbl-mariner"],
    ecosystems: ["azurelinux"],
    mirror: {
      kind: "files",
      urls: [`${repository}/azurelinux-3.0-oval.xml`, `${repository}/cbl-mariner-2.0-oval.xml`],
    },
    wants: (path) => /(azurelinux|cbl-mariner)-\d+\.\d+-oval\.xml$/.test(path),
  },
  /oval:com\.microsoft\.(azurelinux|cbl-mariner):/,
  {
    source,
    placesOf: (_product, document) => [{ ecosystem: `azurelinux:${releaseOf(document)}` }],
    headOf,
    refine,
  },
);

/** Names of files end in the release; the documents themselves do not say which it is. */
function releaseOf({ path }: OvalDocument): string {
  const release = /(?:azurelinux|mariner)[^/]*?-(\d+\.\d+)[^/]*\.xml$/.exec(path)?.[1];
  if (release === undefined) throw corrupt(path, "does not name a release, as azurelinux-3.0-oval.xml does");
  return release;
}

function headOf({ vulnerabilities, severity: word }: OvalDefinition) {
  const [cve] = vulnerabilities;
  if (cve === undefined) return undefined;
  const severity = severityOf(word);
  return { id: cve.id, aliases: [], ...(severity && { severity }) };
}

/** `patchable` Not Applicable: the vulnerability is or was none here, whatever version its test names. */
function refine(verdict: OvalVerdict, { patchable }: OvalDefinition): OvalVerdict {
  return patchable?.toLowerCase() === "not applicable" ? { package: verdict.package, ranges: [] } : verdict;
}
