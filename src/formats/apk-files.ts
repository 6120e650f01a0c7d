import { limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** One file of an apk package as it was installed. */
export interface ApkFile {
  readonly package: string;
  readonly path: string;
  /** Digest of its content, of a link that of its target; undefined where the database has none. */
  readonly digest: { readonly algorithm: "sha1" | "sha256"; readonly value: string } | undefined;
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
}

/** The files of an apk `installed` database (apk-package(5)): `F` folder, `R` file, `a` owner, group and rights, `Z` digest (`Q1` SHA-1, `Q2` SHA-256, in base64). A file without `a` is root's and 0644. */
export function parseApkFiles(text: string, name: string): ApkFile[] {
  const files: ApkFile[] = [];
  let [packageName, folder] = ["", ""];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    const value = line.slice(2);
    if (line === "") [packageName, folder] = ["", ""];
    else if (line.startsWith("P:")) packageName = value;
    else if (line.startsWith("F:")) folder = value;
    else if (line.startsWith("R:") && packageName !== "") {
      if (files.length >= limits.records) throw limitExceeded(name, `${limits.records} files`);
      const path = `/${folder === "" ? "" : `${folder}/`}${value}`;
      files.push({ package: packageName, path, digest: undefined, mode: 0o644, owner: 0, group: 0 });
    } else if (line.startsWith("a:")) {
      const [owner, group, mode] = value.split(":");
      const last = files.pop();
      if (last !== undefined)
        files.push({
          ...last,
          owner: Number(owner) || 0,
          group: Number(group) || 0,
          mode: Number.parseInt(mode ?? "", 8) || 0,
        });
    } else if (line.startsWith("Z:")) {
      const last = files.pop();
      if (last !== undefined) files.push({ ...last, digest: digestOf(value) });
    }
  }
  return files;
}

function digestOf(text: string): ApkFile["digest"] {
  const kind = text.slice(0, 2);
  const bytes = Buffer.from(text.slice(2), "base64");
  if (kind === "Q1" && bytes.length === 20) return { algorithm: "sha1", value: bytes.toString("hex") };
  if (kind === "Q2" && bytes.length === 32) return { algorithm: "sha256", value: bytes.toString("hex") };
  return undefined;
}
