import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { AppError } from "../../core/errors.ts";
import { type BaselineEntry, compareBaselines, type HostBaseline, readBaseline, storedBaseline } from "./baseline.ts";

const team = generateKeyPairSync("ed25519");
const other = generateKeyPairSync("ed25519");

function entry(path: string, more: Partial<BaselineEntry> = {}): BaselineEntry {
  return { path, kind: "file", mode: "0644", owner: 0, group: 0, digest: "ab", ...more };
}
function baseline(entries: readonly BaselineEntry[], more: Partial<HostBaseline> = {}): HostBaseline {
  const created = "2026-01-01T00:00:00.000Z";
  return {
    version: 1,
    host: "host/x",
    created,
    paths: ["/etc"],
    capabilitiesRead: true,
    unread: [],
    entries: [...entries],
    ...more,
  };
}

describe("a stored baseline", () => {
  const kept = baseline([entry("/etc/passwd"), entry("/etc/x", { kind: "link", target: "y" })]);
  const text = storedBaseline(kept, team.privateKey);

  it("is read again by its signer's key", () => {
    expect(readBaseline(text, "b", [other.publicKey, team.publicKey])).toMatchObject({
      state: "trusted",
      baseline: kept,
    });
  });

  it("is not trusted without a signature, without a key, or by another key", () => {
    expect(readBaseline(storedBaseline(kept), "b", [team.publicKey])).toEqual({ state: "unsigned" });
    expect(readBaseline(text, "b", [])).toMatchObject({ state: "unchecked", signers: [expect.any(String)] });
    expect(readBaseline(text, "b", [other.publicKey])).toMatchObject({ state: "wrong-signature" });
  });

  it("is never trusted after any change of its content or signature", () => {
    const envelope = JSON.parse(text) as { payload: string; signatures: { sig: string }[] };
    const payload = Buffer.from(envelope.payload, "base64");
    const signature = Buffer.from(envelope.signatures[0]!.sig, "base64");
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 255 }), (inPayload, at, bits) => {
        const target = Buffer.from(inPayload ? payload : signature);
        target[at % target.length]! ^= bits;
        const changed = {
          ...envelope,
          payload: (inPayload ? target : payload).toString("base64"),
          signatures: [{ keyid: "x", sig: (inPayload ? signature : target).toString("base64") }],
        };
        expect(readBaseline(JSON.stringify(changed), "b", [team.publicKey]).state).toBe("wrong-signature");
      }),
      { numRuns: 200 },
    );
  });

  it("is refused where it is something else", () => {
    for (const wrong of ["", "{}", "[]", "null", text.slice(0, -30), text.replace("host-baseline", "advisories")])
      expect(() => readBaseline(wrong, "b", [team.publicKey])).toThrow(AppError);
    survivesAnyText(
      (input) => readBaseline(input, "b", [team.publicKey]),
      ['{"payloadType":', '"payload":', "[", "]", "{", "}", '"', ":"],
    );
  });

  it("is refused where a trusted key signed another kind of content", () => {
    const odd = storedBaseline({ ...kept, version: 2 } as unknown as HostBaseline, team.privateKey);
    expect(() => readBaseline(odd, "b", [team.publicKey])).toThrow(/no baseline of this version/);
  });
});

describe("compareBaselines", () => {
  it("names what was added, removed and changed, with what it was and is", () => {
    const before = baseline([entry("/a"), entry("/b"), entry("/c", { capabilities: "cap_net_raw=ep" })]);
    const after = baseline([entry("/b", { mode: "4755", digest: "cd" }), entry("/c"), entry("/d")]);
    expect(compareBaselines(before, after)).toEqual({
      added: [entry("/d")],
      removed: [entry("/a")],
      changed: [
        {
          path: "/b",
          changes: [
            { what: "content", before: "ab", after: "cd" },
            { what: "rights", before: "0644", after: "4755" },
          ],
        },
        { path: "/c", changes: [{ what: "capabilities", before: "cap_net_raw=ep", after: "" }] },
      ],
    });
  });

  it("does not call gone what may not be seen", () => {
    const before = baseline([entry("/etc/ssh/key"), entry("/etc/sshx")]);
    const after = baseline([], { unread: [{ path: "/etc/ssh", reason: "denied" }], capabilitiesRead: false });
    expect(compareBaselines(before, after)).toEqual({ added: [], removed: [entry("/etc/sshx")], changed: [] });
  });

  it("finds nothing between equal states, and mirrors added and removed", () => {
    const paths = fc.uniqueArray(fc.constantFrom("/a", "/b", "/c", "/d"));
    fc.assert(
      fc.property(paths, paths, (first, second) => {
        const [one, two] = [baseline(first.map((path) => entry(path))), baseline(second.map((path) => entry(path)))];
        expect(compareBaselines(one, one)).toEqual({ added: [], removed: [], changed: [] });
        expect(compareBaselines(one, two).added).toEqual(compareBaselines(two, one).removed);
      }),
    );
  });
});
