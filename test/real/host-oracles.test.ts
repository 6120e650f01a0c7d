import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import filesCollector from "../../src/collectors/host/files.ts";
import sshCollector from "../../src/collectors/host/ssh-server.ts";
import updatesCollector from "../../src/collectors/host/updates.ts";
import { HostRoot } from "../../src/collectors/host-root.ts";
import type { Collected } from "../../src/core/collector.ts";
import { parseKernelConfig } from "../../src/formats/host/kernel-config.ts";
import { parseMountInfo } from "../../src/formats/host/mountinfo.ts";
import { parseNetworkSockets } from "../../src/formats/host/proc-net.ts";
import { parseAuthorisedKeys } from "../../src/formats/host/ssh-key.ts";
import { parseSudoers } from "../../src/formats/host/sudoers.ts";
import { expandSudoers } from "../../src/formats/host/sudoers-rules.ts";
import { parseLoginRecords } from "../../src/formats/host/utmp.ts";
import { decompressLz4 } from "../../src/formats/lz4.ts";
import { parseToml } from "../../src/formats/toml.ts";

/** The host's own programs judge the same inputs; where one is missing its tests are skipped and say so. */
const scratch = mkdtempSync(join(tmpdir(), "oracles-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
function title(text: string, program: string): string {
  return has(program) ? text : `${text} (skipped: ${program} is not installed)`;
}
async function collectedValue<T>(found: AsyncIterable<Collected<T>> | Iterable<Collected<T>>): Promise<T> {
  for await (const observation of found) if ("value" in observation) return observation.value;
  throw new Error("the collector gave no value");
}
const context = { signal: new AbortController().signal, now: new Date() };

/** Lines that sudo accepts or refuses, one statement each. */
const sudoersLines = [
  "root ALL=(ALL:ALL) ALL",
  "%sudo ALL=(ALL:ALL) NOPASSWD: ALL",
  "alice web1,web2 = (www : adm) /usr/bin/less /var/log/*, !/usr/bin/vi",
  "#1000 ALL = /bin/ls",
  "%#27 ALL = (:adm) /bin/ls",
  "+admins ALL = ALL",
  '"user name" ALL = ALL',
  'bob ALL = /bin/x "", /bin/y a\\,b\\:c\\=d',
  "bob ALL = sudoedit /etc/motd",
  "bob ALL = /bin/mount -o size=1 x=, /bin/ls =a, /bin/b=c",
  "bob ALL = /bin/cat x = y",
  "bob ALL = /usr/local/bin/",
  "bob A = /bin/a : B = /bin/b",
  "bob ALL = (root) CWD=/tmp NOPASSWD: NOEXEC: SETENV: /bin/a",
  "bob ALL = sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+NsQ== /bin/ls",
  "bob ALL = ^/usr/bin/ls$ ^-l$",
  "Defaults env_reset",
  'Defaults secure_path="/usr/bin:/bin", !lecture, timestamp_timeout=5',
  'Defaults env_keep += "A B"',
  "Defaults:alice !authenticate",
  "Defaults@web use_pty",
  "Defaults>root noexec",
  "Defaults!/bin/ls noexec",
  "User_Alias OPS = alice, %ops : DEV = bob",
  "Cmnd_Alias C = /bin/a, /bin/b x y",
  "Runas_Alias R = root, #0",
  "Host_Alias H = 10.0.0.0/8, web1",
  "@includedir /nonexistent.d",
  "# a comment",
  "bob ALL=",
  "bob ALL",
  "bob = ALL",
  "ALL=ALL",
  "bob ALL=(root ALL",
  "User_Alias lower = a",
  "User_Alias = a",
  "bob ALL = relative",
  "bob ALL = ALL,",
  ", ALL = ALL",
  "Defaults =",
];

describe("sudoers", () => {
  it.skipIf(!has("visudo"))(title("accepts and refuses the lines that visudo does", "visudo"), () => {
    const differences = sudoersLines.filter((line) => {
      const path = join(scratch, "sudoers");
      writeFileSync(path, `${line}\n`, { mode: 0o440 });
      const accepted = spawnSync("visudo", ["-c", "-f", path]).status === 0;
      const problems = parseSudoers(`${line}\n`, path).filter((statement) => statement.kind === "problem");
      return accepted !== (problems.length === 0);
    });
    // visudo knows commands must be absolute; a relative one grants nothing, so reading it is harmless.
    expect(differences).toEqual(["bob ALL = relative"]);
  });

  it.skipIf(!has("cvtsudoers"))(title("expands aliases as cvtsudoers does", "cvtsudoers"), () => {
    const text =
      "User_Alias OPS = alice, bob\nCmnd_Alias SH = /bin/sh, /bin/bash -c id\nRunas_Alias R = root, www-data\nOPS ALL = (R) NOPASSWD: SH, PASSWD: /bin/ls\n%adm ALL = ALL\n";
    const path = join(scratch, "aliases");
    writeFileSync(path, text);
    const theirs = JSON.parse(execFileSync("cvtsudoers", ["-f", "json", "-e", path], { encoding: "utf8" })) as {
      User_Specs: {
        User_List: Record<string, string>[];
        Cmnd_Specs: { Commands: { command: string }[]; runasusers?: Record<string, string>[] }[];
      }[];
    };
    const ours = expandSudoers(parseSudoers(text, path).map((statement) => ({ ...statement, file: path })));
    const names = (list: readonly Record<string, string>[]) =>
      list.map((item) => (item["usergroup"] ? `%${item["usergroup"]}` : (item["username"] ?? "")));
    expect(ours.map((rule) => rule.users.map(({ text }) => text))).toEqual(
      theirs.User_Specs.map((spec) => names(spec.User_List)),
    );
    expect(
      ours.map((rule) =>
        rule.commands.map((command) => [command.command, command.arguments].filter(Boolean).join(" ")),
      ),
    ).toEqual(
      theirs.User_Specs.map((spec) => spec.Cmnd_Specs.flatMap((entry) => entry.Commands.map(({ command }) => command))),
    );
  });
});

const sshdConfigurations = [
  "Port 2222\nPermitRootLogin no\nPermitRootLogin yes\nMaxAuthTries 3\n",
  "Include parts/*.conf\nX11Forwarding no\nPasswordAuthentication no\n",
  "PasswordAuthentication no\nAllowUsers a b\nAllowUsers c\nMatch User git\n X11Forwarding yes\nMatch all\nMaxSessions 7\n",
  'Banner "/etc/issue.net" # note\nClientAliveInterval = 60\nKbdInteractiveAuthentication no\n',
  "Include parts/20-match.conf\nAllowTcpForwarding no\n",
];

describe("sshd_config", () => {
  it.skipIf(!has("/usr/sbin/sshd"))(title("amounts to what sshd -T prints", "/usr/sbin/sshd"), async () => {
    mkdirSync("/run/sshd", { recursive: true });
    for (const [index, text] of sshdConfigurations.entries()) {
      const folder = join(scratch, `ssh-${index}`);
      mkdirSync(join(folder, "etc/ssh/parts"), { recursive: true });
      mkdirSync(join(folder, "usr/sbin"), { recursive: true });
      writeFileSync(join(folder, "usr/sbin/sshd"), "");
      writeFileSync(join(folder, "etc/ssh/parts/10.conf"), "X11Forwarding yes\nMaxAuthTries 2\n");
      writeFileSync(join(folder, "etc/ssh/parts/20-match.conf"), "Match User nobody-else\n PermitTTY no\n");
      // Relative includes are looked for in /etc/ssh: for sshd itself they are made absolute.
      writeFileSync(join(folder, "etc/ssh/sshd_config"), text.replaceAll("parts/", "/etc/ssh/parts/"));
      const own = join(folder, "for-sshd");
      const key = join(folder, "key");
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
      writeFileSync(own, `HostKey ${key}\n${text.replaceAll("parts/", `${folder}/etc/ssh/parts/`)}`);
      const printed = execFileSync("/usr/sbin/sshd", ["-T", "-f", own], { encoding: "utf8" });
      const theirs = new Map<string, string>();
      for (const line of printed.trim().split("\n")) {
        const [name, ...rest] = line.split(" ");
        theirs.set(name!, theirs.has(name!) ? `${theirs.get(name!)} ${rest.join(" ")}` : rest.join(" "));
      }
      const ours = await collectedValue(sshCollector.collect(new HostRoot(folder, "host/x", false), context));
      for (const [name, value] of Object.entries(ours.settings ?? {}))
        expect([name, theirs.get(name)?.toLowerCase()]).toEqual([name, value.toLowerCase()]);
    }
  });

  it.skipIf(!has("ssh-keygen"))(title("fingerprints keys as ssh-keygen does", "ssh-keygen"), () => {
    for (const [type, bits] of [
      ["rsa", "2048"],
      ["rsa", "3072"],
      ["ed25519", "256"],
      ["ecdsa", "384"],
    ] as const) {
      const path = join(scratch, `key-${type}-${bits}`);
      execFileSync("ssh-keygen", ["-q", "-t", type, "-b", bits, "-N", "", "-f", path]);
      const [theirBits, fingerprint] = execFileSync("ssh-keygen", ["-l", "-f", `${path}.pub`], {
        encoding: "utf8",
      }).split(" ");
      expect(parseAuthorisedKeys(readFileSync(`${path}.pub`, "utf8"))[0]).toMatchObject({
        bits: Number(theirBits),
        fingerprint,
      });
    }
  });
});

describe("kernel tables", () => {
  it.skipIf(!has("findmnt"))(title("mountinfo gives what findmnt prints", "findmnt"), () => {
    const theirs = execFileSync("findmnt", ["--kernel", "--raw", "--noheadings", "--output", "TARGET,FSTYPE,SOURCE"], {
      encoding: "utf8",
    })
      .trim()
      .split("\n")
      .sort();
    const ours = parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8"), "mountinfo").map((mount) =>
      [mount.mountPoint, mount.type, `${mount.source}${mount.root === "/" ? "" : `[${mount.root}]`}`].join(" "),
    );
    expect(ours.sort()).toEqual(theirs);
  });

  it.skipIf(!has("findmnt"))(title("any names in mountinfo are what findmnt reads", "findmnt"), () => {
    const name = fc.string({
      unit: fc.constantFrom(" ", "\t", "\n", "\\", "a", "é", "漢", "0"),
      minLength: 1,
      maxLength: 9,
    });
    const kernel = (text: string) =>
      text.replaceAll(/[ \t\n\\]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`);
    const mount = fc.record({ root: name, point: name, type: name, source: name, option: name });
    const path = join(scratch, "mountinfo");
    let compared = 0;
    fc.assert(
      fc.property(fc.array(mount, { minLength: 1, maxLength: 20 }), (mounts) => {
        const lines = mounts.map(
          ({ root, point, type, source, option }, index) =>
            `${index + 2} 1 1:${index + 1} /r${kernel(root)} /p${kernel(point)} rw,noexec shared:1 - t${kernel(type)} s${kernel(source)} rw,dir=${kernel(option)}`,
        );
        writeFileSync(path, `1 9000 8:1 / / rw - ext4 /dev/sda1 rw\n${lines.join("\n")}\n`);
        const columns = "ID,PARENT,MAJ:MIN,FSROOT,TARGET,FSTYPE,SOURCE,VFS-OPTIONS,FS-OPTIONS";
        const printed = execFileSync("findmnt", ["-F", path, "-J", "-l", "--nofsroot", "-o", columns], {
          encoding: "utf8",
        });
        const theirs = (JSON.parse(printed) as { filesystems: Record<string, string | number>[] }).filesystems;
        const ours = parseMountInfo(readFileSync(path, "utf8"), path);
        compared += ours.length;
        expect(
          ours.map((one) => [
            ...[one.id, one.parent, one.device, one.root, one.mountPoint, one.type, one.source],
            ...[one.options.join(","), one.superOptions.join(",")],
          ]),
        ).toEqual(theirs.sort((a, b) => Number(a["id"]) - Number(b["id"])).map((one) => Object.values(one)));
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  const configurations = [
    "/proc/config.gz",
    ...readdirSync("/boot")
      .filter((file) => file.startsWith("config-"))
      .map((file) => `/boot/${file}`),
  ].filter((path) => existsSync(path));
  it.skipIf(configurations.length === 0)(
    configurations.length === 0
      ? "kernel configurations as a shell reads them (skipped: the machine shows none)"
      : "kernel configurations as a shell reads them",
    () => {
      for (const path of configurations) {
        const bytes = readFileSync(path);
        const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
        const plain = join(scratch, "config");
        writeFileSync(plain, text);
        // The file is one of shell assignments too: a shell knows its quotes.
        const printed = execFileSync("env", ["-i", "sh", "-c", `. ${plain}; set`], { encoding: "utf8" });
        const ours = Object.entries(parseKernelConfig(text));
        const theirs = new Set(printed.split("\n").filter((line) => line.startsWith("CONFIG_")));
        const missing = ours.filter(([name, value]) => !theirs.has(`CONFIG_${name}='${value}'`));
        expect([path, missing]).toEqual([path, []]);
        expect([path, ours.length]).toEqual([path, theirs.size]);
        expect(ours.length).toBeGreaterThan(100);
      }
    },
  );

  it.skipIf(!has("ss"))(title("/proc/net/tcp gives what ss prints", "ss"), () => {
    const theirs = execFileSync("ss", ["-H", "-l", "-t", "-n", "-4"], { encoding: "utf8" })
      .trim()
      .split("\n")
      .flatMap((line) => line.trim().split(/\s+/)[3] ?? [])
      .map((text) => text.replace(/%\w+/, ""));
    const ours = parseNetworkSockets(readFileSync("/proc/net/tcp", "utf8"), "tcp")
      .filter(({ state }) => state === 10)
      .map(({ localAddress, localPort }) => `${localAddress}:${localPort}`);
    expect(new Set(ours)).toEqual(new Set(theirs));
  });

  it.skipIf(!has("utmpdump"))(title("login records read as utmpdump prints them", "utmpdump"), () => {
    const text =
      "[7] [04711] [ts/0] [alice   ] [pts/0       ] [198.51.100.7        ] [198.51.100.7   ] [2025-06-01T10:20:30,000000+00:00]\n[8] [04711] [ts/0] [        ] [pts/0       ] [                    ] [0.0.0.0        ] [2025-06-01T11:20:30,000000+00:00]\n";
    const bytes = execFileSync("utmpdump", ["-r"], { input: text });
    const records = parseLoginRecords(bytes, "wtmp");
    expect(
      records.map(({ type, user, line, host, address, time }) => [
        type,
        user.trim(),
        line.trim(),
        host.trim(),
        address,
        new Date(time * 1000).toISOString(),
      ]),
    ).toEqual([
      ["user", "alice", "pts/0", "198.51.100.7", "198.51.100.7", "2025-06-01T10:20:30.000Z"],
      ["dead", "", "pts/0", "", undefined, "2025-06-01T11:20:30.000Z"],
    ]);
  });
});

describe("archives and lists", () => {
  it.skipIf(!has("lz4"))(title("LZ4 gives back what lz4 packed, at every level and form", "lz4"), () => {
    const content = Buffer.concat([
      readFileSync("/etc/passwd"),
      Buffer.alloc(300_000, "abc"),
      readFileSync(process.execPath).subarray(0, 3_000_000),
    ]);
    const path = join(scratch, "content");
    writeFileSync(path, content);
    for (const options of [
      ["-1"],
      ["-9"],
      ["-12", "-BD"],
      ["-B4", "-BX"],
      ["--no-frame-crc"],
      ["--content-size"],
      ["-l"],
    ]) {
      const packed = execFileSync("lz4", ["-c", "-q", ...options, path], { maxBuffer: 64 * 1024 ** 2 });
      expect([options, Buffer.from(decompressLz4(packed, "x")).equals(content)]).toEqual([options, true]);
    }
  });

  const lists = existsSync("/var/lib/apt/lists") && has("apt-get");
  it.skipIf(!lists)(
    lists
      ? "pending updates are those that apt would take"
      : "pending updates are those that apt would take (skipped: no apt)",
    async () => {
      const ours = await collectedValue(updatesCollector.collect(new HostRoot("/", "host/x", true), context));
      if (ours.unknownBecause !== undefined) return;
      const printed = execFileSync("apt-get", ["-s", "-o", "Debug::NoLocking=true", "dist-upgrade"], {
        encoding: "utf8",
        maxBuffer: 64 * 1024 ** 2,
      });
      // apt also reinstalls a version whose archive has other metadata: that is no update.
      const lines = [...printed.matchAll(/^Inst (\S+) \[([^\]]*)\] \((\S+)/gm)].filter(
        ([, , installed, offered]) => installed !== offered,
      );
      const theirs = lines.map((match) => match[1]!.split(":")[0]!);
      const missed = theirs.filter((name) => !ours.pending?.some((update) => update.package === name));
      expect(missed).toEqual([]);
    },
    60_000,
  );

  it.skipIf(!has("dpkg"))(
    title("files without a package are unknown to dpkg too", "dpkg"),
    async () => {
      const ours = await collectedValue(filesCollector.collect(new HostRoot("/", "host/x", true), context));
      const known = (ours.unpackaged ?? [])
        .slice(0, 40)
        .filter(({ path }) =>
          [path, path.replace(/^\/usr/, "")].some((name) => spawnSync("dpkg", ["-S", name]).status === 0),
        );
      expect(known.map(({ path }) => path)).toEqual([]);
    },
    120_000,
  );

  it.skipIf(!has("find"))(
    title("set-user-id programs are those that find lists", "find"),
    async () => {
      const ours = await collectedValue(filesCollector.collect(new HostRoot("/", "host/x", true), context));
      const theirs = execFileSync("find", ["/usr", "-xdev", "-type", "f", "-perm", "/6000", "-perm", "/0111"], {
        encoding: "utf8",
      })
        .trim()
        .split("\n")
        .filter(Boolean);
      expect(
        (ours.setuid ?? [])
          .map(({ path }) => path)
          .filter((path) => path.startsWith("/usr/"))
          .sort(),
      ).toEqual(theirs.sort());
    },
    120_000,
  );

  it.skipIf(!has("python3"))(title("TOML reads as Python's tomllib does", "python3"), () => {
    const text =
      "a = [1, 2.5, \"x\", {b = true}]\n[t.\"q.r\"]\nd = \"\\u00e9\\n\"\nn = 0x1F\n[[l]]\nk = '''\nmulti'''\n[[l]]\n[l.s]\nz = -7\n";
    const theirs = JSON.parse(
      execFileSync("python3", ["-c", "import sys,json,tomllib;print(json.dumps(tomllib.loads(sys.stdin.read())))"], {
        input: text,
        encoding: "utf8",
      }),
    ) as unknown;
    expect(JSON.parse(JSON.stringify(parseToml(text, "x")))).toEqual(theirs);
  });
});
