import { afterAll, describe, expect, it } from "vitest";
import { type MadeHost, type MadeTree, makeHost } from "../../test/host-roots.ts";
import { containedBecause } from "./host-collector.ts";

const made: MadeHost[] = [];
afterAll(() => {
  for (const host of made) host.remove();
});
const mounts = (device: string) => `25 1 ${device} / / rw - ext4 /dev/x rw\n`;

describe("where / is whose", () => {
  it.each<[string, MadeTree, RegExp | undefined]>([
    [
      "a host",
      {
        "proc/self/ns/pid": { link: "pid:[4026531836]" },
        "proc/self/cgroup": "0::/user.slice\n",
        "proc/self/mountinfo": mounts("8:1"),
        "proc/1/mountinfo": mounts("8:1"),
      },
      undefined,
    ],
    ["a container", { "proc/self/ns/pid": { link: "pid:[4026532999]" } }, /process list/],
    [
      "a container in the host's PID namespace",
      { "proc/self/ns/pid": { link: "pid:[4026531836]" }, "proc/self/cgroup": `0::/docker/${"ab".repeat(32)}\n` },
      /docker container abab/,
    ],
    [
      "a container that hides its control group",
      {
        "proc/self/ns/pid": { link: "pid:[4026531836]" },
        "proc/self/cgroup": "0::/\n",
        "proc/self/mountinfo": mounts("0:50"),
        "proc/1/mountinfo": mounts("8:1"),
      },
      /another device/,
    ],
    ["a system without /proc", {}, undefined],
  ])("knows %s", async (_what, tree, expected) => {
    const host = makeHost({ "etc/hostname": "x\n", ...tree });
    made.push(host);
    const reason = await containedBecause(host.root);
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(expected);
  });
});
