import { AppError, corrupt } from "../../core/errors.ts";
import { parseToml } from "../../formats/toml.ts";
import type { AdvisoryRecord } from "../record.ts";
import { dayOf, type Feed, type FeedFile, member, requireText, tableOf, textOf, textsOf } from "./feed.ts";
import { everyVersion, rangesOf, requiredVersions, without } from "./version-interval.ts";

/** RustSec's advisories: a TOML header in a Markdown page (CC0). Pages that only inform (unmaintained, notice) say so in `status`. */
export const rustsec: Feed = {
  id: "rustsec",
  title: "RustSec advisory database",
  names: ["rustsec", "rustsec-advisory-db"],
  ecosystems: ["cargo", "generic"],
  core: true,
  mirror: { kind: "files", urls: ["https://github.com/rustsec/advisory-db/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /(^|\/)(crates|rust)\/[^/]+\/[^/]+\.md$/.test(path),
  recognises: ({ text }) => /^```toml\s+\[advisory\]/.test(text),
  read: (file) => ({ records: [pageRecord(file)] }),
};

function pageRecord(file: FeedFile): AdvisoryRecord {
  const match = /^```toml\r?\n([\s\S]*?)\r?\n```\s*([\s\S]*)$/.exec(file.text);
  if (!match) throw corrupt(file.path, "has no TOML header");
  const header = parseToml(match[1] as string, file.path);
  const advisory = header["advisory"];
  const id = requireText(member(advisory, "id"), file, "advisory.id");
  const isTool = /(^|\/)rust\//.test(file.path);
  const versions = header["versions"];
  const patched = textsOf(member(versions, "patched")).flatMap((text) => requirement(text, file));
  const unaffected = textsOf(member(versions, "unaffected")).flatMap((text) => requirement(text, file));
  const cvss = textOf(member(advisory, "cvss"));
  const title = /^#+\s*(.+)$/m.exec(match[2] ?? "")?.[1]?.trim();
  const withdrawn = dayOf(member(advisory, "withdrawn"));
  const modified = dayOf(member(advisory, "date"));
  const status = textOf(member(advisory, "informational"))?.trim();
  const functions = Object.keys(tableOf(member(header["affected"], "functions")) ?? {});
  return {
    id,
    aliases: textsOf(member(advisory, "aliases")).filter((alias) => alias !== id),
    source: "rustsec",
    ecosystem: isTool ? "generic" : "cargo",
    package: isTool
      ? `rust-${requireText(member(advisory, "package"), file, "advisory.package")}`
      : requireText(member(advisory, "package"), file, "advisory.package"),
    ranges: rangesOf(without("cargo", everyVersion, [...patched, ...unaffected])),
    state: patched.length > 0 ? "fixed" : "unfixed",
    ...(status !== undefined && { status }),
    ...(cvss !== undefined && { cvss: [{ vector: cvss, source: "rustsec" }] }),
    ...(title !== undefined && { title }),
    ...(withdrawn !== undefined && { withdrawn }),
    ...(modified !== undefined && { modified }),
    ...(functions.length > 0 && { conditions: { symbols: functions.sort() } }),
  };
}

function requirement(text: string, file: FeedFile) {
  try {
    return requiredVersions("cargo", text);
  } catch (error) {
    if (error instanceof AppError) throw corrupt(file.path, `cannot read the versions "${text}"`);
    throw error;
  }
}
