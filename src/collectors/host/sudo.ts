import { limits } from "../../core/limits.ts";
import { sudo } from "../../facts/host/sudo.ts";
import { parseSudoers } from "../../formats/host/sudoers.ts";
import { escapeOf, expandSudoers, type PlacedStatement } from "../../formats/host/sudoers-rules.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

export default defineHostCollector<typeof sudo.schema>({
  reads: "host",
  provides: sudo,
  async *collect(root) {
    const reader = await readSudoers(root);
    const installed = reader.statements.length > 0 || reader.unread.length > 0 || (await root.exists("/usr/bin/sudo"));
    const rules = expandSudoers(reader.statements).map(({ file, line, users, hosts, commands }) => ({
      file,
      line,
      users: [...users],
      hosts: [...hosts],
      commands: commands.map((command) => ({
        ...command,
        tags: [...command.tags],
        runAsUsers: [...command.runAsUsers],
        runAsGroups: [...command.runAsGroups],
        escape: command.negated ? undefined : escapeOf(command),
      })),
    }));
    const defaults = reader.statements.flatMap((statement) =>
      statement.kind === "default"
        ? [
            {
              file: statement.file,
              line: statement.line,
              scope: statement.scope,
              name: statement.name,
              value: statement.value,
            },
          ]
        : [],
    );
    const problems = reader.statements.flatMap((statement) =>
      statement.kind === "problem" ? [{ file: statement.file, line: statement.line, reason: statement.reason }] : [],
    );
    yield {
      subject: root.subject,
      source: "/etc/sudoers",
      value: { installed, rules, defaults, problems, unread: reader.unread },
    };
  },
});

const readers = new WeakMap<HostRoot, Promise<SudoersReader>>();

function readSudoers(root: HostRoot): Promise<SudoersReader> {
  const known = readers.get(root) ?? readAnew(root);
  readers.set(root, known);
  return known;
}

async function readAnew(root: HostRoot): Promise<SudoersReader> {
  const reader = new SudoersReader(root);
  await reader.file("/etc/sudoers", 0);
  return reader;
}

/** The rules of sudoers with aliases replaced, and what of it could not be read. Read once for each host. */
export async function sudoRules(root: HostRoot): Promise<{
  readonly rules: ReturnType<typeof expandSudoers>;
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}> {
  const { statements, unread } = await readSudoers(root);
  return { rules: expandSudoers(statements), unread };
}

class SudoersReader {
  readonly statements: PlacedStatement[] = [];
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;

  constructor(root: HostRoot) {
    this.#root = root;
  }

  /** An include stands for the file's statements at its place; sudo stops at 128 levels. */
  async file(path: string, depth: number): Promise<void> {
    if (depth > limits.depth || depth > 128) return;
    const result = await this.#root.read(path);
    if (!("text" in result)) {
      if (result.missing !== "absent" || depth > 0) this.unread.push({ path, reason: result.reason });
      return;
    }
    for (const statement of parseSudoers(result.text, path)) {
      this.statements.push({ ...statement, file: path });
      if (statement.kind !== "include") continue;
      const target = statement.path.startsWith("/")
        ? statement.path
        : `${path.slice(0, path.lastIndexOf("/"))}/${statement.path}`;
      if (statement.folder) await this.#folder(target, depth + 1);
      else await this.file(target.replaceAll("%h", await this.#hostName()), depth + 1);
    }
  }

  /** Names with a dot or ending in a tilde are passed over (sudoers(5)). */
  async #folder(path: string, depth: number): Promise<void> {
    const listed = await this.#root.list(path);
    if (!("names" in listed)) {
      if (listed.missing !== "absent") this.unread.push({ path, reason: listed.reason });
      return;
    }
    for (const name of listed.names)
      if (!name.includes(".") && !name.endsWith("~")) await this.file(`${path}/${name}`, depth);
  }

  async #hostName(): Promise<string> {
    return ((await this.#root.text("/etc/hostname")) ?? "").trim();
  }
}
