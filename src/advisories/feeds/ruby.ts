import { AppError, corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { readYaml } from "./document.ts";
import { dayOf, type Feed, type FeedFile, member, requireText, textOf, textsOf } from "./feed.ts";
import { everyVersion, rangesOf, requiredVersions, without } from "./version-interval.ts";

/** The Ruby advisory database: gems, and the interpreters themselves as unpackaged programs (public domain). */
export const rubysec: Feed = {
  id: "rubysec",
  title: "Ruby advisory database",
  names: ["rubysec", "ruby-advisory-db"],
  ecosystems: ["gem", "generic"],
  core: true,
  mirror: { kind: "files", urls: ["https://github.com/rubysec/ruby-advisory-db/archive/refs/heads/master.tar.gz"] },
  wants: (path) => /(^|\/)(gems|rubies)\/[^/]+\/[^/]+\.yml$/.test(path),
  recognises: ({ path, text }) => path.endsWith(".yml") && /^(gem|engine):/m.test(text) && /^title:/m.test(text),
  read: (file) => ({ records: [ruleRecord(file)] }),
};

function ruleRecord(file: FeedFile): AdvisoryRecord {
  const rule = readYaml(file.text, file.path);
  const gem = textOf(member(rule, "gem"));
  const name = gem ?? requireText(member(rule, "engine"), file, "gem or engine");
  const [id, ...aliases] = identifiers(rule, file);
  const patched = textsOf(member(rule, "patched_versions"));
  const safe = [...patched, ...textsOf(member(rule, "unaffected_versions"))].flatMap((text) => requirement(text, file));
  const title = textOf(member(rule, "title"))?.replace(/\s+/g, " ").trim();
  const modified = dayOf(member(rule, "date"));
  return {
    id: id as string,
    aliases,
    source: "rubysec",
    ecosystem: gem === undefined ? "generic" : "gem",
    package: name,
    ranges: rangesOf(without("gem", everyVersion, safe)),
    state: patched.length > 0 ? "fixed" : "unfixed",
    ...(title !== undefined && { title }),
    ...(modified !== undefined && { modified }),
  };
}

function identifiers(rule: unknown, file: FeedFile): string[] {
  const cve = textOf(member(rule, "cve"));
  const ghsa = textOf(member(rule, "ghsa"));
  const osvdb = textOf(member(rule, "osvdb"));
  const ids = [cve && `CVE-${cve}`, ghsa && `GHSA-${ghsa}`, osvdb && `OSVDB-${osvdb}`].filter((id): id is string =>
    Boolean(id),
  );
  return ids.length > 0 ? ids : [file.path.slice(file.path.lastIndexOf("/") + 1).replace(/\.yml$/, "")];
}

function requirement(text: string, file: FeedFile) {
  try {
    return requiredVersions("gem", text);
  } catch (error) {
    if (error instanceof AppError) throw corrupt(file.path, `cannot read the versions "${text}"`);
    throw error;
  }
}
