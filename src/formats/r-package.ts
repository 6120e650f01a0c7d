import { controlParagraphs } from "./control-fields.ts";
import type { PackageRecord } from "./package-record.ts";

/**
 * The package of a `DESCRIPTION` file as R keeps it of what it installed, or undefined for one that was never installed: R adds the field `Built`
 * on installation (R-exts, "The DESCRIPTION file"), and `installed.packages()` asks for it as well.
 */
export function parseRPackage(text: string, path: string): PackageRecord | undefined {
  const [fields] = controlParagraphs(text, path);
  const [name, version] = [fields?.get("package"), fields?.get("version")];
  if (!fields || !name || !version || !fields.has("built")) return undefined;
  const license = fields.get("license");
  const priority = fields.get("priority");
  return {
    name,
    version,
    // Bioconductor's packages say what they are about in its own vocabulary; nobody else's do.
    type: fields.has("biocviews") ? "bioconductor" : "cran",
    vendor: fields.get("maintainer") || undefined,
    licenses: license ? [license.replace(/\s+/g, " ")] : [],
    ...(priority ? { properties: { priority } } : {}),
  };
}
