import { afterAll, describe, expect, it } from "vitest";
import { collectMadeHost, type MadeHost, type MadeTree, makeHost } from "../../../test/host-roots.ts";
import { Missing } from "../../core/snapshot.ts";
import { roles } from "../../facts/host/roles.ts";
import machine from "./machine.ts";

const hosts: MadeHost[] = [];
afterAll(() => {
  for (const host of hosts) host.remove();
});

async function rolesOf(tree: MadeTree): Promise<string[]> {
  const host = makeHost({ "etc/passwd": "" }, tree);
  hosts.push(host);
  const found = (await collectMadeHost(host, [machine])).find(roles, host.root.subject);
  return found instanceof Missing ? [] : found.roles.map(({ role }) => role);
}

const x86 = "flags : fpu lm\n";
const arm = "Features : fp asimd\n";

describe("what a host runs on, without any fact of its hardware", () => {
  it.each<[string, MadeTree, string[]]>([
    ["a virtual machine", { "proc/cpuinfo": "flags : fpu hypervisor\n" }, ["virtual"]],
    ["bare metal", { "proc/cpuinfo": x86, "sys/class/dmi/id/sys_vendor": "Dell Inc.\n" }, ["bare-metal"]],
    [
      "a cloud's bare metal",
      { "proc/cpuinfo": x86, "sys/class/dmi/id/sys_vendor": "Amazon EC2\n" },
      ["bare-metal", "cloud"],
    ],
    [
      "a cloud's virtual machine",
      { "proc/cpuinfo": "flags : fpu hypervisor\n", "sys/class/dmi/id/sys_vendor": "Google\n" },
      ["cloud", "virtual"],
    ],
    [
      "ARM in a cloud",
      {
        "proc/cpuinfo": arm,
        "sys/class/dmi/id/sys_vendor": "Amazon EC2\n",
        "sys/class/dmi/id/product_name": "m7g.large\n",
      },
      ["cloud", "virtual"],
    ],
    [
      "ARM bare metal in a cloud",
      {
        "proc/cpuinfo": arm,
        "sys/class/dmi/id/sys_vendor": "Amazon EC2\n",
        "sys/class/dmi/id/product_name": "m7g.metal\n",
      },
      ["bare-metal", "cloud"],
    ],
    ["ARM that does not tell", { "proc/cpuinfo": arm }, []],
    ["Xen", { "proc/cpuinfo": x86, "sys/hypervisor/type": "xen\n" }, ["virtual"]],
    ["nothing to be seen", {}, []],
  ])("%s", async (_what, tree, expected) => expect(await rolesOf(tree)).toEqual(expected));
});
