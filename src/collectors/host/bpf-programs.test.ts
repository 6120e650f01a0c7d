import { afterEach, describe, expect, it } from "vitest";
import {
  collectMadeHost,
  type MadeHost,
  type MadeTree,
  madeHost,
  madeProcess,
  makeHost,
} from "../../../test/host-roots.ts";
import { hardened } from "../../../test/made-hosts.ts";
import { Missing } from "../../core/snapshot.ts";
import { bpfPrograms } from "../../facts/host/bpf-programs.ts";
import { journals } from "../../facts/host/journals.ts";
import { umask } from "../../facts/host/umask.ts";
import bpfCollector from "./bpf-programs.ts";
import journalCollector from "./journals.ts";
import umaskCollector from "./umask.ts";

const hosts: MadeHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

async function collected(...trees: readonly MadeTree[]) {
  const host = makeHost(hardened, ...trees);
  hosts.push(host);
  return collectMadeHost(host, [bpfCollector, journalCollector, umaskCollector]);
}

const program = (type: number) => `pos:\t0\nprog_type:\t${type}\nprog_tag:\t0123456789abcdef\nprog_id:\t7\n`;

describe("BPF programs that processes hold", () => {
  it("are told with their holders, containers and pins; other descriptors are not", async () => {
    const scope = `/system.slice/docker-${"ab".repeat(32)}.scope`;
    const snapshot = await collected({
      ...madeProcess(700, "agent", { program: "/agent", cgroup: scope }),
      "proc/700/fdinfo/0": "pos:\t0\nflags:\t0100000\n",
      "proc/700/fdinfo/5": program(29),
      "proc/700/fdinfo/6": "link_type:\txdp\nlink_id:\t1\nprog_tag:\t0123456789abcdef\nprog_id:\t8\n",
      "sys/fs/bpf/tc/globals/pin": "",
    });
    expect(snapshot.find(bpfPrograms, madeHost)).toMatchObject({
      holders: [
        {
          pid: 700,
          executable: "/agent",
          container: `docker ${"ab".repeat(32)}`,
          programs: [
            { holds: "program", id: 7, type: "lsm" },
            { holds: "link", id: 8, type: "xdp" },
          ],
        },
      ],
      seen: 1,
      pinned: ["/sys/fs/bpf/tc/globals/pin"],
    });
  });

  it("are unavailable where /proc is a container's", async () => {
    const host = makeHost({ ...hardened, "proc/self/ns/pid": { link: "pid:[4026532999]" } });
    hosts.push(host);
    const snapshot = await collectMadeHost(host, [bpfCollector]);
    expect(snapshot.find(bpfPrograms, madeHost)).toBeInstanceOf(Missing);
  });
});

describe("journals and masks", () => {
  it("name what is damaged, and read it no further", async () => {
    const snapshot = await collected({ "var/log/journal/a/system.journal": "no journal at all, but text" });
    expect(snapshot.find(journals, madeHost)).toMatchObject({
      files: [],
      unread: [{ path: "/var/log/journal/a/system.journal", reason: expect.stringMatching(/no file of systemd/) }],
    });
  });

  it("follow the order of a login shell, and leave out what root never comes by", async () => {
    const snapshot = await collected({
      "etc/login.defs": "UMASK 027\n",
      "etc/profile": "if [ $UID -gt 199 ]; then\numask 002\nelse\numask 022\nfi\n",
      "root/.bash_profile": "umask 077\n",
      "root/.profile": "umask 000\n",
    });
    const value = snapshot.find(umask, madeHost);
    expect(value instanceof Missing ? [] : value.settings.map(({ file, mask }) => `${file} ${mask}`)).toEqual([
      "/etc/login.defs 027",
      "/etc/profile 022",
      "/root/.bash_profile 077",
    ]);
  });
});
