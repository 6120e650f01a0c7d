import { afterAll, describe, expect, it } from "vitest";
import { collectMadeHost, type MadeHost, type MadeTree, makeHost } from "../../../test/host-roots.ts";
import { hardened } from "../../../test/made-hosts.ts";
import type { Collector } from "../../core/collector.ts";
import { Missing } from "../../core/snapshot.ts";
import { rootPrograms } from "../../facts/host/root-programs.ts";
import { sudo } from "../../facts/host/sudo.ts";
import type { HostRoot } from "../host-root.ts";
import rootProgramsCollector from "./root-programs.ts";
import sudoCollector from "./sudo.ts";

const made: MadeHost[] = [];
afterAll(() => {
  for (const host of made) host.remove();
});

async function factsOf(...trees: readonly MadeTree[]) {
  const host = makeHost(hardened, ...trees);
  made.push(host);
  const collectors = [sudoCollector, rootProgramsCollector] as unknown as Collector<HostRoot>[];
  const snapshot = await collectMadeHost(host, collectors);
  const [rules, programs] = [snapshot.find(sudo, host.root.subject), snapshot.find(rootPrograms, host.root.subject)];
  if (rules instanceof Missing || programs instanceof Missing) throw new Error("a fact is missing");
  return { sudo: rules, programs };
}
const policy = (text: string): MadeTree => ({ "etc/sudoers": { text, mode: 0o440 } });
const uts = (own: string, first: string): MadeTree => ({
  "proc/self/ns/uts": { link: `uts:[${own}]` },
  "proc/1/ns/uts": { link: `uts:[${first}]` },
});

const rules = "a web1 = ALL\nb db1 = ALL\nc 192.0.2.0/24 = ALL\nd ALL, !db1 = ALL\n";

describe("rules of sudoers", () => {
  it("hold for the host by its stored name, and by addresses only where they are seen", async () => {
    const { sudo } = await factsOf(policy(rules), { "etc/hostname": "# by hand\nweb1\n" });
    expect(sudo.host).toEqual({ name: "web1" });
    expect(sudo.rules.map(({ holdsHere }) => holdsHere)).toEqual(["yes", "no", "unknown", "yes"]);
    expect(sudo.rules[2]!.holdsHereReason).toMatch(/addresses are not known/);
  });

  it("hold for the running host by the kernel's name and tables", async () => {
    const { sudo } = await factsOf(policy(rules), uts("1", "1"), {
      "etc/hostname": "db1\n",
      "proc/sys/kernel/hostname": "web1\n",
      "proc/net/fib_trie": "Local:\n  |-- 192.0.2.2\n     /32 host LOCAL\n",
      "proc/net/if_inet6": "fd000000000000000000000000000002 02 40 00 80 eth0\n",
    });
    expect(sudo.host).toEqual({ name: "web1", addresses: ["192.0.2.2", "fd00::2"] });
    expect(sudo.rules.map(({ holdsHere }) => holdsHere)).toEqual(["yes", "no", "yes", "yes"]);
  });

  it("are not compared with the name of another name space, nor with localhost", async () => {
    const other = await factsOf(policy(rules), uts("1", "2"), { "proc/sys/kernel/hostname": "web1\n" });
    expect(other.sudo.host).toEqual({});
    expect(other.sudo.rules.map(({ holdsHere }) => holdsHere)).toEqual(["unknown", "unknown", "unknown", "unknown"]);
    const started = await factsOf(policy(rules), { "etc/hostname": "localhost\n" });
    expect(started.sudo.host).toEqual({});
  });

  it("know no addresses where sudo is told to look for none", async () => {
    const { sudo } = await factsOf(policy(rules), { "etc/sudo.conf": "Set probe_interfaces false\n" });
    expect(sudo.rules[2]!.holdsHere).toBe("no");
  });

  it("and settings go by full names where fqdn says so", async () => {
    const text = "Defaults fqdn\nDefaults@web1.example.org !authenticate\nDefaults@db1 use_pty\nDefaults@+ng lecture\n";
    const { sudo } = await factsOf(policy(text), {
      "etc/hostname": "web1\n",
      "etc/hosts": "127.0.1.1 web1.example.org web1\n",
    });
    expect(sudo.defaults.map(({ scope, holdsHere }) => [scope, holdsHere])).toEqual([
      ["", "yes"],
      ["@web1.example.org", "yes"],
      ["@db1", "no"],
      ["@+ng", "unknown"],
    ]);
  });

  it("are read from files named for the host, and what is not read is told", async () => {
    const trees = [
      policy("@include /etc/sudoers-%h\n"),
      { "etc/sudoers-web1": { text: "a ALL = ALL\n", mode: 0o440 } },
    ];
    const named = await factsOf(...trees, { "etc/hostname": "web1.example.org\n" });
    expect(named.sudo.rules.map(({ file }) => file)).toEqual(["/etc/sudoers-web1"]);
    const nameless = await factsOf(...trees);
    expect(nameless.sudo.rules).toEqual([]);
    expect(nameless.sudo.unread).toEqual([
      { path: "/etc/sudoers-%h", reason: "/etc/sudoers-%h was not read: the host's name is not known" },
    ]);
  });

  it("start nothing on this host where they are another's", async () => {
    const text = "a web1 = /usr/local/bin/x\nb db1 = /usr/local/bin/y\nc +ng = /usr/local/bin/z\n";
    const { programs } = await factsOf(policy(text), { "etc/hostname": "web1\n", "usr/local/bin/": { mode: 0o777 } });
    const started = programs.programs.filter(({ startedBy }) => startedBy.some((one) => one.startsWith("sudo")));
    expect(started.map(({ path }) => path)).toEqual(["/usr/local/bin/x", "/usr/local/bin/z"]);
  });
});
