import { messageOf } from "../../core/errors.ts";
import { pam } from "../../facts/host/pam.ts";
import { type PamInclude, type PamLine, parsePam } from "../../formats/host/pam.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

/** Services through which people come in or rise. */
const asked = [
  "sshd",
  "login",
  "su",
  "su-l",
  "sudo",
  "sudo-i",
  "passwd",
  "common-auth",
  "common-password",
  "system-auth",
  "password-auth",
  "cockpit",
  "gdm-password",
  "polkit-1",
  "other",
];
const folders = ["/etc/pam.d", "/usr/lib/pam.d", "/usr/share/pam.d"];
const includeDepth = 16;

export default defineHostCollector<typeof pam.schema>({
  reads: "host",
  provides: pam,
  async *collect(root) {
    const reader = new PamReader(root);
    const services: Record<string, { type: PamLine["type"]; control: string; module: string; arguments: string[] }[]> =
      {};
    for (const name of asked) {
      const lines = await reader.stack(name, 0);
      if (lines)
        services[name] = lines.map(({ type, control, module, arguments: words }) => ({
          type,
          control,
          module,
          arguments: [...words],
        }));
    }
    const source = "/etc/pam.d";
    if (Object.keys(services).length === 0) {
      const listed = await root.list("/etc/pam.d");
      yield {
        subject: root.subject,
        source,
        unavailable: "reason" in listed ? listed.reason : "/etc/pam.d holds none of the services asked for",
        remedy: "assess a host that uses PAM",
      };
      return;
    }
    const settings: Record<string, Record<string, string>> = {};
    for (const name of ["pwquality", "faillock", "pwhistory"]) settings[name] = await settingsOf(root, name);
    yield { subject: root.subject, source, value: { services, settings, unread: reader.unread } };
  },
});

/** A bare word switches on, as `even_deny_root`. */
async function settingsOf(root: HostRoot, name: string): Promise<Record<string, string>> {
  const files = [`/etc/security/${name}.conf`];
  const listed = await root.list(`/etc/security/${name}.conf.d`);
  if ("names" in listed)
    files.push(
      ...listed.names.filter((file) => file.endsWith(".conf")).map((file) => `/etc/security/${name}.conf.d/${file}`),
    );
  const values: Record<string, string> = {};
  for (const file of files) {
    for (const raw of ((await root.text(file)) ?? "").split("\n")) {
      const [, key, value] = /^\s*([a-z_]+)\s*(?:=\s*(.*?))?\s*$/.exec(raw.replace(/#.*$/, "")) ?? [];
      if (key !== undefined) values[key] = value ?? "";
    }
  }
  return values;
}

class PamReader {
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;

  constructor(root: HostRoot) {
    this.#root = root;
  }

  /** The modules of a service; `include` and `substack` bring those of one type, `@include` all. */
  async stack(service: string, depth: number): Promise<PamLine[] | undefined> {
    if (depth > includeDepth || service.includes("/")) return undefined;
    const lines = await this.#read(service);
    if (!lines) return undefined;
    const all: PamLine[] = [];
    for (const line of lines) {
      if ("include" in line) all.push(...((await this.stack(line.include, depth + 1)) ?? []));
      else if (line.control === "include" || line.control === "substack") {
        all.push(...((await this.stack(line.module, depth + 1)) ?? []).filter((inner) => inner.type === line.type));
      } else all.push(line);
    }
    return all;
  }

  async #read(service: string): Promise<(PamLine | PamInclude)[] | undefined> {
    for (const folder of folders) {
      const path = `${folder}/${service}`;
      const result = await this.#root.read(path);
      if (!("text" in result)) {
        if (result.missing !== "absent") this.unread.push({ path, reason: result.reason });
        continue;
      }
      try {
        return parsePam(result.text, path);
      } catch (error) {
        this.unread.push({ path, reason: messageOf(error) });
        return undefined;
      }
    }
    return undefined;
  }
}
