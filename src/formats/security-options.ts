import type { ProfileSetting, SeLinuxSetting } from "./container-description.ts";

/** What the `--security-opt` values of Docker and Podman set. */
export interface SecurityOptions {
  readonly seccomp?: ProfileSetting | undefined;
  readonly appArmor?: ProfileSetting | undefined;
  readonly seLinux?: SeLinuxSetting | undefined;
  readonly noNewPrivileges: boolean;
  /** `systempaths=unconfined`: /proc and /sys are not masked. */
  readonly unmaskedPaths: boolean;
}

/** Reads `--security-opt` values: `seccomp=unconfined`, `apparmor:PROFILE`, `label=disable`, `no-new-privileges`; both separators are in use. Source: docker-run(1). */
export function parseSecurityOptions(options: readonly string[]): SecurityOptions {
  const pairs = options.map((option) => {
    const [, key = option, value = ""] = /^([a-z-]+)[=:]([\s\S]*)$/.exec(option) ?? [];
    return { key, value };
  });
  const last = (key: string) => pairs.findLast((pair) => pair.key === key)?.value;
  const newPrivileges = last("no-new-privileges");
  return {
    seccomp: profile(last("seccomp"), "builtin"),
    appArmor: profile(last("apparmor"), "docker-default"),
    seLinux: label(pairs.filter((pair) => pair.key === "label").map((pair) => pair.value)),
    noNewPrivileges: newPrivileges !== undefined && newPrivileges !== "false",
    unmaskedPaths: last("systempaths") === "unconfined" || last("unmask") !== undefined,
  };
}

function profile(value: string | undefined, builtIn: string): ProfileSetting | undefined {
  if (value === undefined || value === "") return undefined;
  if (value === "unconfined") return { kind: "unconfined" };
  if (value === builtIn) return { kind: "runtime-default" };
  return { kind: "localhost", profile: value.startsWith("{") ? "(inline)" : value.slice(0, 256) };
}

function label(values: readonly string[]): SeLinuxSetting | undefined {
  if (values.length === 0) return undefined;
  const named = (key: string) => values.findLast((value) => value.startsWith(`${key}:`))?.slice(key.length + 1);
  return {
    type: named("type"),
    user: named("user"),
    role: named("role"),
    level: named("level"),
    disabled: values.includes("disable"),
  };
}
