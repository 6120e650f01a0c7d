/** A rule of a packet filter about the address of a cloud's metadata service. */
export interface MetadataRule {
  /** Chain of iptables, or chain of nftables. */
  readonly chain: string;
  /** Packets that it sees: `forward` those of containers with a network of their own, `output` those of the host and of containers that share its network. */
  readonly packets: "forward" | "output" | "other";
  readonly action: "drop" | "accept";
  /** True where it holds only for some: an owner, an interface, a source. */
  readonly limited: boolean;
}

/** The link-local address at which clouds serve instances' data and credentials, and Amazon's IPv6 one. */
const address =
  /(?<![\d.])169\.254\.169\.254(?:\/32)?(?![\d.])|(?<![\d.])169\.254\.(?:0\.0\/16|169\.0\/24)|fd00:ec2::254/i;

/** Rules about the metadata service in the text of iptables-save(8) or a file of iptables-restore. */
export function iptablesMetadataRules(text: string): MetadataRule[] {
  return text.split("\n").flatMap((line) => {
    const [, chain, rest] = /^\s*-A (\S+) (.*)$/.exec(line) ?? [];
    const action = /(?:-j|--jump) (DROP|REJECT|ACCEPT)\b/.exec(rest ?? "")?.[1];
    if (chain === undefined || rest === undefined || action === undefined) return [];
    const isNegated = /! (?:-d|--destination) /.test(rest);
    if (isNegated || !address.test(/(?:-d|--destination) (\S+)/.exec(rest)?.[1] ?? "")) return [];
    return [
      {
        chain,
        packets: packetsOf(chain),
        action: action === "ACCEPT" ? ("accept" as const) : ("drop" as const),
        limited: /(-m owner|--uid-owner|(^| )-i |(^| )-s |--in-interface|--source)/.test(rest),
      },
    ];
  });
}

function packetsOf(chain: string): MetadataRule["packets"] {
  if (
    /^(FORWARD|DOCKER-USER|ufw6?-(before|user|after)-forward|CNI-FORWARD|KUBE-FORWARD|cali-.*FORWARD.*)$/i.test(chain)
  )
    return "forward";
  if (chain === "PREROUTING") return "forward";
  return /^(OUTPUT|ufw6?-(before|user|after)-output)$/.test(chain) ? "output" : "other";
}

/** Rules about the metadata service in a file of nft(8), with the hook of the base chain that they are in. */
export function nftMetadataRules(text: string): MetadataRule[] {
  const found: MetadataRule[] = [];
  let [chain, packets]: [string, MetadataRule["packets"]] = ["", "other"];
  for (const raw of text.replaceAll(/#.*$/gm, "").split(/[\n;]/)) {
    const line = raw.trim();
    const opened = /\bchain\s+([\w.-]+)\s*\{/.exec(line)?.[1];
    if (opened !== undefined) [chain, packets] = [opened, "other"];
    const hook = /\bhook\s+(\w+)/.exec(line)?.[1];
    if (hook !== undefined)
      packets = hook === "forward" || hook === "prerouting" ? "forward" : hook === "output" ? "output" : "other";
    if (!/\bip6?\s+daddr\s+(?!\s*!=)/.test(line) || !address.test(line)) continue;
    const action = /\b(drop|reject|accept)\b/.exec(line)?.[1];
    if (action === undefined) continue;
    found.push({
      chain,
      packets,
      action: action === "accept" ? "accept" : "drop",
      limited: /\b(meta\s+)?(skuid|skgid|iifname|iif|saddr)\b/.test(line),
    });
  }
  return found;
}

/** Whether the kernel's routes (/proc/net/route) refuse the metadata service: a route of its own with the flag RTF_REJECT (linux/route.h). */
export function metadataRouteRejected(text: string): boolean {
  return text.split("\n").some((line) => {
    const [, destination, , flags] = line.trim().split(/\s+/);
    // Addresses are in the byte order of the machine: 169.254.169.254 is FEA9FEA9 on little-endian ones, A9FEA9FE on others.
    return /^(FEA9FEA9|A9FEA9FE)$/i.test(destination ?? "") && (Number.parseInt(flags ?? "", 16) & 0x0200) !== 0;
  });
}
