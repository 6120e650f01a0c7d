import type { z } from "zod";
import { sessionLimits } from "../../facts/host/session-limits.ts";
import { shellTimeout, timeSpanSeconds } from "../../formats/host/session-timeout.ts";
import { parseUnitFile } from "../../formats/host/unit-file.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.input<typeof sessionLimits.schema>;
type Unread = NonNullable<Value["unread"]>;

export default defineHostCollector<typeof sessionLimits.schema>({
  reads: "host",
  provides: sessionLimits,
  async *collect(root) {
    const unread: Unread = [];
    const shell: NonNullable<Value["shell"]> = [];
    const scripts = ["/etc/profile", ...(await filesIn(root, "/etc/profile.d", ".sh", unread))];
    for (const file of [...scripts, "/etc/bash.bashrc", "/etc/bashrc"]) {
      const found = shellTimeout((await textOf(root, file, unread)) ?? "");
      if (found) shell.push({ file, ...found });
    }
    const value = { shell, logind: await logindLimit(root, unread), unread };
    yield { subject: root.subject, source: "/etc/profile, /etc/profile.d, /etc/systemd/logind.conf", value };
  },
});

/** Drop-ins come after the main file, by their names whichever folder they lie in; the last one counts. */
async function logindLimit(root: HostRoot, unread: Unread): Promise<Value["logind"]> {
  const dropIns = [
    ...(await filesIn(root, "/usr/lib/systemd/logind.conf.d", ".conf", unread)),
    ...(await filesIn(root, "/etc/systemd/logind.conf.d", ".conf", unread)),
  ].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  let limit: Value["logind"];
  for (const file of ["/etc/systemd/logind.conf", ...dropIns]) {
    for (const { section, name, value } of parseUnitFile((await textOf(root, file, unread)) ?? "")) {
      if (section !== "Login" || name !== "StopIdleSessionSec") continue;
      const seconds = timeSpanSeconds(value);
      limit = seconds === undefined ? undefined : { file, seconds };
    }
  }
  return limit;
}

async function filesIn(root: HostRoot, folder: string, ending: string, unread: Unread): Promise<string[]> {
  const listed = await root.list(folder);
  if ("names" in listed) return listed.names.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
  if (listed.missing !== "absent") unread.push({ path: folder, reason: listed.reason });
  return [];
}

async function textOf(root: HostRoot, path: string, unread: Unread): Promise<string | undefined> {
  const result = await root.read(path);
  if ("text" in result) return result.text;
  if (result.missing !== "absent") unread.push({ path, reason: result.reason });
  return undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
