import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseAuditLog } from "./audit-log.ts";

const hex = (text: string) => Buffer.from(text).toString("hex").toUpperCase();
const log = [
  'type=SYSCALL msg=audit(1767200300.101:77): arch=c000003e syscall=59 success=yes exit=0 a0=55 items=2 ppid=9 pid=10 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm="docker" exe="/usr/bin/docker" key="exec"\x1dARCH=x86_64 AUID="dev" UID="root"',
  `type=EXECVE msg=audit(1767200300.101:77): argc=4 a0="docker" a1="exec" a2=${hex("my web")} a3="sh"`,
  "type=SYSCALL msg=audit(1767200301.000:78): arch=c000003e syscall=59 auid=4294967295 uid=0 ses=4294967295",
  'type=EXECVE msg=audit(1767200301.000:78): argc=2 a0="runc" a1="init"',
  `node=n1 type=USER_CMD msg=audit(1767200302.5:79): pid=5 uid=1000 auid=1000 ses=3 msg='cwd="/home/dev" cmd=${hex("docker rm x")} exe="/usr/bin/sudo" terminal=pts/0 res=success'`,
  "type=USER_LOGIN msg=audit(1767200000.0:70): pid=4 uid=0 auid=1000 ses=3 msg='op=login id=1000 exe=\"/usr/sbin/sshd\" hostname=192.0.2.7 addr=192.0.2.7 terminal=/dev/pts/0 res=success'",
  "type=USER_LOGIN msg=audit(1767200001.0:71): pid=4 uid=0 auid=4294967295 msg='op=login id=1001 addr=192.0.2.8 terminal=ssh res=failed'",
  "type=DAEMON_START msg=audit(1767199999.0:1): op=start",
  "garbage",
].join("\n");

describe("parseAuditLog", () => {
  it("joins the records of an event and keeps who logged on", () => {
    expect(parseAuditLog(log, "audit.log")).toEqual({
      commands: [
        { time: 1767200300, loginUser: 1000, user: 0, session: 3, arguments: ["docker", "exec", "my web", "sh"] },
        { time: 1767200301, loginUser: undefined, user: 0, session: undefined, arguments: ["runc", "init"] },
        { time: 1767200302, loginUser: 1000, user: 1000, session: 3, arguments: ["docker", "rm", "x"] },
      ],
      logons: [{ time: 1767200000, user: 1000, from: "192.0.2.7", terminal: "/dev/pts/0" }],
      first: 1767199999,
      last: 1767200302,
      started: 2,
    });
  });

  it("holds nothing where there is nothing", () => {
    expect(parseAuditLog("", "x")).toEqual({ commands: [], logons: [], first: undefined, last: undefined, started: 0 });
  });

  it("survives any text", () => {
    survivesAnyText(
      (text) => parseAuditLog(text, "x"),
      [
        "type=EXECVE ",
        "type=SYSCALL ",
        "type=USER_LOGIN ",
        "msg=audit(1.2:3): ",
        'a0="x" ',
        "a1=4142 ",
        "auid=1 ",
        "id=1 res=success",
        "\n",
        "cmd=41",
      ],
    );
  });
});
