import { afterAll, describe, expect, it } from "vitest";
import { collectMadeHost, type MadeHost, type MadeTree, makeHost } from "../../../test/host-roots.ts";
import { lastSetting } from "../../formats/host/unit-file.ts";
import type { HostRoot } from "../host-root.ts";
import logins from "./logins.ts";
import { isMasked, readUnit } from "./unit-folders.ts";

const made: MadeHost[] = [];
afterAll(() => {
  for (const host of made) host.remove();
});

function rootOf(tree: MadeTree): HostRoot {
  const host = makeHost(tree);
  made.push(host);
  return host.root;
}
const unit = (mask: string) => `[Service]\nUMask=${mask}\n`;

describe("unit folders", () => {
  it("let /etc go before /run, /usr/local and /usr, and drop-ins of all folders count", async () => {
    const root = rootOf({
      "usr/lib/systemd/system/a-b.service": unit("1"),
      "usr/local/lib/systemd/system/a-b.service": unit("2"),
      "run/systemd/system/a-b.service": unit("3"),
      "usr/lib/systemd/system/a-b.service.d/10-x.conf": "[Service]\nUser=lib\nNice=1\n",
      "etc/systemd/system/a-.service.d/10-x.conf": "[Service]\nUser=etc\n",
      "run/systemd/system/service.d/20-y.conf": "[Service]\nGroup=all\n",
    });
    const settings = (await readUnit(root, "a-b.service")) ?? [];
    const value = (name: string) => lastSetting(settings, "Service", name);
    // A drop-in of /etc hides one of its name in /usr/lib, though that is for the unit itself.
    expect([value("UMask"), value("User"), value("Nice"), value("Group")]).toEqual(["3", "etc", undefined, "all"]);
  });

  it("masked units have no settings, whether linked to nothing or empty", async () => {
    const root = rootOf({
      "usr/lib/systemd/system/a.service": unit("1"),
      "etc/systemd/system/a.service": { link: "/dev/null" },
      "usr/lib/systemd/system/b.service": unit("1"),
      "run/systemd/system/b.service": "",
    });
    expect([await readUnit(root, "a.service"), await readUnit(root, "b.service")]).toEqual([[], []]);
    expect(await isMasked(root, "/usr/lib/systemd/system/a.service")).toBe(false);
    expect(await readUnit(root, "c.service")).toBeUndefined();
  });

  it("an alias and an instance have the drop-ins of all their names", async () => {
    const root = rootOf({
      "usr/lib/systemd/system/ssh.service": unit("1"),
      "etc/systemd/system/sshd.service": { link: "/usr/lib/systemd/system/ssh.service" },
      "etc/systemd/system/sshd.service.d/x.conf": "[Service]\nUser=alias\n",
      "usr/lib/systemd/system/t@.service": unit("1"),
      "etc/systemd/system/t@.service.d/x.conf": "[Service]\nUser=template\n",
    });
    const user = async (name: string) => lastSetting((await readUnit(root, name)) ?? [], "Service", "User");
    expect([await user("ssh.service"), await user("sshd.service"), await user("t@one.service")]).toEqual([
      ...["alias", "alias", "template"],
    ]);
  });
});

describe("logins", () => {
  it("a damaged database is unread, an older lastlog read", async () => {
    const lastlog = Buffer.alloc(292);
    lastlog.writeUInt32LE(1_700_000_000, 0);
    const host = makeHost({
      "usr/lib/os-release": "ID=x\n",
      "var/log/wtmp.db": "no database",
      "var/log/lastlog": lastlog,
    });
    made.push(host);
    const facts = await collectMadeHost(host, [logins]);
    const value = JSON.stringify(facts);
    expect(value).toContain('"path":"/var/log/lastlog","records":1');
    expect(value).toContain("does not begin as an SQLite 3 database");
  });
});
