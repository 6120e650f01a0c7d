import { linesOf } from "../control-fields.ts";
import type { PackageRecord } from "../package-record.ts";
import { sourceOf } from "./header.ts";

/**
 * The packages of `container-manifest-2`, which distroless CBL-Mariner and Azure Linux keep in `/var/lib/rpmmanifest` instead of a database:
 * one line each with tabs between name, version-release, install time, build time, vendor, epoch, size, architecture, epoch as a number and
 * source rpm. Lines of another form are counted as `rejected`.
 */
export function parseRpmManifest(text: string): { readonly packages: PackageRecord[]; readonly rejected: number } {
  const packages: PackageRecord[] = [];
  let rejected = 0;
  for (const line of linesOf(text)) {
    if (line.trim() === "") continue;
    const record = recordOf(line.split("\t"));
    if (record === undefined) rejected++;
    else if (record.name !== "gpg-pubkey") packages.push(record);
  }
  return { packages, rejected };
}

function recordOf(fields: readonly string[]): PackageRecord | undefined {
  const [name, version, , , vendor, epoch, , architecture, , sourceRpm] = fields;
  if (fields.length !== 10 || !name || !version?.includes("-")) return undefined;
  return {
    name,
    version,
    type: "rpm",
    epoch: Number.parseInt(epoch ?? "", 10) || 0,
    architecture: stated(architecture),
    ...sourceOf(stated(sourceRpm)),
    sourceRpm: stated(sourceRpm),
    vendor: stated(vendor),
    licenses: [],
  };
}

function stated(text: string | undefined): string | undefined {
  return text === undefined || text === "" || text === "(none)" ? undefined : text;
}
