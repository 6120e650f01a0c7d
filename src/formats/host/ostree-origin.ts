/** A package that was put on an image or replaced in it. */
export interface OstreePackage {
  /** `layered`, `local`, `replaced`, `removed`. */
  readonly what: string;
  readonly name: string;
}

const keys: Readonly<Record<string, string>> = {
  "packages requested": "layered",
  "packages requested-local": "local",
  "packages requested-local-fileoverride": "local",
  "overrides replace-local": "replaced",
  "overrides remove": "removed",
};

/** Reads what rpm-ostree notes of packages in the origin file of a deployment: a key file whose lists are parted by `;`, local packages written as digest and name. */
export function parseOstreeOrigin(text: string): OstreePackage[] {
  const found: OstreePackage[] = [];
  let section = "";
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const header = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const [, key, value] = /^([\w-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    const what = key === undefined ? undefined : keys[`${section} ${key}`];
    if (what === undefined || value === undefined) continue;
    for (const name of value.split(";").filter(Boolean)) found.push({ what, name: name.replace(/^[0-9a-f]{64}:/, "") });
  }
  return found;
}
