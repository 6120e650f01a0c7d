import { describe, expect, it } from "vitest";
import { defaultSettings } from "../../core/settings.ts";
import { Missing, type Observation, Snapshot } from "../../core/snapshot.ts";
import { platform } from "../../facts/hardware/platform.ts";
import { accounts } from "../../facts/host/accounts.ts";
import { engine } from "../../facts/host/engine.ts";
import { hostOsRelease } from "../../facts/host/os-release.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";
import { rootPaths } from "../../facts/host/root-paths.ts";
import { rootPrograms } from "../../facts/host/root-programs.ts";
import { services } from "../../facts/host/services.ts";
import { sudo } from "../../facts/host/sudo.ts";
import derivedRoles from "./roles.ts";
import derivedRootPaths from "./root-paths.ts";

const subject = "host/a";
const observed = (fact: { id: string }, value: unknown): Observation => ({
  fact: fact.id,
  subject,
  source: "test",
  value,
});
const snapshot = (...observations: Observation[]) =>
  new Snapshot({ tool: "t", created: "2026-01-01T00:00:00Z", targets: [], observations });

async function derive(derivation: typeof derivedRoles, ...observations: Observation[]): Promise<Snapshot> {
  const found: Observation[] = [];
  for await (const observation of derivation.derive(snapshot(...observations), undefined)) found.push(observation);
  return snapshot(...found);
}

async function rolesOf(...observations: Observation[]): Promise<string[]> {
  const found = (await derive(derivedRoles, ...observations)).find(roles, subject);
  return found instanceof Missing ? [] : found.roles.map(({ role }) => role);
}

const one = (name: string, more: object = {}) =>
  observed(engine, {
    engines: [{ engine: name, shownBy: [`/usr/bin/${name}`], running: true, configurationFiles: [], ...more }],
  });

describe("roles", () => {
  it("follow from engines, platform, system and services", async () => {
    expect(await rolesOf(one("docker"), observed(platform, { virtual: true, cloud: "amazon" }))).toEqual([
      "cloud",
      "docker",
      "virtual",
    ]);
    expect(await rolesOf(one("docker", { rootless: true }))).toEqual(["docker", "rootless"]);
    expect(await rolesOf(one("kubelet", { controlPlane: ["/etc/kubernetes/manifests/etcd.yaml"] }))).toEqual([
      "kubernetes-control-plane",
      "kubernetes-worker",
    ]);
    expect(
      await rolesOf(
        observed(hostOsRelease, { id: "flatcar", path: "/etc/os-release" }),
        observed(platform, { virtual: false }),
      ),
    ).toEqual(["bare-metal", "container-os"]);
    expect(
      await rolesOf(
        observed(services, {
          manager: "systemd",
          units: [{ name: "gitlab-runner.service", enabled: true, masked: false, file: "f" }],
        }),
      ),
    ).toEqual(["ci"]);
  });

  it("are what the organisation says where it says so", () => {
    const found = { roles: [{ role: "docker" as const, shownBy: [] }] };
    expect([...rolesInForce(found, { ...defaultSettings, hostRoles: ["kubernetes-worker"] })]).toEqual([
      "kubernetes-worker",
    ]);
    expect([...rolesInForce(found, defaultSettings)]).toEqual(["docker"]);
  });
});

const user = (name: string, uid: number, groups: string[] = []) => ({
  name,
  uid,
  gid: uid,
  groups,
  home: `/home/${name}`,
  shell: "/bin/bash",
  interactive: true,
});
const people = (...users: ReturnType<typeof user>[]) =>
  observed(accounts, {
    users: [user("root", 0), ...users],
    groups: [
      { name: "docker", gid: 999, members: [] },
      { name: "sudo", gid: 27, members: [] },
      { name: "web", gid: 50, members: [] },
    ],
    shadow: true,
  });
const rule = (users: string[], command: object, more: object = {}) => ({
  file: "/etc/sudoers",
  line: 7,
  users: users.map((text) => ({ text: text.replace(/^!/, ""), negated: text.startsWith("!") })),
  hosts: [{ text: "ALL" }],
  commands: [{ command: "ALL", escape: "any command", ...command }],
  ...more,
});

async function pathsOf(...observations: Observation[]) {
  const found = (await derive(derivedRootPaths, ...observations)).find(rootPaths, subject);
  return found instanceof Missing ? [] : found.paths;
}

describe("paths to root", () => {
  const none = observed(engine, { engines: [] });

  it("lead through other accounts", async () => {
    const rules = [
      rule(["a"], { runAsUsers: [{ text: "b" }], tags: ["NOPASSWD"] }),
      rule(["b"], { runAsUsers: [{ text: "#1002" }], tags: ["NOPASSWD"] }),
      rule(["d"], { runAsUsers: [{ text: "a" }] }),
      rule(["e"], { runAsUsers: [], runAsGroups: [{ text: "web" }] }),
    ];
    const paths = await pathsOf(
      people(user("a", 1000), user("b", 1001), user("c", 1002, ["docker"]), user("d", 1003), user("e", 1004)),
      observed(sudo, { installed: true, rules }),
      none,
    );
    expect(paths.map(({ user, withoutPassword, steps }) => [user, withoutPassword, steps.length])).toEqual([
      ["a", true, 4],
      ["b", true, 3],
      ["c", true, 2],
      ["d", false, 5],
    ]);
    expect(paths[0]?.steps.slice(0, 2)).toEqual([
      "a may run ALL as b (/etc/sudoers:7): any command",
      "b may run ALL as c (/etc/sudoers:7): any command",
    ]);
  });

  it("say what could not be read", async () => {
    const rules = { installed: true, rules: [], unread: [{ path: "/etc/sudoers", reason: "/etc/sudoers is closed" }] };
    const derived = await derive(derivedRootPaths, people(user("a", 1000)), observed(sudo, rules), none);
    expect(derived.find(rootPaths, subject)).toMatchObject({
      notSeen: expect.arrayContaining(["/etc/sudoers is closed"]),
    });
  });

  it("go by the last entry of sudoers that fits", async () => {
    const asked = [
      rule(["a", "b"], { tags: ["NOPASSWD"] }),
      rule(["a"], { tags: ["PASSWD"] }),
      rule(["b"], { negated: true }),
    ];
    const paths = await pathsOf(
      people(user("a", 1000), user("b", 1001)),
      observed(sudo, { installed: true, rules: asked }),
      none,
    );
    expect(paths.map(({ user, withoutPassword }) => [user, withoutPassword])).toEqual([["a", false]]);
  });

  it("leave out rules of other hosts, and let what cannot be told give but never take", async () => {
    const elsewhere = { holdsHere: "no" };
    const open = { holdsHere: "unknown", holdsHereReason: "who belongs to +web is not looked up" };
    const rules = [
      rule(["a"], { tags: ["NOPASSWD"] }, elsewhere),
      rule(["b"], { tags: ["NOPASSWD"] }, open),
      rule(["c"], { tags: ["NOPASSWD"] }),
      rule(["c"], { negated: true }, open),
      rule(["d"], {}),
      rule(["d"], { tags: ["NOPASSWD"] }, open),
      rule(["e"], { tags: ["NOPASSWD"] }),
      rule(["e"], { tags: ["PASSWD"] }, open),
      rule(["f"], { tags: ["NOPASSWD"] }, open),
      rule(["f"], { negated: true }),
    ];
    const names = ["a", "b", "c", "d", "e", "f"];
    const paths = await pathsOf(
      people(...names.map((name, at) => user(name, 1000 + at))),
      observed(sudo, { installed: true, rules }),
      none,
    );
    expect(paths.map(({ user, withoutPassword }) => [user, withoutPassword])).toEqual([
      ["b", true],
      ["c", true],
      ["d", true],
      ["e", true],
    ]);
    const doubt = "whether it holds for this host could not be told: who belongs to +web is not looked up";
    expect(paths.map(({ steps }) => steps[0]!.includes(doubt))).toEqual([true, false, true, false]);
  });

  it("heed settings of hosts of which this is or may be one", async () => {
    const setting = (holdsHere: string, value: boolean) => ({
      file: "f",
      line: 1,
      scope: "@web",
      holdsHere,
      name: "authenticate",
      value,
    });
    const asked = async (...defaults: object[]) => {
      const found = observed(sudo, { installed: true, rules: [rule(["a"], {})], defaults });
      return (await pathsOf(people(user("a", 1000)), found, none))[0]?.withoutPassword;
    };
    expect(await asked(setting("yes", false))).toBe(true);
    expect(await asked(setting("unknown", false))).toBe(true);
    expect(await asked(setting("no", false))).toBe(false);
    expect(await asked(setting("yes", false), setting("unknown", true))).toBe(true);
    expect(await asked(setting("unknown", false), setting("yes", true))).toBe(false);
  });

  it("lead through programs of root that an account may change", async () => {
    const place = (path: string, mode: string, owner: number, group = 0) => ({
      path,
      mode,
      owner,
      group,
      kind: "file",
    });
    const programs = observed(rootPrograms, {
      looked: 3,
      programs: [
        { path: "/opt/x", startedBy: ["/etc/crontab"], places: [place("/opt/x", "0755", 1000)] },
        { path: "/opt/y", startedBy: ["y.service"], places: [place("/opt", "2775", 0, 50)] },
        { path: "/tmp/z", startedBy: ["/etc/crontab"], places: [{ ...place("/tmp", "1777", 0), sticky: true }] },
      ],
    });
    const paths = await pathsOf(people(user("a", 1000), user("b", 1001, ["web"]), user("c", 1002)), programs, none);
    expect(paths.map(({ user, by, steps }) => [user, by, steps])).toEqual([
      ["a", "program", ["a may change /opt/x (mode 0755); root runs it by /etc/crontab"]],
      ["b", "program", ["b may change /opt, which leads to /opt/y (mode 2775); root runs it by y.service"]],
    ]);
  });

  it("are those without a password first, then the shortest", async () => {
    const rules = observed(sudo, { installed: true, rules: [rule(["a"], {}), rule(["%sudo"], {})] });
    const [path] = await pathsOf(people(user("a", 1000, ["sudo"])), rules, none);
    expect(path).toMatchObject({
      by: "sudo",
      withoutPassword: false,
      steps: ["a may run ALL as root (/etc/sudoers:7): any command"],
    });
    const [shorter] = await pathsOf(people(user("a", 1000, ["docker", "sudo"])), rules, none);
    expect(shorter).toMatchObject({ by: "group", withoutPassword: true });
  });

  it("tell groups, sockets and numbers", async () => {
    const docker = observed(engine, {
      engines: [
        {
          engine: "docker",
          shownBy: [],
          running: true,
          configurationFiles: [],
          sockets: [{ path: "/run/docker.sock", mode: "0660", owner: 0, group: 50 }],
        },
      ],
    });
    const paths = await pathsOf(
      people(user("a", 1000, ["docker"]), user("b", 1001, ["web"]), user("c", 0), user("d", 1002)),
      observed(sudo, { installed: false, rules: [] }),
      docker,
    );
    expect(paths.map(({ user, by }) => [user, by])).toEqual([
      ["a", "group"],
      ["b", "socket"],
      ["c", "uid"],
    ]);
  });

  it("heed negation, run-as lists, numbers and passwords of sudo", async () => {
    const rules = [rule(["ALL", "!b"], { tags: ["NOPASSWD"] }), rule(["#1001"], { runAsUsers: [{ text: "web" }] })];
    const paths = await pathsOf(
      people(user("a", 1000), user("b", 1001)),
      observed(sudo, { installed: true, rules }),
      none,
    );
    expect(paths.map(({ user, withoutPassword }) => [user, withoutPassword])).toEqual([["a", true]]);
  });

  it("heed a setting that asks nobody, and membership by number", async () => {
    const defaults = [{ file: "f", line: 1, scope: ":a", name: "authenticate", value: false }];
    const paths = await pathsOf(
      people(user("a", 1000, ["sudo"]), user("b", 1001, ["sudo"])),
      observed(sudo, { installed: true, rules: [rule(["%#27"], {})], defaults }),
      none,
    );
    expect(paths.map(({ user, withoutPassword, steps }) => [user, withoutPassword, steps.length])).toEqual([
      ["a", true, 2],
      ["b", false, 2],
    ]);
  });
});
