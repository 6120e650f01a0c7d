import { AppError } from "../core/errors.ts";
import { type HashList, parseHashList } from "../formats/malware/hash-list.ts";
import type { MalwareMatch } from "../formats/malware/malware-match.ts";
import { absentEngine, type EngineState } from "./malware-engine.ts";
import { listsAt, type RuleSource } from "./rule-source.ts";

/** The user's lists of digests, ready to be asked. They are held against digests, not content, so that kept layers are judged by new lists without being read. */
export interface DigestLists {
  readonly state: EngineState;
  /** The match of a file by its SHA-256 in lower-case hex. */
  listed(digest: string): MalwareMatch | undefined;
}

/** Reads lists of digests. Throws `CONFIG_INVALID` for a list that cannot be read, holds no SHA-256, or has a line that is no digest, with file and line. */
export function openDigestLists(paths: readonly string[] = []): DigestLists {
  const lists = paths.flatMap((path) => listsAt(path)).map(readList);
  const names = new Map(lists.flatMap((list) => [...list.names]));
  const others = lists.reduce((sum, list) => sum + list.others, 0);
  return {
    state:
      paths.length === 0
        ? absentEngine(
            "hashes",
            false,
            "no list of digests was given",
            "give a file of SHA-256 digests: --hash-list FILE",
          )
        : {
            engine: "hashes",
            state: "ran",
            rules: names.size,
            asked: true,
            ...(others === 0 ? {} : { reason: `${others} digests that are no SHA-256 were left out` }),
          },
    listed(digest) {
      const name = names.get(digest);
      if (name === undefined) return undefined;
      return {
        rule: "listed-digest",
        title: `Known malware: ${name}`,
        severity: "critical",
        engine: "hashes",
        detail: `sha256:${digest}`,
      };
    },
  };
}

function readList({ path, text }: RuleSource): HashList {
  const list = parseHashList(text, path);
  const hint = "one digest a line, in hex, with a name behind it; comments begin with #";
  if (list.brokenLine !== undefined)
    throw new AppError("CONFIG_INVALID", `${path}:${list.brokenLine}: the line holds no digest`, { hint });
  if (list.names.size === 0) throw new AppError("CONFIG_INVALID", `${path}: holds no SHA-256 digest`, { hint });
  return list;
}
