import { limits } from "../../core/limits.ts";
import { sudo } from "../../facts/host/sudo.ts";
import { addressText } from "../../formats/host/ip-address.ts";
import { parseSudoers, type SudoItem } from "../../formats/host/sudoers.ts";
import { matchHosts, type SudoHost, shortName } from "../../formats/host/sudoers-hosts.ts";
import {
  type ExpandedRule,
  escapeOf,
  expandDefaults,
  expandSudoers,
  type PlacedStatement,
  sudoDefault,
} from "../../formats/host/sudoers-rules.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { hostIdentity } from "./host-identity.ts";

export default defineHostCollector<typeof sudo.schema>({
  reads: "host",
  provides: sudo,
  async *collect(root) {
    const reader = await readSudoers(root);
    const installed = reader.statements.length > 0 || reader.unread.length > 0 || (await root.exists("/usr/bin/sudo"));
    const host = await sudoHost(root, reader.statements);
    const rules = expandSudoers(reader.statements).map(({ file, line, users, hosts, commands }) => ({
      file,
      line,
      users: [...users],
      hosts: [...hosts],
      ...holding(hosts, host),
      commands: commands.map((command) => ({
        ...command,
        tags: [...command.tags],
        runAsUsers: [...command.runAsUsers],
        runAsGroups: [...command.runAsGroups],
        escape: command.negated ? undefined : escapeOf(command),
      })),
    }));
    const defaults = expandDefaults(reader.statements).map(({ file, line, scope, hosts, name, value }) => ({
      file,
      line,
      scope,
      ...(hosts === undefined ? {} : holding(hosts, host)),
      name,
      value,
    }));
    const problems = reader.statements.flatMap((statement) =>
      statement.kind === "problem" ? [{ file: statement.file, line: statement.line, reason: statement.reason }] : [],
    );
    yield {
      subject: root.subject,
      source: "/etc/sudoers",
      value: { installed, host: hostOf(host), rules, defaults, problems, unread: reader.unread },
    };
  },
});

/** Whether a host list holds for the host, as the fact tells it. */
function holding(hosts: readonly SudoItem[], host: SudoHost) {
  const match = matchHosts(hosts, host);
  return match.holds === "unknown"
    ? { holdsHere: match.holds, holdsHereReason: match.because }
    : { holdsHere: match.holds };
}

function hostOf({ name, addresses4, addresses6 }: SudoHost) {
  const known = [...(addresses4 ?? []), ...(addresses6 ?? [])].map(({ address }) => addressText(address)).sort();
  return { name, addresses: addresses4 === undefined ? undefined : known };
}

/** What is known of the host that host lists ask for. A front end told not to look for interfaces knows no address (sudo.conf(5)). */
async function sudoHost(root: HostRoot, statements: readonly PlacedStatement[]): Promise<SudoHost> {
  const identity = await hostIdentity(root);
  const blind = /^\s*Set\s+probe_interfaces\s+false\s*$/im.test((await root.text("/etc/sudo.conf")) ?? "");
  const settings = statements.filter((statement) => statement.kind === "default");
  const limited = settings.some(({ scope, name }) => name === "fqdn" && scope !== "");
  const fullNames = limited ? undefined : sudoDefault(settings, "fqdn");
  return {
    ...identity,
    ...(blind ? { addresses4: [], addresses6: [] } : {}),
    fullNames: typeof fullNames === "boolean" ? fullNames : undefined,
  };
}

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

/** The rules of sudoers that hold for the host or may, aliases replaced, and what of it could not be read. Read once for each host. */
export async function sudoRules(root: HostRoot): Promise<{
  readonly rules: readonly ExpandedRule[];
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}> {
  const { statements, unread } = await readSudoers(root);
  const host = await sudoHost(root, statements);
  return { rules: expandSudoers(statements).filter(({ hosts }) => matchHosts(hosts, host).holds !== "no"), unread };
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
      const named = await this.#named(target);
      if (named !== undefined) await (statement.folder ? this.#folder(named, depth + 1) : this.file(named, depth + 1));
    }
  }

  /** `%h` is the short name, with no slash in it; which path that is cannot be told of a host without a name. */
  async #named(path: string): Promise<string | undefined> {
    if (!path.includes("%h")) return path;
    const { name } = await hostIdentity(this.#root);
    if (name !== undefined) return path.replaceAll("%h", () => shortName(name).replaceAll("/", "_"));
    this.unread.push({ path, reason: `${path} was not read: the host's name is not known` });
    return undefined;
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
}
