import { FileOpener, holdsOthers, isPacked, type OpeningChoice } from "../opened-files.ts";
import { fileClassOf, isPackagedExample } from "./file-class.ts";
import { findSecrets, type Secret } from "./find-secrets.ts";

/** A secret with the member of the archive that holds it, where it is in one; members of archives in archives are joined by `!/`. */
export interface MemberSecret extends Secret {
  readonly member?: string;
}

/** What a file gave, and what of it was not searched and why. */
export interface SearchedFile {
  readonly secrets: readonly MemberSecret[];
  readonly skipped?: string;
}

/** Members that programs read settings and keys from; classes and libraries of a zip archive are not looked into. */
const settingsMember =
  /\.(properties|ya?ml|json|xml|conf|cfg|config|ini|env|toml|pem|key|p12|pfx|jks|keystore|txt|sh|py|js|php)$|(^|\/)(\.env[^/]*|\.netrc|\.npmrc|\.pgpass|id_(rsa|dsa|ecdsa|ed25519)|credentials)$/i;

const choice: OpeningChoice = {
  wants: (member, kind) => (kind === "zip" ? settingsMember.test(member) : !isPackagedExample(member)),
  pathOf(archive, member) {
    // A member of a plain file's archive is what its own path says; what is in a library or an example stays that.
    const place = fileClassOf(archive);
    return place === "settings" || place === "source" ? member : `${archive}!/${member}`;
  },
  // Kernel modules and firmware: programs of a package, many and slow to open.
  opens: (path, compression) => compression === "gzip" || fileClassOf(path) !== "library",
};

/**
 * The secrets of a file, and of what is inside it where it is an archive or compressed (`FileOpener` says how far). A promise only where something must
 * be opened. Throws `LIMIT_EXCEEDED`.
 */
export function secretsOfFile(bytes: Uint8Array, path: string): SearchedFile | Promise<SearchedFile> {
  return isPacked(bytes) || holdsOthers(bytes, path)
    ? secretsInside(bytes, path)
    : { secrets: findSecrets(bytes, { path }) };
}

async function secretsInside(bytes: Uint8Array, path: string): Promise<SearchedFile> {
  const opener = new FileOpener(choice);
  const secrets: MemberSecret[] = [];
  const versions = new Set<string>();
  for await (const { member, path: inner, content, isVersion } of opener.open(bytes, path))
    for (const secret of findSecrets(content, { path: inner })) {
      // It stays in every version of its file until somebody takes it out: the first one, which git makes the newest, tells where it was.
      const name = `${secret.kind} ${secret.hash}`;
      if (isVersion && versions.has(name)) continue;
      if (isVersion) versions.add(name);
      secrets.push(member === undefined ? secret : { ...secret, member });
    }
  return { secrets, ...(opener.skipped === undefined ? {} : { skipped: opener.skipped }) };
}
