import type { z } from "zod";
import { authorisedKeys } from "../../facts/host/authorised-keys.ts";
import { type PasswdEntry, parsePasswd } from "../../formats/host/accounts.ts";
import { parseAuthorisedKeys, privateKeyEncryption } from "../../formats/host/ssh-key.ts";
import { effectiveSshd } from "../../formats/host/sshd-config.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { sshdLines } from "./ssh-server.ts";

type Value = z.input<typeof authorisedKeys.schema>;
interface Found {
  readonly keys: Value["keys"];
  readonly files: NonNullable<Value["files"]>;
  readonly credentials: NonNullable<Value["credentials"]>;
  readonly unread: NonNullable<Value["unread"]>;
}

/** Where tools keep credentials below a home, and what they open. */
const credentialFiles: readonly (readonly [string, string])[] = [
  [".netrc", "netrc"],
  [".git-credentials", "netrc"],
  [".kube/config", "kubeconfig"],
  [".docker/config.json", "registry"],
  [".config/containers/auth.json", "registry"],
  [".aws/credentials", "cloud"],
  [".azure/accessTokens.json", "cloud"],
  [".azure/msal_token_cache.json", "cloud"],
  [".config/gcloud/credentials.db", "cloud"],
  [".config/gcloud/application_default_credentials.json", "cloud"],
  [".config/doctl/config.yaml", "cloud"],
  [".vault-token", "vault"],
  [".pgpass", "database"],
  [".my.cnf", "database"],
  [".npmrc", "registry"],
  [".pypirc", "registry"],
  [".terraform.d/credentials.tfrc.json", "cloud"],
];

export default defineHostCollector<typeof authorisedKeys.schema>({
  reads: "host",
  provides: authorisedKeys,
  async *collect(root) {
    const passwd = await root.read("/etc/passwd");
    const source = "homes of /etc/passwd";
    if (!("text" in passwd)) {
      yield { subject: root.subject, source, unavailable: passwd.reason, remedy: "assess a host's root file system" };
      return;
    }
    const found: Found = { keys: [], files: [], credentials: [], unread: [] };
    const patterns = await keyFilePatterns(root);
    const homes = new Set<string>();
    for (const user of parsePasswd(passwd.text, "/etc/passwd")) {
      if (!user.home.startsWith("/")) continue;
      for (const pattern of patterns) await readKeys(root, user, keyFile(pattern, user), found);
      // Several system accounts share one home; what lies in it is told once.
      if (homes.has(user.home) || user.home === "/") continue;
      homes.add(user.home);
      await readCredentials(root, user, found);
    }
    yield { subject: root.subject, source, value: found };
  },
});

/** A Match block may name other files for some: whoever it is for, what lies there lets somebody in. */
async function keyFilePatterns(root: HostRoot): Promise<string[]> {
  const { settings, matches } = effectiveSshd((await sshdLines(root)).lines);
  const configured = [settings, ...matches.map((match) => match.settings)].flatMap(
    (one) => one["authorizedkeysfile"] ?? [],
  );
  if (settings["authorizedkeysfile"] === undefined) configured.unshift(".ssh/authorized_keys .ssh/authorized_keys2");
  const patterns = configured.flatMap((words) => words.split(/\s+/)).filter((pattern) => pattern !== "none");
  return [...new Set(patterns)];
}

/** sshd_config(5), TOKENS: %h is the home, %u the name, %U the number, %% a percent sign. */
function keyFile(pattern: string, user: PasswdEntry): string {
  const tokens: Readonly<Record<string, string>> = { h: user.home, u: user.name, U: String(user.uid), "%": "%" };
  const path = pattern.replaceAll(/%(.)/g, (whole, letter: string) => tokens[letter] ?? whole);
  return path.startsWith("/") ? path : `${user.home}/${path}`;
}

async function readKeys(root: HostRoot, user: PasswdEntry, path: string, found: Found): Promise<void> {
  const result = await root.read(path);
  if (!("text" in result)) {
    if (result.missing === "denied") found.unread.push({ path, reason: result.reason });
    return;
  }
  const stats = await root.stat(path);
  if (stats) found.files.push({ path, mode: octal(stats.mode), owner: stats.uid, user: user.name, uid: user.uid });
  for (const key of parseAuthorisedKeys(result.text))
    found.keys.push({ ...key, options: [...key.options], user: user.name, uid: user.uid, file: path });
}

async function readCredentials(root: HostRoot, user: PasswdEntry, found: Found): Promise<void> {
  for (const [name, kind] of credentialFiles) {
    const path = `${user.home}/${name}`;
    const stats = await root.stat(path);
    if (!stats?.isFile() || stats.size === 0) continue;
    if (await holdsSecret(root, path, kind))
      found.credentials.push({ path, kind, mode: octal(stats.mode), user: user.name });
  }
  const folder = `${user.home}/.ssh`;
  const listed = await root.list(folder);
  if (!("names" in listed)) {
    if (listed.missing === "denied") found.unread.push({ path: folder, reason: listed.reason });
    return;
  }
  for (const name of listed.names) {
    if (
      name.endsWith(".pub") ||
      name.startsWith("known_hosts") ||
      name.startsWith("authorized_keys") ||
      name === "config"
    )
      continue;
    const path = `${folder}/${name}`;
    const stats = await root.stat(path);
    if (!stats?.isFile() || stats.size > 65_536) continue;
    const encrypted = privateKeyEncryption((await root.text(path)) ?? "");
    if (encrypted !== undefined)
      found.credentials.push({ path, kind: "ssh-private-key", encrypted, mode: octal(stats.mode), user: user.name });
  }
}

/** Files of these names often hold settings only. */
async function holdsSecret(root: HostRoot, path: string, kind: string): Promise<boolean> {
  if (kind !== "registry") return true;
  const text = (await root.text(path)) ?? "";
  return /"auth"\s*:\s*"[^"]+"|_authToken\s*=|_auth\s*=|^\s*password\s*[:=]/m.test(text);
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
