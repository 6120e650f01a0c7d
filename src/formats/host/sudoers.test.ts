import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { limits } from "../../core/limits.ts";
import { parseSudoers, type SudoRule } from "./sudoers.ts";
import { escapeOf, expandDefaults, expandSudoers } from "./sudoers-rules.ts";

const parse = (text: string) => parseSudoers(text, "sudoers");
const rule = (text: string) => parse(text)[0] as SudoRule;
const expanded = (text: string) => expandSudoers(parse(text).map((statement) => ({ ...statement, file: "sudoers" })));

describe("sudoers", () => {
  it("reads users, hosts, run-as lists, tags and commands", () => {
    expect(
      rule(
        "alice, %ops, #1001, !bob web1, 10.0.0.0/8 = (root, www : adm) NOPASSWD: NOEXEC: /usr/bin/less /var/log/*, PASSWD: /bin/ls",
      ),
    ).toEqual({
      kind: "rule",
      line: 1,
      users: [
        { text: "alice", negated: false },
        { text: "%ops", negated: false },
        { text: "#1001", negated: false },
        { text: "bob", negated: true },
      ],
      hosts: [
        { text: "web1", negated: false },
        { text: "10.0.0.0/8", negated: false },
      ],
      commands: [
        {
          command: "/usr/bin/less",
          arguments: "/var/log/*",
          negated: false,
          tags: ["NOEXEC", "NOPASSWD"],
          runAsUsers: [
            { text: "root", negated: false },
            { text: "www", negated: false },
          ],
          runAsGroups: [{ text: "adm", negated: false }],
        },
        {
          command: "/bin/ls",
          arguments: undefined,
          negated: false,
          tags: ["NOEXEC", "PASSWD"],
          runAsUsers: [
            { text: "root", negated: false },
            { text: "www", negated: false },
          ],
          runAsGroups: [{ text: "adm", negated: false }],
        },
      ],
    });
  });

  it("reads several host lists of one line, and continued lines", () => {
    const rules = parse("bob A = /bin/a : B = \\\n  /bin/b, \\\n  !/bin/c\n") as SudoRule[];
    expect(
      rules.map(({ hosts, commands, line }) => [
        line,
        hosts[0]!.text,
        commands.map(({ command, negated }) => `${negated ? "!" : ""}${command}`),
      ]),
    ).toEqual([
      [1, "A", ["/bin/a"]],
      [1, "B", ["/bin/b", "!/bin/c"]],
    ]);
  });

  it("tells escaped separators, no arguments and regular expressions", () => {
    expect(
      rule('a ALL = /bin/x a\\,b\\:c\\=d, /bin/y "", ^/bin/z.*$ ^-n [0-9]{1,3}$').commands.map((command) => [
        command.command,
        command.arguments,
      ]),
    ).toEqual([
      ["/bin/x", "a,b:c=d"],
      ["/bin/y", ""],
      ["^/bin/z.*$", "^-n [0-9]{1,3}$"],
    ]);
  });

  it("takes an equals sign within arguments for one, escaped or not", () => {
    const commands = (text: string) => rule(text).commands.map((one) => [one.command, one.arguments]);
    expect(commands("bob ALL = /bin/mount -o size=1 x= , /bin/ls : H = /bin/id")).toEqual([
      ["/bin/mount", "-o size=1 x="],
      ["/bin/ls", undefined],
    ]);
    expect(commands("bob ALL = /bin/cat =b, /bin/a=b, /bin/c d\\=e")).toEqual([
      ["/bin/cat", "=b"],
      ["/bin/a", "=b"],
      ["/bin/c", "d=e"],
    ]);
    expect(parse("bob ALL = /bin/cat x = y")[0]?.kind).toBe("problem");
  });

  it("passes over digests and options", () => {
    const [command] = rule("a ALL = (root) CWD=/tmp TIMEOUT=5m sha256:abc123, sha512:def= /bin/x -v").commands;
    expect([command!.command, command!.arguments]).toEqual(["/bin/x", "-v"]);
  });

  it("tells comments from user numbers and includes", () => {
    expect(
      parse(
        '# comment\n#include /etc/a\n#includedir /etc/sudoers.d\n@include "/etc/with space"\n#0 ALL=ALL\na ALL=ALL # end',
      ).map((statement) => statement.kind),
    ).toEqual(["include", "include", "include", "rule", "rule"]);
  });

  it("reads defaults with scopes and every kind of value", () => {
    expect(
      parse(
        'Defaults env_reset, !lecture, logfile="/var/log/sudo.log", env_keep += "A B"\nDefaults:alice !authenticate\nDefaults!/bin/x noexec\nDefaults>root timestamp_timeout=5\nDefaults@web use_pty',
      ),
    ).toEqual([
      { kind: "default", line: 1, scope: "", name: "env_reset", value: true },
      { kind: "default", line: 1, scope: "", name: "lecture", value: false },
      { kind: "default", line: 1, scope: "", name: "logfile", value: "/var/log/sudo.log" },
      { kind: "default", line: 1, scope: "", name: "env_keep", value: "A B" },
      { kind: "default", line: 2, scope: ":alice", name: "authenticate", value: false },
      { kind: "default", line: 3, scope: "!/bin/x", name: "noexec", value: true },
      { kind: "default", line: 4, scope: ">root", name: "timestamp_timeout", value: "5" },
      {
        kind: "default",
        line: 5,
        scope: "@web",
        hosts: [{ text: "web", negated: false }],
        name: "use_pty",
        value: true,
      },
    ]);
  });

  it("reads addresses with colons in lists of hosts, and there alone", () => {
    const hosts = (text: string) => rule(text).hosts.map((one) => `${one.negated ? "!" : ""}${one.text}`);
    expect(hosts("a web, !2001:db8::1=ALL")).toEqual(["web", "!2001:db8::1"]);
    expect(hosts("a 2001:db8::/32, fe80::/ffc0::, 10.0.0.0/255.0.0.0 = ALL")).toEqual([
      "2001:db8::/32",
      "fe80::/ffc0::",
      "10.0.0.0/255.0.0.0",
    ]);
    expect(
      parse("a ::1 = /bin/x : web = /bin/y").map((one) => (one.kind === "rule" ? one.hosts[0]!.text : one.kind)),
    ).toEqual(["::1", "web"]);
    const aliases = parse("Host_Alias A = 2001:db8::1 : B = ::1, web");
    expect(aliases.map((one) => (one.kind === "alias" ? one.items.map(({ text }) => text) : one.kind))).toEqual([
      ["2001:db8::1"],
      ["::1", "web"],
    ]);
    const [setting] = parse("Defaults@!2001:db8::1, web use_pty");
    expect(setting).toMatchObject({ hosts: [{ text: "2001:db8::1", negated: true }, { text: "web" }] });
    const refused = [
      "a [2001:db8::1] = ALL",
      "a 1:2 = ALL",
      "a fe80::1%eth0 = ALL",
      "2001:db8::1 web = ALL",
      "a 1:2:3:4 = ALL",
    ];
    expect(refused.map((text) => parse(text)[0]!.kind)).toEqual(refused.map(() => "problem"));
  });

  it("goes on after a broken line and says which it was", () => {
    expect(parse("alice ALL=\nbob ALL=(ALL ALL\ncarol ALL=ALL").map(({ kind, line }) => [kind, line])).toEqual([
      ["problem", 1],
      ["problem", 2],
      ["rule", 3],
    ]);
  });

  it("replaces aliases, wherever they stand, and keeps negation right", () => {
    const [first] = expanded(
      "OPS ALL = (ADM) SHELLS, !EDITORS\nUser_Alias OPS = alice, !%guests : DEV = bob\nRunas_Alias ADM = root\nCmnd_Alias SHELLS = /bin/sh, /bin/bash -c id\nCmnd_Alias EDITORS = /usr/bin/vi, !/usr/bin/view",
    );
    expect(first!.users).toEqual([
      { text: "alice", negated: false },
      { text: "%guests", negated: true },
    ]);
    expect(
      first!.commands.map(({ command, arguments: words, negated, runAsUsers }) => [
        command,
        words,
        negated,
        runAsUsers[0]!.text,
      ]),
    ).toEqual([
      ["/bin/sh", undefined, false, "root"],
      ["/bin/bash", "-c id", false, "root"],
      ["/usr/bin/vi", undefined, true, "root"],
      ["/usr/bin/view", undefined, false, "root"],
    ]);
  });

  it("replaces the aliases of hosts that a setting is limited to", () => {
    const statements = parse("Defaults@WEB, !db use_pty\nHost_Alias WEB = web1, !web2\nDefaults:bob !lecture");
    expect(expandDefaults(statements.map((one) => ({ ...one, file: "f" })))).toEqual([
      {
        file: "f",
        line: 1,
        scope: "@WEB, !db",
        hosts: [
          { text: "web1", negated: false },
          { text: "web2", negated: true },
          { text: "db", negated: true },
        ],
        name: "use_pty",
        value: true,
      },
      { file: "f", line: 3, scope: ":bob", name: "lecture", value: false },
    ]);
  });

  it("survives an alias that leads to itself, however often", () => {
    expect(expanded("User_Alias A = B\nUser_Alias B = A\nA ALL = ALL")[0]!.users).toEqual([]);
    expect(expanded("User_Alias A = A, A, bob\nA ALL = ALL")[0]!.users).toEqual([{ text: "bob", negated: false }]);
  });

  it("stops at aliases that grow by multiplication, and at too many in each other", () => {
    const chain = (length: number, items: (next: string) => string) =>
      Array.from({ length }, (_, at) => `Host_Alias A${at} = ${items(`A${at + 1}`)}`).join("\n");
    expect(() => expanded(`${chain(64, (next) => `${next}, ${next}`)}\nbob A0 = ALL`)).toThrow(
      `${limits.sudoersItems} items`,
    );
    expect(() => expanded(`${chain(limits.depth + 1, (next) => next)}\nbob A0 = ALL`)).toThrow(
      `${limits.depth} aliases`,
    );
    expect(expanded(`${chain(limits.depth - 1, (next) => next)}\nbob A0 = ALL`)[0]!.hosts).toHaveLength(1);
  });

  it.each([
    ["ALL", undefined, /any command/],
    ["/usr/bin/vim", undefined, /editor/],
    ["/usr/bin/docker", "run *", /containers/],
    ["/usr/bin/systemctl", "restart nginx", undefined],
    ["/usr/bin/systemctl", undefined, /pager/],
    ["/usr/local/bin/", undefined, /any program/],
    ["/usr/bin/python3.11", "/opt/job.py", undefined],
    ["/usr/bin/tee", undefined, /writes any file/],
    ["/usr/bin/*", undefined, /several programs/],
    ["/usr/sbin/reboot", undefined, undefined],
    ["sudoedit", "/etc/sudoers", /edits/],
    ["/bin/bash", "", /shell/],
  ])("tells whether %s %s gives a shell", (command, words, expected) => {
    const found = escapeOf({ command, arguments: words });
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(expected);
  });

  it("gives back whatever rules were written", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,7}$/);
    const users = fc.uniqueArray(
      fc.record({
        text: fc.tuple(fc.constantFrom("", "%", "+"), name).map((parts) => parts.join("")),
        negated: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3, selector: ({ text }) => text },
    );
    const command = fc.record({
      command: name.map((word) => `/usr/bin/${word}`),
      arguments: fc.option(fc.array(fc.stringMatching(/^[a-z0-9./*-]{1,6}$/), { minLength: 1, maxLength: 2 }), {
        nil: undefined,
      }),
      tag: fc.constantFrom("NOPASSWD", "PASSWD"),
    });
    const written = (list: readonly { text: string; negated: boolean }[]) =>
      list.map(({ text, negated }) => `${negated ? "!" : ""}${text}`).join(", ");
    fc.assert(
      fc.property(users, users, fc.array(command, { minLength: 1, maxLength: 3 }), (who, runAs, commands) => {
        const list = commands.map((one) => `${one.tag}: ${[one.command, ...(one.arguments ?? [])].join(" ")}`);
        const read = rule(`${written(who)} ALL = (${written(runAs)}) ${list.join(", ")}`);
        expect(read.users).toEqual(who);
        expect(
          read.commands.map((one) => ({
            command: one.command,
            arguments: one.arguments,
            tags: one.tags,
            as: one.runAsUsers,
          })),
        ).toEqual(
          commands.map((one) => ({
            command: one.command,
            arguments: one.arguments?.join(" "),
            tags: [one.tag],
            as: runAs,
          })),
        );
      }),
    );
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => expandSudoers(parse(text).map((statement) => ({ ...statement, file: "f" }))),
      [
        "alice",
        "%g",
        "ALL",
        "=",
        "(",
        ")",
        ":",
        ",",
        "!",
        " ",
        "\n",
        "\\",
        '"',
        "#",
        "Defaults",
        "User_Alias A",
        "Cmnd_Alias",
        "/bin/x",
        "NOPASSWD:",
        "sha256:a",
        "^",
        "$",
        "@include /x",
        "Host_Alias A",
        "Defaults@",
        "fe80::1",
        "A",
      ],
    );
  });
});
