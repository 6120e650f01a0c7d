import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { iptablesMetadataRules, metadataRouteRejected, nftMetadataRules } from "./metadata-rules.ts";

describe("rules about the metadata service", () => {
  it.each<[string, object[]]>([
    [
      "-A DOCKER-USER -d 169.254.169.254/32 -j DROP",
      [{ chain: "DOCKER-USER", packets: "forward", action: "drop", limited: false }],
    ],
    [
      "-A FORWARD -i docker0 -d 169.254.169.254 -j REJECT --reject-with icmp-port-unreachable",
      [{ chain: "FORWARD", packets: "forward", action: "drop", limited: true }],
    ],
    [
      "-A OUTPUT -d 169.254.169.254 -m owner ! --uid-owner root -j DROP",
      [{ chain: "OUTPUT", packets: "output", action: "drop", limited: true }],
    ],
    [
      "-A FORWARD -d 169.254.0.0/16 -j ACCEPT",
      [{ chain: "FORWARD", packets: "forward", action: "accept", limited: false }],
    ],
    ["-A FORWARD ! -d 169.254.169.254 -j DROP", []],
    ["-A FORWARD -d 169.254.169.25 -j DROP", []],
    ["-A FORWARD -d 1169.254.169.254 -j DROP", []],
    ["-A FORWARD -s 169.254.169.254 -j DROP", []],
    ["# -A FORWARD -d 169.254.169.254 -j DROP", []],
  ])("of iptables: %s", (text, expected) => expect(iptablesMetadataRules(text)).toEqual(expected));

  it("of nftables have the hook of their chain", () => {
    const text = `table inet f {
      chain in { type filter hook input priority 0; policy drop; }
      chain fw {
        type filter hook forward priority 0; policy accept;
        ip daddr 169.254.169.254 drop
        iifname "docker0" ip daddr 169.254.169.254 accept
      }
      chain out { type filter hook output priority 0;
        ip6 daddr fd00:ec2::254 reject
        # ip daddr 169.254.169.254 drop
        ip daddr != 169.254.169.254 drop
      }
    }`;
    expect(nftMetadataRules(text)).toEqual([
      { chain: "fw", packets: "forward", action: "drop", limited: false },
      { chain: "fw", packets: "forward", action: "accept", limited: true },
      { chain: "out", packets: "output", action: "drop", limited: false },
    ]);
  });

  it("a route that refuses is told by its flag", () => {
    const head = "Iface\tDestination\tGateway\tFlags\n";
    expect(metadataRouteRejected(`${head}*\tFEA9FEA9\t00000000\t0205\t0`)).toBe(true);
    expect(metadataRouteRejected(`${head}eth0\tFEA9FEA9\t00000000\t0005\t0`)).toBe(false);
    expect(metadataRouteRejected(head)).toBe(false);
  });

  it("survive any text", () => {
    const parts = [
      "-A FORWARD ",
      "-d 169.254.169.254 ",
      "-j DROP",
      "\n",
      "chain x {",
      "hook forward",
      ";",
      "ip daddr 169.254.169.254 drop",
      "}",
    ];
    survivesAnyText(
      (text) => [iptablesMetadataRules(text), nftMetadataRules(text), metadataRouteRejected(text)],
      parts,
    );
  });
});
