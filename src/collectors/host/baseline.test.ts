import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type MadeTree, madeNow, makeHost, makeHostWith } from "../../../test/host-roots.ts";
import { runCollector } from "../../core/collector.ts";
import { storedBaseline } from "../../formats/host/baseline.ts";
import type { BaselineSource } from "../host-root.ts";
import baseline from "./baseline.ts";
import { takeBaseline } from "./baseline-state.ts";

const folder = mkdtempSync(join(tmpdir(), "baseline-"));
const hosts: { remove(): void }[] = [];
afterAll(() => {
  for (const host of hosts) host.remove();
  rmSync(folder, { recursive: true, force: true });
});

const system: MadeTree = {
  "etc/passwd": "root:x:0:0::/root:/bin/sh\n",
  "etc/ssh/sshd_config": "PermitRootLogin no\n",
  "etc/ssh/keys/a": { text: "a", mode: 0o600 },
  "etc/systemd/system/x.service": { link: "/usr/lib/systemd/system/x.service" },
  "usr/lib/x": "not covered",
};
const team = generateKeyPairSync("ed25519");
const other = generateKeyPairSync("ed25519");
let number = 0;

function file(text: string): string {
  const path = join(folder, `${number++}`);
  writeFileSync(path, text);
  return path;
}
const pem = (key: typeof team.publicKey) => key.export({ type: "spki", format: "pem" }).toString();

async function taken(sign: boolean): Promise<string> {
  const host = makeHost(system);
  hosts.push(host);
  const state = await takeBaseline(host.root, ["/etc/passwd", "/etc/ssh", "/etc/systemd", "/etc/absent"], madeNow);
  return storedBaseline(state, sign ? team.privateKey : undefined);
}

async function observed(source: BaselineSource | undefined, change: (root: string) => void = () => undefined) {
  const host = makeHostWith(source === undefined ? {} : { given: { baseline: source } }, system);
  hosts.push(host);
  change(host.root.path);
  const context = { signal: new AbortController().signal, now: madeNow };
  const [observation] = await runCollector(baseline, host.root, host.root.subject, context);
  return observation;
}

describe("the baseline of a host", () => {
  it("is unknown, with the command that makes one, where none is given", async () => {
    expect(await observed(undefined)).toMatchObject({
      unavailable: "no baseline of the host was given",
      remedy: expect.stringContaining("plimsoll baseline host"),
    });
  });

  it("compares nothing with what nobody signed, or with what another key signed", async () => {
    const key = file(pem(team.publicKey));
    const signed = await taken(true);
    const cases: [source: BaselineSource, signature: string, problem: RegExp][] = [
      [{ file: file(await taken(false)), key }, "unsigned", /not signed/],
      [{ file: file(signed) }, "unchecked", /no public key was given/],
      [{ file: file(signed), key: file(pem(other.publicKey)) }, "wrong-signature", /did not sign it/],
      [{ file: file(signed.slice(0, 50)), key }, "unreadable", /no JSON/],
      [{ file: join(folder, "absent"), key }, "unreadable", /ENOENT/],
      [{ file: file(signed), key: file("no key") }, "unreadable", /no Ed25519 public key/],
    ];
    for (const [source, signature, problem] of cases) {
      const found = await observed(source, (root) => writeFileSync(join(root, "etc/passwd"), "changed"));
      expect(found).toMatchObject({ value: { signature, problem: expect.stringMatching(problem), changed: [] } });
    }
  });

  it("finds the state unchanged, then each change of what it covers and nothing else", async () => {
    const source = { file: file(await taken(true)), key: file(pem(team.publicKey)) };
    expect(await observed(source)).toMatchObject({
      value: { signature: "trusted", entries: 8, added: [], removed: [], changed: [], unread: [] },
    });
    const found = await observed(source, (root) => {
      writeFileSync(join(root, "etc/passwd"), "toor:x:0:0::/root:/bin/sh\n");
      writeFileSync(join(root, "usr/lib/x"), "changed, not covered");
      writeFileSync(join(root, "etc/absent"), "now there");
      unlinkSync(join(root, "etc/ssh/keys/a"));
      unlinkSync(join(root, "etc/systemd/system/x.service"));
      symlinkSync("/tmp/evil.service", join(root, "etc/systemd/system/x.service"));
    });
    expect(found).toMatchObject({
      value: {
        added: [{ path: "/etc/absent", kind: "file" }],
        removed: [{ path: "/etc/ssh/keys/a" }],
        changed: [
          { path: "/etc/passwd", changes: [{ what: "content" }] },
          {
            path: "/etc/systemd/system/x.service",
            changes: [{ what: "target", before: "/usr/lib/systemd/system/x.service", after: "/tmp/evil.service" }],
          },
        ],
      },
    });
  });
});
