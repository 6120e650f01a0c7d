import type { z } from "zod";
import { metadataGuard } from "../../facts/host/metadata-guard.ts";
import {
  iptablesMetadataRules,
  type MetadataRule,
  metadataRouteRejected,
  nftMetadataRules,
} from "../../formats/host/metadata-rules.ts";
import { defineHostCollector } from "../host-collector.ts";

type Value = z.input<typeof metadataGuard.schema>;

const nftFiles = ["/etc/nftables.conf", "/etc/sysconfig/nftables.conf"];
const nftFolders = ["/etc/nftables.d", "/etc/nftables", "/etc/nftables.rules.d"];
const iptablesFiles = [
  "/etc/iptables/rules.v4",
  "/etc/iptables/rules.v6",
  "/etc/sysconfig/iptables",
  "/etc/sysconfig/ip6tables",
  "/etc/iptables/iptables.rules",
  "/etc/ufw/before.rules",
  "/etc/ufw/after.rules",
  "/etc/ufw/user.rules",
];

export default defineHostCollector<typeof metadataGuard.schema>({
  reads: "host",
  provides: metadataGuard,
  async *collect(root) {
    const rules: Value["rules"] = [];
    const unread: NonNullable<Value["unread"]> = [];
    const read = async (path: string, parse: (text: string) => readonly MetadataRule[]) => {
      const result = await root.read(path);
      if ("text" in result) rules.push(...parse(result.text).map((rule) => ({ file: path, ...rule })));
      else if (result.missing !== "absent") unread.push({ path, reason: result.reason });
    };
    for (const path of nftFiles) await read(path, nftMetadataRules);
    for (const folder of nftFolders) {
      const listed = await root.list(folder);
      for (const name of "names" in listed ? listed.names : [])
        if (/\.(nft|conf|rules)$/.test(name)) await read(`${folder}/${name}`, nftMetadataRules);
    }
    for (const path of iptablesFiles) await read(path, iptablesMetadataRules);
    const routes = (await root.text("/proc/1/net/route")) ?? (await root.text("/proc/net/route"));
    const routeRejected = routes === undefined ? undefined : metadataRouteRejected(routes);
    yield {
      subject: root.subject,
      source: "/etc/nftables.conf, /etc/iptables, /etc/ufw, /proc/net/route",
      value: { rules, routeRejected, unread },
    };
  },
});
