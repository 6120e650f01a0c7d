import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { makeHost } from "../../test/host-roots.ts";
import { newKeyPair } from "../advisories/file/envelope.ts";
import { defaultPolicy } from "../policy/policy-file.ts";
import { take, verify } from "./host-baseline.ts";
import { withHostRoles } from "./host-roles.ts";

const folder = mkdtempSync(join(tmpdir(), "host-baseline-"));
const host = makeHost({ "etc/passwd": "root:x:0:0::/root:/bin/sh\n", "etc/ssh/sshd_config": "" });
afterAll(() => {
  host.remove();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => vi.restoreAllMocks());

function keyFiles(name: string): { key: string; pub: string } {
  const { privateKey, publicKey } = newKeyPair();
  const [key, pub] = [join(folder, `${name}.key`), join(folder, `${name}.pub`)];
  writeFileSync(key, privateKey);
  writeFileSync(pub, publicKey);
  return { key, pub };
}

describe("plimsoll baseline", () => {
  const team = keyFiles("team");
  const other = keyFiles("other");
  const output = join(folder, "host.baseline");

  it("takes a signed state and verifies it by its key only", async () => {
    const printed = vi.spyOn(process.stdout, "write").mockImplementation((_text, ...rest: unknown[]) => {
      const done = rest.find((word) => typeof word === "function") as (() => void) | undefined;
      done?.();
      return true;
    });
    await take([host.root.path, { key: team.key, output, quiet: true }]);
    await verify([output, { key: team.pub }]);
    expect(printed.mock.calls.map(([text]) => String(text)).join("")).toMatch(
      /good signature by [0-9a-f]{16}.*3 entries/,
    );
    await expect(verify([output, { key: other.pub }])).rejects.toThrow(/not signed by the key/);
    writeFileSync(output, "{}");
    await expect(verify([output, { key: team.pub }])).rejects.toThrow(/no baseline of a host/);
  });

  it("refuses what is no key, no whole path and no host", async () => {
    await expect(take([host.root.path, { key: team.pub, output, quiet: true }])).rejects.toThrow(/no private key/);
    await expect(take([host.root.path, { key: join(folder, "none"), output, quiet: true }])).rejects.toThrow(
      /cannot read key/,
    );
    await expect(take([host.root.path, { key: team.key, output, add: ["etc"], quiet: true }])).rejects.toThrow(
      /no whole path/,
    );
    await expect(take([host.root.path, { key: team.key, output, path: ["/etc/../x"], quiet: true }])).rejects.toThrow(
      /no whole path/,
    );
    await expect(take([folder, { key: team.key, output, quiet: true }])).rejects.toThrow(/no root of a host/);
  });
});

describe("the roles of a host", () => {
  const loaded = { policy: defaultPolicy };

  it("of the command line stand in for those of the policy", () => {
    expect(withHostRoles(loaded, ["docker"]).policy.settings.hostRoles).toEqual(["docker"]);
    expect(withHostRoles(loaded, undefined)).toBe(loaded);
  });

  it("must be known ones, there and in the policy file", () => {
    expect(() => withHostRoles(loaded, ["dockr"])).toThrow(/no role dockr/);
    const policy = { ...defaultPolicy, settings: { ...defaultPolicy.settings, hostRoles: ["k8s"] } };
    expect(() => withHostRoles({ policy, name: "p.yaml" }, undefined)).toThrow(
      /p\.yaml: settings\.hostRoles: there is no role k8s/,
    );
  });
});
