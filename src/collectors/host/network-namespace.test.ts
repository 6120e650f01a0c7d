import { afterEach, describe, expect, it } from "vitest";
import { type MadeHost, type MadeTree, makeHost } from "../../../test/host-roots.ts";
import { sysctl as sysctlFact } from "../../facts/host/sysctl.ts";
import { otherNetworkBecause } from "./network-namespace.ts";
import socketCollector from "./sockets.ts";
import sysctlCollector from "./sysctl.ts";

const head = "  sl  local_address rem_address   st\n";
const link = (name: string, inode: number) => ({ link: `${name}:[${inode}]` });
/** A running host whose process 1 and this program have these network namespaces; 4026531836 is the first PID namespace. */
const host = (own: number, first: number, pid = 4026531836): MadeTree => ({
  "etc/passwd": "",
  "proc/self/ns/pid": link("pid", pid),
  "proc/self/ns/net": link("net", own),
  "proc/1/ns/net": link("net", first),
  "proc/net/tcp": head,
  "proc/sys/net/ipv4/ip_forward": "0\n",
  "proc/sys/kernel/kptr_restrict": "1\n",
});

let made: MadeHost | undefined;
afterEach(() => made?.remove());

async function collected(collector: typeof socketCollector | typeof sysctlCollector, tree: MadeTree) {
  made = makeHost(tree);
  const context = { signal: new AbortController().signal, now: new Date() };
  const found = [];
  for await (const one of collector.collect(made.root, context)) found.push(one);
  return found[0];
}

describe("the network that /proc shows", () => {
  it.each<[string, MadeTree, RegExp | undefined]>([
    ["the host's", host(1, 1), undefined],
    ["another namespace's", host(2, 1), /another network namespace/],
    ["a container's, by its process list", host(1, 1, 4026532000), /of a container/],
  ])("is %s", async (_, tree, reason) => {
    made = makeHost(tree);
    const because = await otherNetworkBecause(made.root);
    if (reason === undefined) expect(because).toBeUndefined();
    else expect(because).toMatch(reason);
  });

  it("is no evidence of the host's sockets where it is another's", async () => {
    expect(await collected(socketCollector, host(2, 1))).toMatchObject({
      unavailable: expect.stringMatching(/another network/),
    });
    expect(await collected(socketCollector, host(1, 1, 4026532000))).toHaveProperty("unavailable");
    expect(await collected(socketCollector, host(1, 1))).toMatchObject({ value: { listeners: [] } });
    // The first process tells where it may be seen.
    expect(await collected(socketCollector, { ...host(2, 1), "proc/1/net/tcp": head })).toMatchObject({
      source: "/proc/1/net",
    });
  });

  it("keeps parameters of the network apart from those of the kernel", async () => {
    const other = await collected(sysctlCollector, host(2, 1));
    const { values, unreadable } = sysctlFact.schema.parse("value" in other! ? other.value : undefined);
    expect(values).toEqual({ "kernel.kptr_restrict": "1" });
    expect(Object.keys(unreadable).sort()).toEqual([
      "net.core.bpf_jit_harden",
      "net.core.bpf_jit_kallsyms",
      "net.ipv4.ip_forward",
    ]);
    expect(await collected(sysctlCollector, host(1, 1))).toMatchObject({
      value: { values: { "net.ipv4.ip_forward": "0" } },
    });
  });
});
