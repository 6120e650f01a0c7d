import { corrupt } from "../../core/errors.ts";
import { pathsOf, RpmHeader, tag } from "./header.ts";

/** One file of an rpm package as it was installed. */
export interface RpmFile {
  readonly path: string;
  /** Type and rights as in st_mode (inode(7)). */
  readonly mode: number;
  /** Digest of its content in hexadecimal; undefined for what has none or whose content may change (`%verify(not …)`). */
  readonly digest: string | undefined;
  readonly target: string | undefined;
  readonly user: string | undefined;
  readonly group: string | undefined;
  /** Marked as configuration: an administrator may change it. */
  readonly configuration: boolean;
  /** Documentation, licences and what may be missing: their absence is no change. */
  readonly dispensable: boolean;
  /** Which of its properties rpm itself would compare (rpmVerifyAttrs in rpmfiles.h). */
  readonly compared: { readonly mode: boolean; readonly owner: boolean; readonly target: boolean };
}

/** The files of a package; `algorithm` as node:crypto names it, undefined where it is one that is not known. */
export interface RpmFileList {
  readonly package: string;
  readonly algorithm: string | undefined;
  readonly files: readonly RpmFile[];
}

/** PGP hash numbers (RFC 9580 §9.5); a header that names none uses MD5. */
const algorithms: Readonly<Record<number, string>> = {
  1: "md5",
  2: "sha1",
  8: "sha256",
  9: "sha384",
  10: "sha512",
  11: "sha224",
};
/** rpmfileAttrs in rpmfiles.h. */
const flag = { configuration: 1, documentation: 2, missingOk: 8, ghost: 64, license: 128, readme: 256 } as const;
/** rpmVerifyAttrs in rpmfiles.h. */
const verified = { digest: 1, target: 4, user: 8, group: 16, mode: 64 } as const;
const modeType = 0o170000;
const linkMode = 0o120000;
const fileMode = 0o100000;
/** State of a file that was installed and belongs to this package still (rpmfileState in rpmfiles.h). */
const installed = 0;

/** The files that an installed package's header lists, as rpm -V would compare them: ghosts and files that were not installed left out. Undefined for `gpg-pubkey`. Throws `CORRUPT_INPUT`. */
export function parseRpmFiles(blob: Uint8Array, name: string): RpmFileList | undefined {
  const header = new RpmHeader(blob, name);
  const packageName = header.text(tag.name);
  if (packageName === undefined) throw corrupt(name, "header without a name");
  if (packageName === "gpg-pubkey") return undefined;
  const paths = pathsOf(header);
  const modes = header.numbers(tag.fileModes);
  const digests = header.texts(tag.fileDigests);
  const links = header.texts(tag.fileLinks);
  const flags = header.numbers(tag.fileFlags);
  const states = header.numbers(tag.fileStates);
  const users = header.texts(tag.fileUsers);
  const groups = header.texts(tag.fileGroups);
  const attributes = header.numbers(tag.fileVerifyFlags);
  const files: RpmFile[] = [];
  paths.forEach((path, index) => {
    const own = flags[index] ?? 0;
    const attribute = attributes[index] ?? 0xffff_ffff;
    const mode = modes[index] ?? 0;
    if ((own & flag.ghost) !== 0 || (states[index] ?? installed) !== installed) return;
    const isFile = (mode & modeType) === fileMode;
    files.push({
      path: path.startsWith("/") ? path : `/${path}`,
      mode,
      digest: isFile && (attribute & verified.digest) !== 0 ? digests[index] || undefined : undefined,
      target: (mode & modeType) === linkMode ? links[index] || undefined : undefined,
      user: users[index] || undefined,
      group: groups[index] || undefined,
      configuration: (own & flag.configuration) !== 0,
      dispensable: (own & (flag.documentation | flag.missingOk | flag.license | flag.readme)) !== 0,
      compared: {
        mode: (attribute & verified.mode) !== 0,
        owner: (attribute & (verified.user | verified.group)) !== 0,
        target: (attribute & verified.target) !== 0,
      },
    });
  });
  return { package: packageName, algorithm: algorithms[header.numbers(tag.fileDigestAlgorithm)[0] ?? 1], files };
}
