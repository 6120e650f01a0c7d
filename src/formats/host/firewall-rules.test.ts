import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { iptablesPolicy, nftPolicies } from "./firewall-rules.ts";

describe("packet filters", () => {
  it("reads the policy of iptables, a last rule for everything included", () => {
    expect(iptablesPolicy("*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n")).toBe("drop");
    expect(
      iptablesPolicy(
        "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited\n",
      ),
    ).toBe("reject");
    expect(iptablesPolicy("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j DROP\n")).toBe("accept");
    expect(iptablesPolicy("*nat\n:PREROUTING ACCEPT [0:0]\n")).toBeUndefined();
  });

  it("reads the policies of nftables by family", () => {
    const text =
      "table inet filter {\n chain input {\n  type filter hook input priority filter; policy drop;\n }\n chain forward { type filter hook forward priority 0; }\n}\ntable ip6 x { chain i { type filter hook input priority 0; } }\n# table ip y { chain i { type filter hook input priority 0; policy drop; } }";
    expect(nftPolicies(text)).toEqual([
      { family: "both", incoming: "drop" },
      { family: "ipv6", incoming: "accept" },
    ]);
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => [iptablesPolicy(text), nftPolicies(text)],
      [
        ":INPUT ",
        "DROP",
        "\n",
        "-A INPUT ",
        "-j DROP",
        "table inet x {",
        "type filter hook input ",
        "policy drop;",
        "}",
      ],
    );
  });
});
