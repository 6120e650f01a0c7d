import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FeedServer } from "../../../test/fakes/feed-server.ts";
import { AptArchives } from "../../advisories/sources/package-archives.ts";
import { derive } from "../../core/derivation.ts";
import { Missing, Snapshot } from "../../core/snapshot.ts";
import { imagePendingUpdates } from "../../facts/image/pending-updates.ts";
import { type FixtureKey, fixtureKey } from "../../formats/openpgp.fixture.ts";
import { parseKeyring } from "../../formats/openpgp.ts";
import type { AnalysisResources } from "../resources.ts";
import derivation from "./pending-updates.ts";

const server = new FeedServer();
const scratch = mkdtempSync(join(tmpdir(), "archives-"));
let base = "";
let folder = "";
let count = 0;
beforeAll(async () => {
  base = await server.start();
});
afterAll(async () => {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
});
afterEach(() => {
  server.files.clear();
  server.seen.length = 0;
  server.fault = "none";
});

const archiveKey = fixtureKey("eddsa");
const offered = (name: string, version: string, architecture = "amd64") =>
  `Package: ${name}\nArchitecture: ${architecture}\nVersion: ${version}\n\n`;
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

interface Publication {
  readonly byHash?: boolean;
  readonly lie?: boolean;
  readonly signer?: FixtureKey;
  readonly path?: string;
}
function publish(
  packages: string,
  { byHash = true, lie = false, signer, path = "/debian-security/dists/trixie-security" }: Publication = {},
) {
  const list = gzipSync(packages);
  const hash = sha256(list);
  const release = `Origin: Debian\nLabel: Debian-Security\nSuite: stable-security\nDate: Wed, 14 Jan 2026 10:00:00 UTC\nValid-Until: Wed, 21 Jan 2026 10:00:00 UTC\n${byHash ? "Acquire-By-Hash: yes\n" : ""}SHA256:\n ${hash} ${list.length} main/binary-amd64/Packages.gz\n`;
  server.put(
    `${path}/InRelease`,
    signer?.signed(release) ??
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${release}-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n`,
  );
  const served = lie ? gzipSync(`${packages}${offered("evil", "9")}`) : list;
  server.put(`${path}/main/binary-amd64/${byHash ? `by-hash/SHA256/${hash}` : "Packages.gz"}`, served);
}

const debianSources = () => [
  {
    file: "/etc/apt/sources.list.d/debian.sources",
    line: 1,
    uris: [`${base}/debian-security`],
    suites: ["trixie-security"],
    components: ["main"],
  },
];
interface Given {
  readonly sources?: readonly object[];
  readonly packages?: readonly object[];
  readonly osRelease?: object;
  readonly keys?: readonly object[];
  readonly resources?: AnalysisResources;
}
async function found({ sources = debianSources(), packages, osRelease, keys, resources }: Given = {}) {
  const seen = (fact: string, value: unknown) => ({ fact, subject: "image/x", source: "test", value });
  const deb = (name: string, version: string, architecture = "amd64") => ({
    name,
    version,
    type: "deb",
    purl: `pkg:deb/debian/${name}@${version}`,
    architecture,
    foundIn: ["/var/lib/dpkg/status"],
  });
  const snapshot = await derive(
    [derivation],
    new Snapshot({
      tool: "test",
      created: "2026-01-15T00:00:00Z",
      targets: [],
      observations: [
        seen("image/packages", {
          packages: packages ?? [deb("openssl", "3.0-1"), deb("tzdata", "2025b-1", "all"), deb("gone", "1")],
          databases: ["dpkg"],
        }),
        seen("image/package-sources", { sources, keys }),
        ...(osRelease === undefined ? [] : [seen("image/os-release", osRelease)]),
      ],
    }),
    resources ?? { packageArchives: archives() },
  );
  return snapshot.find(imagePendingUpdates, "image/x");
}
function archives(more: Partial<ConstructorParameters<typeof AptArchives>[0]> = {}): AptArchives {
  folder = join(scratch, String(count++));
  return new AptArchives({ folder, ...more });
}

describe("security updates of an image", () => {
  it("are what the security suite of its own sources offers beyond what it has", async () => {
    publish(
      offered("openssl", "3.0-2") +
        offered("openssl", "3.0-1.5") +
        offered("tzdata", "2025b-1", "all") +
        offered("other", "7"),
    );
    expect(await found()).toEqual({
      applies: true,
      pending: [{ package: "openssl", installed: "3.0-1", available: "3.0-2", suite: "trixie-security" }],
      known: 2,
      archives: [
        {
          address: `${base}/debian-security/dists/trixie-security/InRelease`,
          date: "2026-01-14T10:00:00.000Z",
          validUntil: "2026-01-21T10:00:00.000Z",
          trust: "none",
        },
      ],
    });
  });
  it("are asked of the distribution's archive where the image has no sources, by a mirror where one is named", async () => {
    publish(offered("openssl", "3.0-2"), { byHash: false });
    const osRelease = { id: "debian", versionId: "13", path: "etc/os-release" };
    const mirrors = new Map([["deb.debian.org", base]]);
    const answer = await found({ sources: [], osRelease, resources: { packageArchives: archives({ mirrors }) } });
    expect(answer).toMatchObject({ pending: [{ package: "openssl", available: "3.0-2" }] });
  });
  it("are unknown without the option, without an archive, and where the archive does not answer", async () => {
    for (const [given, reason] of [
      [{ resources: {} }, /were not asked/],
      [{ sources: [] }, /no security archive is known/],
      [{}, /the server answers 404/],
      [{ sources: [{ ...debianSources()[0], uris: ["cdrom:[x]/"] }] }, /is not reached over HTTP/],
    ] as const) {
      const answer = await found(given);
      expect(answer).toBeInstanceOf(Missing);
      expect(answer).toMatchObject({ reason: expect.stringMatching(reason), remedy: expect.any(String) });
    }
  });
  it("do not apply to an image without Debian packages", async () => {
    const apk = { name: "musl", version: "1", type: "apk", purl: "pkg:apk/alpine/musl@1", foundIn: ["x"] };
    expect(await found({ packages: [apk] })).toMatchObject({ applies: false });
  });
  it.each(["empty", "cut", "wrong-content", "500"] as const)(
    "are unknown where the server fails (%s)",
    async (fault) => {
      publish(offered("openssl", "3.0-2"));
      server.fault = fault;
      expect(await found()).toBeInstanceOf(Missing);
    },
  );
  it("are unknown where a list is not what its release says, and the list is not kept", async () => {
    publish(offered("openssl", "3.0-2"), { lie: true });
    const answer = await found();
    expect(answer).toMatchObject({ reason: expect.stringMatching(/is not what the release|more than/) });
    expect(readdirSync(folder).filter((name) => name.endsWith(".packages"))).toEqual([]);
  });
});

describe("the signature of a release", () => {
  const keys = parseKeyring(archiveKey.keyring, "k").map((key) => ({ file: "/usr/share/keyrings/a.pgp", ...key }));
  it("by a key of the image vouches for the answer, over plain HTTP too", async () => {
    publish(offered("openssl", "3.0-2"), { signer: archiveKey });
    expect(await found({ keys })).toMatchObject({
      pending: [{ package: "openssl" }],
      archives: [{ trust: "signature", signedBy: archiveKey.fingerprint }],
    });
  });
  it("by a key that the image does not have vouches for nothing", async () => {
    publish(offered("openssl", "3.0-2"), { signer: fixtureKey("eddsa") });
    expect(await found({ keys })).toMatchObject({ archives: [{ trust: "none" }] });
  });
  it("that is wrong makes the answer unknown", async () => {
    publish(offered("openssl", "3.0-2"), { signer: archiveKey });
    const path = "/debian-security/dists/trixie-security/InRelease";
    server.put(path, server.files.get(path)!.bytes.toString().replace("Debian-Security", "Debian-Secur1ty"));
    expect(await found({ keys })).toMatchObject({ reason: expect.stringMatching(/its signature is wrong/) });
  });
});

describe("a second run", () => {
  it("fetches nothing that has not changed, and without network uses what is kept", async () => {
    publish(offered("openssl", "3.0-2"));
    await found({ resources: { packageArchives: archives() } });
    const kept = folder;
    server.seen.length = 0;
    await found({ resources: { packageArchives: new AptArchives({ folder: kept }) } });
    expect(server.seen.map(({ status }) => status)).toEqual([304]);
    server.fault = "500";
    const unwell = await found({ resources: { packageArchives: new AptArchives({ folder: kept }) } });
    expect(unwell).toMatchObject({ pending: [{ package: "openssl" }] });
    server.seen.length = 0;
    const offline = await found({ resources: { packageArchives: new AptArchives({ folder: kept, offline: true }) } });
    expect(offline).toMatchObject({ pending: [{ package: "openssl" }] });
    expect(server.seen).toEqual([]);
    const nothing = await found({ resources: { packageArchives: archives({ offline: true }) } });
    expect(nothing).toMatchObject({ reason: expect.stringMatching(/not kept from an earlier run/) });
  });
});
