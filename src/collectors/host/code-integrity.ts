import type { z } from "zod";
import { codeIntegrity } from "../../facts/host/code-integrity.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.output<typeof codeIntegrity.schema>;

const folder = "/sys/kernel/security/ipe";

/** Reads what IPE shows of itself (Linux, Documentation/admin-guide/LSM/ipe.rst). */
export default defineHostCollector<typeof codeIntegrity.schema>({
  reads: "host",
  provides: codeIntegrity,
  async *collect(root) {
    const modules = await root.read("/sys/kernel/security/lsm");
    const listed = await root.list(folder);
    if (!("text" in modules) && !("names" in listed)) {
      yield {
        subject: root.subject,
        source: "/sys/kernel/security",
        unavailable: modules.reason,
        remedy: "assess the running host with root's rights, or its root with securityfs mounted",
      };
      return;
    }
    const value: Value = { present: "names" in listed, policies: [], unread: [] };
    const enforcing = value.present ? await bit(root, `${folder}/enforce`, value) : undefined;
    if (enforcing !== undefined) value.enforcing = enforcing;
    if ("missing" in listed && listed.missing !== "absent") value.unread.push({ path: folder, reason: listed.reason });
    const policies = value.present ? await root.list(`${folder}/policies`) : { names: [] };
    for (const name of "names" in policies ? policies.names : []) {
      const active = await bit(root, `${folder}/policies/${name}/active`, value);
      if (active !== undefined) value.policies.push({ name, active });
    }
    yield { subject: root.subject, source: folder, value };
  },
});

async function bit(root: HostRoot, path: string, value: Value): Promise<boolean | undefined> {
  const result = await root.read(path);
  if ("text" in result) return result.text.trim() === "1";
  value.unread.push({ path, reason: result.reason });
  return undefined;
}
