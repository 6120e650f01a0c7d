import type { z } from "zod";
import { firewall } from "../../facts/host/firewall.ts";
import { iptablesPolicy, nftPolicies } from "../../formats/host/firewall-rules.ts";
import { parseKeyValues } from "../../formats/host/key-value.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.input<typeof firewall.schema>;
type Configuration = Value["configurations"][number];

export default defineHostCollector<typeof firewall.schema>({
  reads: "host",
  provides: firewall,
  async *collect(root) {
    const reader = new FirewallReader(root);
    await reader.nftables("/etc/nftables.conf", "nftables.service");
    await reader.nftables("/etc/sysconfig/nftables.conf", "nftables.service");
    await reader.iptables("/etc/iptables/rules.v4", "ipv4", "netfilter-persistent.service");
    await reader.iptables("/etc/iptables/rules.v6", "ipv6", "netfilter-persistent.service");
    await reader.iptables("/etc/sysconfig/iptables", "ipv4", "iptables.service");
    await reader.iptables("/etc/sysconfig/ip6tables", "ipv6", "ip6tables.service");
    await reader.ufw();
    await reader.firewalld();
    const tables = (await root.text("/proc/1/net/ip_tables_names")) ?? (await root.text("/proc/net/ip_tables_names"));
    const value = {
      configurations: reader.configurations,
      tables: tables?.split("\n").filter(Boolean).sort(),
      unread: reader.unread,
    };
    yield { subject: root.subject, source: "/etc/nftables.conf, /etc/iptables, /etc/ufw, /etc/firewalld", value };
  },
});

class FirewallReader {
  readonly configurations: Configuration[] = [];
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;

  constructor(root: HostRoot) {
    this.#root = root;
  }

  async nftables(file: string, unit: string): Promise<void> {
    const text = await this.#text(file);
    if (text === undefined) return;
    const active = await this.#isEnabled(unit);
    for (const policy of nftPolicies(text)) this.configurations.push({ file, manager: "nftables", ...policy, active });
  }

  async iptables(file: string, family: "ipv4" | "ipv6", unit: string): Promise<void> {
    const incoming = iptablesPolicy((await this.#text(file)) ?? "");
    if (incoming === undefined) return;
    this.configurations.push({ file, manager: "iptables", family, incoming, active: await this.#isEnabled(unit) });
  }

  async ufw(): Promise<void> {
    const text = await this.#text("/etc/ufw/ufw.conf");
    if (text === undefined) return;
    const settings = parseKeyValues((await this.#text("/etc/default/ufw")) ?? "", "=");
    const active = /^ENABLED=yes/m.test(text);
    const family = settings["IPV6"] === "no" ? "ipv4" : "both";
    const incoming = (settings["DEFAULT_INPUT_POLICY"] ?? "DROP").toLowerCase();
    this.configurations.push({ file: "/etc/ufw/ufw.conf", manager: "ufw", family, incoming, active });
  }

  /** Zones reject by default; the zone `trusted` lets everything in. */
  async firewalld(): Promise<void> {
    const text = await this.#text("/etc/firewalld/firewalld.conf");
    if (text === undefined) return;
    const zone = parseKeyValues(text, "=")["DefaultZone"] ?? "public";
    const file = "/etc/firewalld/firewalld.conf";
    const active = await this.#isEnabled("firewalld.service");
    this.configurations.push({
      file,
      manager: "firewalld",
      family: "both",
      incoming: zone === "trusted" ? "accept" : "reject",
      active,
    });
  }

  async #text(path: string): Promise<string | undefined> {
    const result = await this.#root.read(path);
    if ("text" in result) return result.text;
    if (result.missing !== "absent") this.unread.push({ path, reason: result.reason });
    return undefined;
  }

  async #isEnabled(unit: string): Promise<boolean> {
    for (const folder of ["multi-user.target.wants", "sysinit.target.wants", "basic.target.wants"]) {
      if ((await this.#root.lstat(`/etc/systemd/system/${folder}/${unit}`)) !== undefined) return true;
    }
    return false;
  }
}
