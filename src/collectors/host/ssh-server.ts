import { matchesGlob } from "../../core/glob.ts";
import { sshServer } from "../../facts/host/ssh-server.ts";
import { effectiveSshd, parseSshdConfig, type SshdLine } from "../../formats/host/sshd-config.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { processTable } from "./process-table.ts";

/** sshd itself stops at this depth of includes. */
const includeDepth = 16;

export default defineHostCollector<typeof sshServer.schema>({
  reads: "host",
  provides: sshServer,
  async *collect(root) {
    const { lines, main, files, unread } = await sshdLines(root);
    const programs = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"];
    const found = await Promise.all(programs.map((path) => root.exists(path)));
    const table = await processTable(root);
    const running =
      "processes" in table
        ? table.processes.some((process) => process.name === "sshd" && process.container === undefined)
        : undefined;
    const { settings, matches } = effectiveSshd(lines);
    const value = {
      installed: found.includes(true) || running === true,
      running,
      settings: { ...settings },
      matches: matches.map((match) => ({ criteria: match.criteria, settings: { ...match.settings } })),
      files,
      unread,
    };
    yield { subject: root.subject, source: main, value };
  },
});

/** The lines of the server's configuration with those of its includes in their place, and what could not be read. */
export async function sshdLines(
  root: HostRoot,
): Promise<Pick<SshdReader, "files" | "unread"> & { lines: SshdLine[]; main: string }> {
  const reader = new SshdReader(root);
  // Where the administrator's file is absent some distributions ship one below /usr/etc.
  const main =
    (await root.exists("/etc/ssh/sshd_config")) || !(await root.exists("/usr/etc/ssh/sshd_config"))
      ? "/etc/ssh/sshd_config"
      : "/usr/etc/ssh/sshd_config";
  return { lines: await reader.lines(main, 0), main, files: reader.files, unread: reader.unread };
}

class SshdReader {
  readonly files: string[] = [];
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;

  constructor(root: HostRoot) {
    this.#root = root;
  }

  /** The lines of a file with those of its includes in their place. A Match within an included file ends with that file. */
  async lines(path: string, depth: number): Promise<SshdLine[]> {
    const result = await this.#root.read(path);
    if (!("text" in result)) {
      if (result.missing !== "absent" || depth === 0) this.unread.push({ path, reason: result.reason });
      return [];
    }
    this.files.push(path);
    const all: SshdLine[] = [];
    let match: SshdLine | undefined;
    for (const line of parseSshdConfig(result.text, path)) {
      if (line.keyword === "match") match = line;
      if (line.keyword !== "include") {
        all.push(line);
        continue;
      }
      if (depth >= includeDepth) continue;
      for (const pattern of line.arguments) {
        for (const file of await this.#expand(pattern)) {
          const included = await this.lines(file, depth + 1);
          all.push(...included);
          const changed = included.some((inner) => inner.keyword === "match");
          if (changed) all.push(match ?? { keyword: "match", arguments: ["all"], line: line.line });
        }
      }
    }
    return all;
  }

  /** Patterns may stand in the last step of the path only; those in folders are rare and not followed. */
  async #expand(pattern: string): Promise<string[]> {
    const path = pattern.startsWith("/") ? pattern : `/etc/ssh/${pattern}`;
    if (!/[*?[]/.test(path)) return [path];
    const folder = path.slice(0, path.lastIndexOf("/"));
    const listed = await this.#root.list(folder);
    const names = "names" in listed ? listed.names : [];
    return names
      .filter((name) => !name.startsWith(".") && matchesGlob(path.slice(folder.length + 1), name))
      .map((name) => `${folder}/${name}`);
  }
}
