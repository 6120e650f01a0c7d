import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { ipv6Text, isLoopback, isWildcard, parseNetworkSockets } from "./proc-net.ts";

const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const line = (address: string, state = "0A") =>
  `   0: ${address}:0016 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0 100 0 0 10 0\n`;

describe("/proc/net", () => {
  it("reads addresses of both families in both byte orders", () => {
    const [socket] = parseNetworkSockets(head + line("0100007F"), "tcp");
    expect(socket).toEqual({
      localAddress: "127.0.0.1",
      localPort: 22,
      remotePort: 0,
      state: 10,
      user: 1000,
      inode: "12345",
    });
    expect(parseNetworkSockets(head + line("7F000001"), "tcp", false)[0]!.localAddress).toBe("127.0.0.1");
    expect(parseNetworkSockets(head + line("00000000000000000000000001000000"), "tcp6")[0]!.localAddress).toBe("::1");
    expect(parseNetworkSockets(head + line("0000000000000000FFFF00000100007F"), "tcp6")[0]!.localAddress).toBe(
      "::ffff:127.0.0.1",
    );
    expect(parseNetworkSockets(head + line("B80D01200000000000000000010000FE"), "tcp6")[0]!.localAddress).toBe(
      "2001:db8::fe00:1",
    );
  });

  it("writes addresses that URL readers write alike", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = ipv6Text([...bytes]);
        if (!text.includes(".")) expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      }),
    );
  });

  it("tells loopback and wildcard", () => {
    expect(["127.0.0.53", "::1", "::ffff:127.0.0.1"].every(isLoopback)).toBe(true);
    expect(["0.0.0.0", "::"].every(isWildcard)).toBe(true);
    expect(isLoopback("10.0.0.1")).toBe(false);
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => parseNetworkSockets(text, "tcp"),
      ["0100007F", ":", "0016", " ", "\n", "0A", "00000000:0000"],
    );
  });
});
