import type { z } from "zod";
import { privilegeRules } from "../../facts/host/privilege-rules.ts";
import { parsePolkitAuthority, parsePolkitRules } from "../../formats/host/polkit-rules.ts";
import { defineHostCollector } from "../host-collector.ts";

type Value = z.input<typeof privilegeRules.schema>;

/** What packages bring lies below /usr/share; here is what somebody added. */
const folders: readonly (readonly [folder: string, ending: string])[] = [
  ["/etc/polkit-1/rules.d", ".rules"],
  ["/usr/local/share/polkit-1/rules.d", ".rules"],
  ...["10-vendor.d", "20-org.d", "30-site.d", "50-local.d", "90-mandatory.d"].map(
    (name) => [`/etc/polkit-1/localauthority/${name}`, ".pkla"] as const,
  ),
];

export default defineHostCollector<typeof privilegeRules.schema>({
  reads: "host",
  provides: privilegeRules,
  async *collect(root) {
    const rules: Value["rules"] = [];
    const unread: NonNullable<Value["unread"]> = [];
    const programs = ["/usr/lib/polkit-1/polkitd", "/usr/libexec/polkitd", "/usr/bin/pkexec"];
    const found = await Promise.all(programs.map((path) => root.exists(path)));
    for (const [folder, ending] of folders) {
      const listed = await root.list(folder);
      if (!("names" in listed)) {
        if (listed.missing !== "absent") unread.push({ path: folder, reason: listed.reason });
        continue;
      }
      for (const name of listed.names.filter((entry) => entry.endsWith(ending))) {
        const file = `${folder}/${name}`;
        const result = await root.read(file);
        if (!("text" in result)) unread.push({ path: file, reason: result.reason });
        else {
          const grants = ending === ".rules" ? parsePolkitRules(result.text) : parsePolkitAuthority(result.text);
          rules.push(...grants.map((grant) => ({ file, ...grant, conditions: [...grant.conditions] })));
        }
      }
    }
    yield {
      subject: root.subject,
      source: folders.map(([folder]) => folder).join(", "),
      value: { installed: found.includes(true), rules, unread },
    };
  },
});
