import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { parseInterfaceAddresses6, parseRoutingTrie } from "../../src/formats/host/host-addresses.ts";
import { addressText, maskBytes, masked } from "../../src/formats/host/ip-address.ts";
import { parseSudoers } from "../../src/formats/host/sudoers.ts";
import { type HostMatch, matchHosts, type SudoHost } from "../../src/formats/host/sudoers-hosts.ts";
import { expandDefaults, expandSudoers } from "../../src/formats/host/sudoers-rules.ts";

const scratch = mkdtempSync(join(tmpdir(), "sudoers-oracle-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const present = has("visudo");
const title = (what: string, runs: boolean, why: string) => (runs ? what : `${what} (skipped: ${why})`);

const words = fc.constantFrom(
  ..."alice|%ops|ALL|=|(|root|)|:|,|NOPASSWD:|/bin/ls|/bin/cat *|a=b|!|env_reset|User_Alias|OPS|#1000|web|-=|+=|sudoedit|/etc/motd".split(
    "|",
  ),
);
/** A statement with one or two words taken out, put in or replaced. */
const changed = fc
  .tuple(
    fc.constantFrom("alice ALL = ( root ) NOPASSWD: /bin/ls , /bin/cat *", "Defaults env_reset , timestamp_timeout=5"),
    fc.array(fc.tuple(fc.nat(9), fc.constantFrom(0, 1), fc.option(words)), { minLength: 1, maxLength: 2 }),
  )
  .map(([line, changes]) => {
    const parts = line.split(" ");
    for (const [at, removed, word] of changes) parts.splice(at, removed, ...(word === null ? [] : [word]));
    return parts.join(" ");
  });

describe("sudoers", () => {
  // The other way round we read more than sudo does: what it refuses grants nothing, and visudo names it.
  it.skipIf(!present)(
    present
      ? "what visudo accepts is read whole"
      : "what visudo accepts is read whole (skipped: visudo is not installed)",
    () => {
      let accepted = 0;
      fc.assert(
        fc.property(changed, (line) => {
          const path = join(scratch, "sudoers");
          writeFileSync(path, `${line}\n`, { mode: 0o440 });
          if (spawnSync("visudo", ["-c", "-f", path]).status !== 0) return;
          accepted++;
          expect(parseSudoers(`${line}\n`, path).filter(({ kind }) => kind === "problem")).toEqual([]);
        }),
        { numRuns: 400 },
      );
      expect(accepted).toBeGreaterThan(40);
    },
  );
});

const names = "web|web1|WEB1|db|web1.example.org|w*|w?b|we[a-c]1|*.org|[[\\:upper\\:]]EB1|w\\\\eb1|[\\!a]*|ALL";
const item = fc
  .tuple(fc.constantFrom("", "", "!", "!!"), fc.constantFrom(...names.split("|"), "A0", "A1"))
  .map((parts) => parts.join(""));
const list = fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(", "));
/** Rules of one host list each, some of them by way of aliases in aliases. */
const policies = fc.record({
  lists: fc.array(list, { minLength: 6, maxLength: 12 }),
  aliases: fc.tuple(list, list, list),
});

interface Policy {
  readonly text: string;
  readonly rules: readonly { readonly key: string; readonly match: (host: SudoHost) => HostMatch }[];
  readonly settings: readonly { readonly key: string; readonly match: (host: SudoHost) => HostMatch }[];
}

/** A policy as we read it: rules by user, settings by value. An alias may only name those before it, as one that leads to itself is refused. */
function policyOf(lists: readonly string[], aliases: readonly string[], command: (at: number) => string): Policy {
  const named = aliases.map((items, at) => {
    const allowed = items
      .split(", ")
      .map((one) => one.replace(/A[01]$/, (alias) => (Number(alias[1]) < at ? alias : "web1")));
    return `Host_Alias A${at} = ${allowed.join(", ")}`;
  });
  const rules = lists.flatMap((items, at) => [
    `Host_Alias L${at} = ${items}`,
    `Defaults@L${at} passprompt=p${at}`,
    command(at),
  ]);
  const text = `${[...named, ...rules].join("\n")}\n`;
  const statements = parseSudoers(text, "sudoers").map((one) => ({ ...one, file: "sudoers" }));
  expect(statements.filter(({ kind }) => kind === "problem")).toEqual([]);
  return {
    text,
    rules: expandSudoers(statements).map(({ users, commands, hosts }) => ({
      key: users[0]!.text === "nobody" ? commands[0]!.command : users[0]!.text,
      match: (host) => matchHosts(hosts, host),
    })),
    settings: expandDefaults(statements).flatMap(({ value, hosts }) =>
      hosts === undefined ? [] : [{ key: String(value), match: (host: SudoHost) => matchHosts(hosts, host) }],
    ),
  };
}

const held = (all: Policy["rules"], host: SudoHost) =>
  all.filter(({ match }) => match(host).holds === "yes").map(({ key }) => key);

describe("host lists of sudoers", () => {
  // Asked for a host, cvtsudoers keeps a rule of which one item matches; a single alias is judged as sudo judges the whole list.
  it.skipIf(!has("cvtsudoers"))(
    title("hold for the hosts that cvtsudoers says", has("cvtsudoers"), "cvtsudoers is not installed"),
    { timeout: 120_000 },
    () => {
      let [kept, dropped] = [0, 0];
      fc.assert(
        fc.property(policies, fc.constantFrom("web1", "WEB1", "db", "web1.example.org", "x.org"), (made, name) => {
          const policy = policyOf(made.lists, made.aliases, (at) => `u${at} L${at} = ALL`);
          const path = join(scratch, "hosts");
          writeFileSync(path, policy.text, { mode: 0o440 });
          const options = ["-f", "json", "-m", `host=${name}`, path];
          // Where nothing is left it writes nothing.
          const theirs = JSON.parse(execFileSync("cvtsudoers", options, { encoding: "utf8" }) || "{}") as {
            Defaults?: { Options: { passprompt: string }[] }[];
            User_Specs?: { User_List: { username: string }[] }[];
          };
          const host = { name, canonicalNames: [], addresses4: [], addresses6: [], fullNames: false };
          const users = (theirs.User_Specs ?? []).map((spec) => spec.User_List[0]!.username);
          expect(held(policy.rules, host), policy.text).toEqual(users);
          const prompts = (theirs.Defaults ?? []).map((one) => one.Options[0]!.passprompt);
          expect(held(policy.settings, host), policy.text).toEqual(prompts);
          kept += users.length;
          dropped += policy.rules.length - users.length;
        }),
        { numRuns: 300 },
      );
      expect(Math.min(kept, dropped)).toBeGreaterThan(300);
    },
  );

  const inPrivate = ["--mount", "--uts", "sh", "-c"];
  const mayAsk =
    process.getuid?.() === 0 &&
    has("sudo") &&
    existsSync("/etc/sudoers") &&
    spawnSync("unshare", [...inPrivate, "echo probe > /proc/sys/kernel/hostname && mount --bind /etc/hosts /etc/hosts"])
      .status === 0;

  /** What sudo lists for an account of a host called so, with a policy and an /etc/hosts that only it sees. */
  function listed(name: string, text: string, hosts: string): string[] {
    const [policy, table] = [join(scratch, "policy"), join(scratch, "table")];
    writeFileSync(policy, text, { mode: 0o440 });
    writeFileSync(table, hosts);
    const script = [
      `echo ${name} > /proc/sys/kernel/hostname`,
      `mount --bind ${policy} /etc/sudoers`,
      `mount --bind ${table} /etc/hosts`,
      "exec sudo -l -U nobody",
    ].join(" && ");
    const answer = spawnSync("unshare", [...inPrivate, script], { encoding: "utf8" });
    expect(answer.stdout, answer.stderr).toContain("nobody");
    return [...answer.stdout.matchAll(/^ +\(root\) (\/bin\/\S+)$/gm)].map((found) => found[1]!);
  }

  it.skipIf(!mayAsk)(
    title(
      "hold where sudo itself says so, by name, full name and address",
      mayAsk,
      "sudo or private name spaces are missing",
    ),
    { timeout: 300_000 },
    () => {
      const addresses4 = parseRoutingTrie(readFileSync("/proc/net/fib_trie", "utf8"), "fib_trie");
      const table6 = existsSync("/proc/net/if_inet6") ? readFileSync("/proc/net/if_inet6", "utf8") : "";
      const addresses6 = parseInterfaceAddresses6(table6, "if_inet6");
      const own = [...addresses4, ...addresses6].flatMap(({ address, networkBits }) => {
        const part = (bits: number) => addressText(masked(address, maskBytes(bits, address.length)));
        return [addressText(address), ...networkBits.map(part), `${part(9)}/9`, `${part(9)}/10`, `${part(20)}/21`];
      });
      const others = ["203.0.113.9", "0.0.0.0/0", "128.0.0.0/1", "0.0.0.0/1", "::/1", "8000::/1", "127.0.0.1", "::1"];
      const masks = ["10.0.0.0/255.0.0.0", "2001:db8::/ffff:ffff::"];
      const any = fc
        .tuple(fc.constantFrom("", "!"), fc.oneof(item, fc.constantFrom(...own, ...others, ...masks)))
        .map(([negation, one]) => negation + one);
      const lists = fc.array(
        fc.array(any, { minLength: 1, maxLength: 4 }).map((items) => items.join(", ")),
        {
          minLength: 30,
          maxLength: 30,
        },
      );
      let [kept, undecided] = [0, 0];
      const names = fc.constantFrom("web1", "db", "web1.example.org");
      fc.assert(
        fc.property(
          lists,
          fc.tuple(list, list),
          names,
          fc.constantFrom("", "fqdn", "!fqdn"),
          (made, aliases, name, setting) => {
            const policy = policyOf(made, aliases, (at) => `nobody L${at} = /bin/c${at}`);
            const full = "web1.front.org";
            const theirs = listed(
              name,
              `${setting === "" ? "" : `Defaults ${setting}\n`}${policy.text}`,
              `127.0.0.1 localhost\n127.0.1.1 ${name === "web1" ? `${full} web1` : name}\n`,
            );
            const canonicalNames = [name === "web1" ? full : name];
            const fullNames = setting === "" ? undefined : setting === "fqdn";
            for (const { key, match } of policy.rules) {
              const { holds } = match({ name, canonicalNames, addresses4, addresses6, fullNames });
              if (holds === "unknown") undecided++;
              else expect(holds === "yes", `${key} on ${name}, ${setting}\n${policy.text}`).toBe(theirs.includes(key));
            }
            kept += theirs.length;
          },
        ),
        { numRuns: 60 },
      );
      expect(kept).toBeGreaterThan(100);
      expect(undecided).toBeLessThan(kept);
    },
  );
});
