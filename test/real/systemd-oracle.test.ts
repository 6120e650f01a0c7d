import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import serviceUnconfined from "../../src/checks/host/service-unconfined.ts";
import servicesCollector from "../../src/collectors/host/services.ts";
import { readUnit } from "../../src/collectors/host/unit-folders.ts";
import { HostRoot } from "../../src/collectors/host-root.ts";
import { defaultSettings } from "../../src/core/settings.ts";
import type { ServiceUnit } from "../../src/facts/host/services.ts";
import { type ExposureRow, scoreOf, serviceExposure } from "../../src/formats/host/service-exposure.ts";

/** systemd judges the same unit files: `systemd-analyze security --offline=true` and `systemctl --root=DIR is-enabled` need no running systemd. */
const scratch = mkdtempSync(join(tmpdir(), "systemd-oracle-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const present = ["systemd-analyze", "systemctl"].every(
  (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0,
);
function title(text: string): string {
  return present ? text : `${text} (skipped: systemd is not installed)`;
}

let made = 0;
/** A folder with files by path from its root; what is no text is a link. */
function tree(files: Readonly<Record<string, string | { readonly link: string }>>): string {
  const root = join(scratch, `root-${made++}`);
  mkdirSync(join(root, "etc/systemd/system"), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof content === "string") writeFileSync(join(root, path), content);
    else symlinkSync(content.link, join(root, path));
  }
  return root;
}

const folder = "/usr/lib/systemd/system";

interface TheirRow {
  readonly name: string;
  readonly set: boolean | null;
}
interface TheirMeasure {
  readonly rows: ReadonlyMap<string, boolean | null>;
  readonly score: number;
}

function analyse(root: string, unit: string): TheirMeasure | undefined {
  const run = (...more: string[]) =>
    spawnSync("systemd-analyze", ["security", "--offline=true", `--root=${root}`, "--no-pager", ...more, unit], {
      encoding: "utf8",
    });
  const rows = run("--json=short").stdout;
  if (!rows.startsWith("[")) return undefined;
  const score = /exposure level for \S+: ([\d.]+)/.exec(run().stdout)?.[1];
  return {
    rows: new Map((JSON.parse(rows) as TheirRow[]).map(({ name, set }) => [name, set])),
    score: Number(score),
  };
}

async function measure(root: string, unit: string): Promise<readonly ExposureRow[]> {
  const settings = await readUnit(new HostRoot(root, "host/x", false), unit);
  return serviceExposure(settings ?? [], unit).rows;
}

/**
 * Offline, systemd-analyze takes PrivateMounts= for on where it is not set at all and does not see that PrivateTmp= and others imply it;
 * asked of a running systemd it does. We hold to what systemd.exec(5) says, so that row and its weight alone may differ.
 */
const known = "PrivateMounts=";

function closed({ open }: ExposureRow): boolean | null {
  return open === undefined ? null : open === 0;
}

function differences(ours: readonly ExposureRow[], theirs: TheirMeasure): string[] {
  const rows = ours
    .filter((row) => row.option !== known && closed(row) !== theirs.rows.get(row.option))
    .map((row) => `${row.option} ours ${row.open}, theirs ${theirs.rows.get(row.option)}`);
  const asTheirs = ours.map((row) =>
    row.option === known ? { ...row, open: theirs.rows.get(known) === true ? 0 : 1 } : row,
  );
  const score = scoreOf(asTheirs);
  return score === theirs.score ? rows : [...rows, `score ours ${score}, theirs ${theirs.score}`];
}

const flags = ["yes", "no", "true", "off", "1", "perhaps", ""];
const namesOf = (all: string) =>
  fc.uniqueArray(fc.constantFrom(...all.split(" ")), { maxLength: 4 }).map((some) => some.join(" "));
const inverted = (text: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom("", "~"), text).map(([sign, rest]) => sign + rest);
const oneOf = (all: string) => fc.constantFrom(...all.split(" "), "", "nonsense");

/** Settings with values that systemd takes, passes over, or takes back. */
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ...Object.fromEntries(
    "PrivateDevices PrivateNetwork ProtectKernelModules ProtectKernelTunables ProtectKernelLogs ProtectClock LockPersonality MemoryDenyWriteExecute NoNewPrivileges RemoveIPC RestrictRealtime RestrictSUIDSGID ProtectHostname"
      .split(" ")
      .map((name) => [name, fc.constantFrom(...flags)]),
  ),
  // A value that DynamicUser= does not take ends the file for systemd, a unit's own file with an error.
  DynamicUser: fc.constantFrom("yes", "no", "true"),
  PrivateTmp: oneOf("yes no disconnected true"),
  PrivateUsers: oneOf("yes no self identity"),
  ProtectControlGroups: oneOf("yes no private strict"),
  ProtectHome: oneOf("yes no read-only tmpfs"),
  ProtectSystem: oneOf("yes no full strict"),
  ProtectProc: oneOf("default noaccess invisible ptraceable"),
  ProcSubset: oneOf("all pid"),
  KeyringMode: oneOf("private inherit shared"),
  NotifyAccess: oneOf("none main exec all"),
  DevicePolicy: oneOf("auto closed strict"),
  UMask: oneOf("0077 0027 022 0 0002 0022 99 007"),
  User: fc.constantFrom("root", "0", "daemon", "nobody", "", "%i", "svc-%p"),
  SupplementaryGroups: fc.constantFrom("", "adm", "adm tty"),
  CapabilityBoundingSet: inverted(
    namesOf(
      "CAP_SYS_ADMIN CAP_SETUID CAP_SYS_PTRACE CAP_NET_RAW CAP_KILL cap_chown CAP_BPF CAP_SYSLOG CAP_MKNOD CAP_NONE",
    ),
  ),
  AmbientCapabilities: inverted(namesOf("CAP_NET_BIND_SERVICE CAP_SYS_TIME CAP_NONE")),
  RestrictNamespaces: fc.oneof(fc.constantFrom(...flags), inverted(namesOf("user mnt ipc pid cgroup net uts"))),
  RestrictAddressFamilies: fc.oneof(
    fc.constant("none"),
    inverted(namesOf("AF_INET AF_INET6 AF_UNIX AF_NETLINK AF_PACKET AF_BLUETOOTH AF_WRONG")),
  ),
  // An error is only given to calls that are refused: one in a list of what is let through is refused too, which the program does not see.
  SystemCallFilter: fc.oneof(
    inverted(
      namesOf(
        "@system-service @privileged @clock @swap @mount @obsolete @resources @debug @wrong swapon swapoff ptrace stime write",
      ),
    ),
    namesOf("@module:EPERM reboot:EPERM write:13 @raw-io swapon:ENOSYS").map((names) => `~${names}`),
  ),
  SystemCallArchitectures: fc.constantFrom("native", "x86", "x86 native", ""),
  IPAddressDeny: fc.constantFrom("any", "0.0.0.0/0 ::/0", "0.0.0.0/0", "10.0.0.0/8", ""),
  IPAddressAllow: fc.constantFrom("localhost", "127.0.0.1", "10.0.0.0/8", "localhost 192.0.2.1", "::1", ""),
  DeviceAllow: fc.constantFrom("/dev/null rw", "char-tty r", "", "relative"),
  Delegate: fc.constantFrom(...flags, "cpu memory"),
  RootDirectory: fc.constantFrom("/", "/srv/root", ""),
};

const setting = fc
  .constantFrom(...Object.keys(values))
  .chain((name) => values[name]!.map((value) => `${name}=${value}`));
const sandbox = fc
  .tuple(
    fc.array(setting, { maxLength: 24 }),
    // Without a word on it theirs and ours differ: see `known`.
    fc.constantFrom("PrivateMounts=yes", "PrivateMounts=no"),
  )
  .map(([lines, mounts]) => `[Service]\n${[...lines, mounts].join("\n")}\n`);

/** Places of drop-ins for the instance `a-b-c@x.service`, not in the order in which they count. */
const places = [
  "etc/systemd/system/service.d/20.conf",
  "etc/systemd/system/a-.service.d/30.conf",
  "usr/lib/systemd/system/a-b-c@x.service.d/30.conf",
  "usr/lib/systemd/system/a-b-c@.service.d/10.conf",
  "run/systemd/system/a-b-c@.service.d/10.conf",
  "usr/local/lib/systemd/system/a-b-@.service.d/40.conf",
  "usr/lib/systemd/system/a-b-@.service.d/40.conf",
  "etc/systemd/system/a-b-@x.service.d/40.conf",
  "etc/systemd/system/a-b-.service.d/40.conf",
  "etc/systemd/system/a-@.service.d/10.conf",
  "etc/systemd/system/a.service.d/70.conf",
  "etc/systemd/system/a-b-c@x.service.d/20.conf",
  "etc/systemd/system/a-b-c@x.service.d/50.txt",
  "etc/systemd/system.control/a-b-c@x.service.d/05.conf",
  "run/systemd/system/service.d/60.conf",
];

describe("systemd-analyze security", () => {
  it.skipIf(!present)(
    title("made units: every option and the score, unit and drop-ins anywhere"),
    async () => {
      const dropIns = fc.uniqueArray(fc.tuple(fc.constantFrom(...places), sandbox), {
        maxLength: 6,
        selector: ([place]) => place,
      });
      let measured = 0;
      await fc.assert(
        fc.asyncProperty(sandbox, dropIns, async (unit, others) => {
          const root = tree({
            "usr/lib/systemd/system/a-b-c@.service": `${unit}ExecStart=/bin/true\n`,
            ...Object.fromEntries(others),
          });
          const theirs = analyse(root, "a-b-c@x.service");
          // A user's name that cannot be one stops systemd from loading the unit.
          if (theirs !== undefined) {
            measured++;
            expect(differences(await measure(root, "a-b-c@x.service"), theirs)).toEqual([]);
          }
          rmSync(root, { recursive: true });
        }),
        { numRuns: 120 },
      );
      expect(measured).toBeGreaterThan(100);
    },
    120_000,
  );

  it.skipIf(!present)(
    title("units of the installed packages: every option and the score"),
    async () => {
      const root = tree({});
      mkdirSync(join(root, "usr/lib/systemd"), { recursive: true });
      cpSync(folder, join(root, "usr/lib/systemd/system"), { recursive: true, verbatimSymlinks: true });
      const units = readdirSync(folder)
        .filter((name) => name.endsWith(".service"))
        .map((name) => name.replace("@.", "@x."));
      let rows = 0;
      let compared = 0;
      for (const unit of units) {
        const theirs = analyse(root, unit);
        if (theirs === undefined) continue;
        const ours = await measure(root, unit);
        expect([unit, ours.length]).toEqual([unit, theirs.rows.size]);
        expect([unit, differences(ours, theirs)]).toEqual([unit, []]);
        rows += ours.length - 1;
        compared++;
      }
      expect(compared).toBeGreaterThan(20);
      console.info(`${compared} of ${units.length} service units, ${rows} options, each as systemd-analyze judges it`);
    },
    120_000,
  );

  it.skipIf(!present)(title("the drop-in that is proposed brings a bare service to 7 or less"), async () => {
    const root = tree({ "usr/lib/systemd/system/x.service": "[Service]\nExecStart=/bin/true\n" });
    const units = await collected(root);
    expect(units.get("x.service")).toMatchObject({ exposure: 9.6 });
    const failing = serviceUnconfined.evaluate(
      {
        services: { manager: "systemd", units: [...units.values()] },
        sockets: {
          listeners: [{ protocol: "tcp", address: "0.0.0.0", port: 80, user: 0, unit: "x.service" }],
          sniffers: [],
        },
      },
      { now: new Date(), settings: defaultSettings, params: {} },
    );
    const script = JSON.stringify(failing);
    mkdirSync(join(root, "etc/systemd/system/x.service.d"));
    const lines = [...script.matchAll(/'([A-Za-z]+=[a-z]+)'/g)].map(([, line]) => line!);
    writeFileSync(join(root, "etc/systemd/system/x.service.d/90-confine.conf"), `[Service]\n${lines.join("\n")}\n`);
    expect(analyse(root, "x.service")?.score).toBeLessThanOrEqual(7);
    expect((await collected(root)).get("x.service")?.exposure).toBeLessThanOrEqual(7);
  });
});

const install = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n";
const library = "usr/lib/systemd/system";
const admin = "etc/systemd/system";

/** Units in every state that systemctl tells apart, with what we make of it; undefined where systemctl's word says nothing about starting. */
const enablement: Readonly<Record<string, string | { readonly link: string }>> = {
  [`${library}/wanted.service`]: install,
  [`${admin}/multi-user.target.wants/wanted.service`]: { link: `/${library}/wanted.service` },
  [`${library}/required.service`]: "[Service]\nExecStart=/bin/true\n[Install]\nRequiredBy=multi-user.target\n",
  [`${admin}/multi-user.target.requires/required.service`]: { link: `/${library}/required.service` },
  [`${library}/runtime.service`]: install,
  ["run/systemd/system/multi-user.target.wants/runtime.service"]: { link: `/${library}/runtime.service` },
  [`${library}/idle.service`]: install,
  [`${library}/still.service`]: "[Service]\nExecStart=/bin/true\n",
  [`${library}/masked.service`]: install,
  [`${admin}/masked.service`]: { link: "/dev/null" },
  [`${library}/masked-now.service`]: install,
  ["run/systemd/system/masked-now.service"]: { link: "/dev/null" },
  [`${library}/emptied.service`]: install,
  [`${admin}/emptied.service`]: "",
  [`${library}/masked-but-wanted.service`]: install,
  [`${admin}/masked-but-wanted.service`]: { link: "/dev/null" },
  [`${admin}/multi-user.target.wants/masked-but-wanted.service`]: { link: `/${library}/masked-but-wanted.service` },
  [`${library}/many@.service`]:
    "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\nDefaultInstance=one\n",
  [`${admin}/multi-user.target.wants/many@two.service`]: { link: `/${library}/many@.service` },
  [`${library}/listen.socket`]: "[Socket]\nListenStream=80\n[Install]\nWantedBy=sockets.target\n",
  [`${admin}/sockets.target.wants/listen.socket`]: { link: `/${library}/listen.socket` },
  [`${library}/daily.timer`]: "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n",
  [`${admin}/moved.service`]: { link: "/opt/moved.service" },
  ["opt/moved.service"]: install,
};

async function collected(root: string): Promise<ReadonlyMap<string, ServiceUnit>> {
  const context = { signal: new AbortController().signal, now: new Date() };
  for await (const observation of servicesCollector.collect(new HostRoot(root, "host/x", false), context))
    if ("value" in observation)
      return new Map((observation.value.units as ServiceUnit[]).map((unit) => [unit.name, unit]));
  throw new Error("the collector gave no value");
}

function stateOf(root: string, unit: string): string {
  return spawnSync("systemctl", [`--root=${root}`, "is-enabled", unit], { encoding: "utf8" }).stdout.trim();
}

describe("systemctl is-enabled", () => {
  it.skipIf(!present)(title("made units in every state"), async () => {
    const root = tree(enablement);
    const units = await collected(root);
    const names = [...units.keys()].filter((name) => !name.includes("@.")).sort();
    expect(names).toHaveLength(13);
    const told = names.map((name) => {
      const { enabled, masked } = units.get(name)!;
      return `${name} ${masked ? "masked" : enabled ? "enabled" : "off"}`;
    });
    const short = (state: string) =>
      state.replace(/-runtime$/, "").replace(/^(disabled|static|indirect|linked|alias)$/, "off");
    expect(told).toEqual(names.map((name) => `${name} ${short(stateOf(root, name))}`));
  });

  it.skipIf(!present)(title("units of this machine's packages"), async () => {
    const units = await collected("/");
    const pulledIn = new Set(
      readdirSync(folder)
        .filter((name) => /\.(wants|requires)$/.test(name))
        .flatMap((name) => readdirSync(join(folder, name))),
    );
    let compared = 0;
    for (const [name, { enabled, masked }] of units) {
      // A template is never started itself; systemctl calls it enabled for its instances.
      if (name.includes("@.")) continue;
      const state = stateOf("/", name);
      // Linked from a folder of the packages themselves a unit is started, though systemctl calls it static or disabled; an alias is started by its own name.
      if (/^(enabled|enabled-runtime)$/.test(state)) expect([name, state, enabled]).toEqual([name, state, true]);
      else if (/^masked/.test(state)) expect([name, state, masked, enabled]).toEqual([name, state, true, false]);
      else if (state === "disabled" && !pulledIn.has(name))
        expect([name, state, enabled]).toEqual([name, state, false]);
      else continue;
      compared++;
    }
    console.info(`${compared} of ${units.size} units are enabled, disabled or masked as systemctl says`);
    expect(compared).toBeGreaterThan(10);
  });
});
