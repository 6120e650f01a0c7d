import { afterAll, describe, expect, it } from "vitest";
import { type MadeTree, madeNow, makeHost } from "../../../test/host-roots.ts";
import { madeJournal } from "../../../test/made-journal.ts";
import check from "../../checks/host/engine-command-after-logon.ts";
import { runCollector } from "../../core/collector.ts";
import { defaultSettings } from "../../core/settings.ts";
import { engineCommands } from "../../facts/host/engine-commands.ts";
import { logins } from "../../facts/host/logins.ts";
import collector from "./engine-commands.ts";

const hosts: { remove(): void }[] = [];
afterAll(() => {
  for (const host of hosts) host.remove();
});

const at = Math.floor(madeNow.getTime() / 1000) - 3_600;
const system: MadeTree = {
  "etc/passwd": "root:x:0:0::/root:/bin/sh\ndev:x:1000:1000::/home/dev:/bin/bash\n",
  "usr/bin/docker": "",
};

async function seen(tree: MadeTree) {
  const host = makeHost(system, tree);
  hosts.push(host);
  const context = { signal: new AbortController().signal, now: madeNow };
  const [observation] = await runCollector(collector, host.root, host.root.subject, context);
  return engineCommands.schema.parse((observation as { value: unknown }).value);
}

function verdict(
  found: Awaited<ReturnType<typeof seen>>,
  sessions: { user: string; from: string; time: number }[] = [],
) {
  const recorded = logins.schema.parse({
    files: [],
    sessions: sessions.map((session) => ({ line: "pts/0", ...session })),
  });
  return check.evaluate(
    {
      engineCommands: found,
      logins: recorded,
      roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
    },
    { now: madeNow, settings: defaultSettings, params: check.params!.parse({}) },
  );
}

const audit = (time: number, user: number, ...words: readonly string[]) =>
  [
    `type=SYSCALL msg=audit(${time}.0:${time}): syscall=59 auid=${user} uid=0 ses=1`,
    `type=EXECVE msg=audit(${time}.0:${time}): argc=${words.length} ${words.map((word, index) => `a${index}="${word}"`).join(" ")}`,
  ].join("\n");

describe("commands that reach containers", () => {
  it("come from the audit, sudo and histories, with who and when, and never with arguments", async () => {
    const found = await seen({
      "var/log/audit/audit.log": `${audit(at, 1000, "docker", "exec", "-e", "TOKEN=hunter2", "web")}\n${audit(at + 1, 4294967295, "docker", "exec", "x")}\n`,
      "var/log/auth.log": `${new Date((at + 5) * 1000).toISOString()} n1 sudo: dev : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/crictl rm abc\n`,
      "home/dev/.bash_history": `ls\n#${at + 9}\nsudo nsenter -t 1 -m\ndocker run --env PASSWORD=hunter2 x\n`,
    });
    expect(found.commands.map(({ time, user, as, tool, verb, by }) => [time, user, as, tool, verb, by])).toEqual([
      [at + 9, "dev", undefined, "nsenter", "", "history"],
      [at + 5, "dev", "root", "crictl", "rm", "sudo"],
      [at, "dev", "root", "docker", "exec", "audit"],
      [undefined, "dev", undefined, "docker", "run", "history"],
    ]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
    expect(found.sources.map(({ by, records }) => [by, records])).toEqual([
      ["audit", 2],
      ["sudo", 1],
      ["history", 3],
    ]);
  });

  it("come from the journal's own files, and a damaged one is told", async () => {
    const found = await seen({
      "var/log/journal/abc/system.journal": madeJournal(
        [
          {
            time: at,
            fields: [
              "SYSLOG_IDENTIFIER=sudo",
              "MESSAGE=dev : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/podman exec x sh",
            ],
          },
          {
            time: at - 9,
            fields: ["SYSLOG_IDENTIFIER=sshd", "MESSAGE=Accepted publickey for dev from 192.0.2.7 port 1 ssh2"],
          },
        ],
        true,
      ),
      "var/log/journal/abc/system@1.journal": "damaged",
      "var/log/journal/abc/user-1000.journal": "not read",
    });
    expect(found.commands).toMatchObject([
      { time: at, user: "dev", as: "root", tool: "podman", verb: "exec", by: "sudo" },
    ]);
    expect(found.logons).toMatchObject([{ user: "dev", from: "192.0.2.7" }]);
    expect(found.unread).toMatchObject([{ path: "/var/log/journal/abc/system@1.journal" }]);
    expect(verdict(found)).toMatchObject({ status: "fail", evidence: [{ severity: "high" }] });
  });

  it("belong to the latest logon of the same user within the window", async () => {
    const found = await seen({ "var/log/audit/audit.log": `${audit(at, 1000, "docker", "exec", "web")}\n` });
    const sessions = [
      { user: "dev", from: "192.0.2.1", time: at - 13 * 3_600 },
      { user: "dev", from: "192.0.2.7", time: at - 600 },
      { user: "ops", from: "192.0.2.9", time: at - 60 },
      { user: "dev", from: "192.0.2.8", time: at + 60 },
    ];
    const judged = verdict(found, sessions);
    expect(judged).toMatchObject({
      status: "fail",
      evidence: [{ severity: "high", details: { user: "dev", from: "192.0.2.7" } }],
    });
    expect(verdict(found, [sessions[0]!])).toMatchObject({
      status: "fail",
      evidence: [{ severity: "medium", details: { user: "dev" } }],
    });
  });

  it("that only look do not count; without a record of started programs nothing is known", async () => {
    const looked = await seen({ "var/log/audit/audit.log": `${audit(at, 1000, "docker", "ps")}\n` });
    expect(verdict(looked)).toMatchObject({ status: "pass" });
    expect(verdict(await seen({ "var/log/auth.log": "" }))).toMatchObject({
      status: "unknown",
      reason: expect.stringContaining("leaves no record"),
      remedy: expect.stringContaining("auditctl"),
    });
    expect(verdict(await seen({}))).toMatchObject({
      status: "unknown",
      reason: expect.stringContaining("no audit log"),
    });
  });
});
