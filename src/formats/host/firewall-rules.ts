/** What a packet filter does to incoming packets that no rule names. */
export type IncomingPolicy = "drop" | "reject" | "accept";

/** The policy of the INPUT chain in the text of iptables-save(8); undefined where it names none. A last rule that rejects or drops everything counts as policy. */
export function iptablesPolicy(text: string): IncomingPolicy | undefined {
  const policy = /^:INPUT (ACCEPT|DROP)/m.exec(text)?.[1];
  if (policy === undefined) return undefined;
  const last = [...text.matchAll(/^-A INPUT(.*)$/gm)].at(-1)?.[1]?.trim();
  const everything = /^-j (DROP|REJECT)\b/.exec(last ?? "")?.[1];
  return (everything ?? policy).toLowerCase() as IncomingPolicy;
}

/** The policy of base chains at the input hook in a file of nft(8), with the family of their table. A chain without policy accepts. */
export function nftPolicies(
  text: string,
): { readonly family: "ipv4" | "ipv6" | "both"; readonly incoming: IncomingPolicy }[] {
  const clean = text.replaceAll(/#.*$/gm, "");
  const found: { family: "ipv4" | "ipv6" | "both"; incoming: IncomingPolicy }[] = [];
  let family = "ip";
  for (const match of clean.matchAll(
    /\btable\s+(?:(ip|ip6|inet|arp|bridge|netdev)\s+)?[\w-]+\s*\{|\btype\s+filter\s+hook\s+input\b([^{}]*)/g,
  )) {
    if (match[2] === undefined) {
      family = match[1] ?? "ip";
      continue;
    }
    const policy = /policy\s+(accept|drop)/.exec(match[2])?.[1] ?? "accept";
    if (!["ip", "ip6", "inet"].includes(family)) continue;
    found.push({
      family: family === "inet" ? "both" : family === "ip6" ? "ipv6" : "ipv4",
      incoming: policy as IncomingPolicy,
    });
  }
  return found;
}
