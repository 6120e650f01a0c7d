import type { z } from "zod";
import { accounts } from "../../facts/host/accounts.ts";
import {
  type GroupEntry,
  type PasswdEntry,
  parseGroup,
  parsePasswd,
  parseShadow,
  parseSubordinateIds,
  type ShadowEntry,
} from "../../formats/host/accounts.ts";
import { parseKeyValues } from "../../formats/host/key-value.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type User = z.input<typeof accounts.schema>["users"][number];

const shellsThatRefuse = /(^$|\/(nologin|false|true|sync|halt|shutdown)$)/;

export default defineHostCollector<typeof accounts.schema>({
  reads: "host",
  provides: accounts,
  async *collect(root) {
    const source = "/etc/passwd, /etc/group, /etc/shadow";
    const passwd = await root.read("/etc/passwd");
    if (!("text" in passwd)) {
      yield { subject: root.subject, source, unavailable: passwd.reason, remedy: "assess a host's root file system" };
      return;
    }
    const groups = parseGroup((await root.text("/etc/group")) ?? "", "/etc/group");
    const shadowText = await root.text("/etc/shadow");
    const shadow = new Map(
      (shadowText === undefined ? [] : parseShadow(shadowText, "/etc/shadow")).map((entry) => [entry.name, entry]),
    );
    const users = parsePasswd(passwd.text, "/etc/passwd").map((entry) =>
      userOf(entry, groups, shadow, shadowText !== undefined),
    );
    yield {
      subject: root.subject,
      source,
      value: {
        users,
        groups: groups.map((group) => ({ ...group, members: [...group.members] })),
        shadow: shadowText !== undefined,
        subordinate: await subordinateIds(root),
        otherSources: await otherSources(root),
        loginDefaults: parseKeyValues((await root.text("/etc/login.defs")) ?? "", " "),
      },
    };
  },
});

function userOf(
  entry: PasswdEntry,
  groups: readonly GroupEntry[],
  shadow: ReadonlyMap<string, ShadowEntry>,
  readable: boolean,
): User {
  const own = groups.find((group) => group.gid === entry.gid)?.name;
  const others = groups
    .filter((group) => group.members.includes(entry.name) && group.name !== own)
    .map((group) => group.name);
  const secret = shadow.get(entry.name);
  return {
    name: entry.name,
    uid: entry.uid,
    gid: entry.gid,
    groups: own === undefined ? others : [own, ...others],
    home: entry.home,
    shell: entry.shell,
    interactive: !shellsThatRefuse.test(entry.shell),
    // An account without a line in shadow has no password that works; an empty field of passwd needs none.
    password: entry.passwordField === "" ? "none" : (secret?.password ?? (readable ? "locked" : undefined)),
    passwordChanged: secret?.lastChange,
    maximumDays: secret?.maximumDays,
    expires: secret?.expires,
  };
}

async function subordinateIds(root: HostRoot) {
  const ranges = [];
  for (const file of ["/etc/subuid", "/etc/subgid"]) {
    const text = await root.text(file);
    for (const range of text === undefined ? [] : parseSubordinateIds(text, file)) ranges.push({ file, ...range });
  }
  return ranges;
}

async function otherSources(root: HostRoot): Promise<string[]> {
  const text = (await root.text("/etc/nsswitch.conf")) ?? "";
  const words = [...text.matchAll(/^(?:passwd|group|shadow):(.*)$/gm)].flatMap((match) =>
    match[1]!.replaceAll(/\[[^\]]*\]/g, "").split(/\s+/),
  );
  return [...new Set(words.filter((word) => !["", "files", "compat", "db"].includes(word)))].sort();
}
