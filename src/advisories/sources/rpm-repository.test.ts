import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { FeedServer } from "../../../test/fakes/feed-server.ts";
import { scratchFolder } from "../feed.fixture.ts";
import { type MadeNotice, updateinfoText } from "../feeds/updateinfo.fixture.ts";
import { openAdvisories } from "../open.ts";
import { type RefreshOptions, refreshFeeds } from "./refresh.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let server: FeedServer;
let base: string;
let folder: string;
let count = 0;
beforeEach(async () => {
  server = new FeedServer();
  base = await server.start();
  folder = join(scratch, `feeds-${count++}`);
});
afterEach(() => server.stop());

const notice = (id: string, name: string, release = "1.amzn2023"): MadeNotice => ({
  id,
  references: [["cve", "CVE-2024-1111"]],
  packages: [{ name, epoch: "0", version: "2.0", release }],
});

/** Serves a repository as Amazon does: a list with one mirror, its index and the notices. */
function serve(
  list: string,
  root: string,
  notices: readonly MadeNotice[],
  more: { checksum?: string; href?: string } = {},
) {
  const bytes = gzipSync(updateinfoText(notices));
  const checksum = more.checksum ?? createHash("sha256").update(bytes).digest("hex");
  server.put(list, `https://cdn.amazonlinux.com${root}\n`);
  server.put(
    `${root}/repodata/repomd.xml`,
    `<?xml version="1.0"?><repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>
    <data type="primary"><checksum type="sha256">00</checksum><location href="repodata/primary.xml.gz"/></data>
    <data type="updateinfo"><checksum type="sha256">${checksum}</checksum><location href="${more.href ?? "repodata/updateinfo.xml.gz"}"/></data></repomd>`,
  );
  server.put(`${root}/repodata/updateinfo.xml.gz`, bytes);
}

function serveAll(more: Parameters<typeof serve>[3] = {}) {
  serve("/2/core/latest/x86_64/mirror.list", "/2/core/2.0/x86_64/ab12", [notice("ALAS2-2024-1", "curl", "1.amzn2")]);
  serve(
    "/al2023/core/mirrors/latest/x86_64/mirror.list",
    "/al2023/core/guids/cd34/x86_64",
    [notice("ALAS2023-2024-1", "curl"), notice("ALAS2023-2024-2", "zlib")],
    more,
  );
  serve("/al2023/kernel-livepatch/mirrors/latest/x86_64/mirror.list", "/al2023/kernel-livepatch/guids/ef56/x86_64", [
    notice("ALAS2023LIVEPATCH-2024-1", "kernel-livepatch-6.1"),
  ]);
  serve("/al2023/nvidia/mirrors/latest/x86_64/mirror.list", "/al2023/nvidia/guids/9a/x86_64", [
    notice("ALAS2023NVIDIA-2025-001", "nvidia-driver"),
  ]);
  serve("/2/extras/docker/latest/x86_64/mirror.list", "/2/extras/docker/2.0/x86_64/aa", [
    notice("ALAS2DOCKER-2024-1", "docker", "1.amzn2"),
  ]);
  server.put(
    "/2/extras-catalog.json",
    JSON.stringify({ topics: [{ n: "docker", versions: ["1"] }, { n: "testing" }] }),
  );
  // A topic without security updates has an index without updateinfo.
  server.put("/2/extras/testing/latest/x86_64/mirror.list", "https://cdn.amazonlinux.com/2/extras/testing/2.0\n");
  server.put("/2/extras/testing/2.0/repodata/repomd.xml", "<repomd><revision>1</revision></repomd>");
}

async function refresh(more: RefreshOptions = {}) {
  const [report] = await refreshFeeds(folder, {
    only: ["amazon"],
    bases: new Map([["amazon", base]]),
    patience: 400,
    ...more,
  });
  return report!;
}

async function stored() {
  const store = await openAdvisories(folder);
  await store.prepare(["amazon:2", "amazon:2023"]);
  return (ecosystem: string, name: string) =>
    store
      .records(ecosystem, name)
      .map(({ id, ranges, conditions }) => `${id} ${ranges[0]?.fixed} ${conditions?.repository}`);
}

describe("repositories of Amazon Linux", () => {
  it("are found through mirrors and indices, and fetched once", async () => {
    serveAll();
    expect(await refresh()).toEqual({ feed: "amazon", status: "fetched" });
    const records = await stored();
    expect(records("amazon:2023", "curl")).toEqual(["ALAS2023-2024-1 2.0-1.amzn2023 core"]);
    expect(records("amazon:2", "curl")).toEqual(["ALAS2-2024-1 2.0-1.amzn2 core"]);
    expect(records("amazon:2", "docker")).toEqual(["ALAS2DOCKER-2024-1 2.0-1.amzn2 extras/docker"]);
    expect(records("amazon:2023", "kernel-livepatch-6.1")).toHaveLength(1);
    expect(existsSync(join(folder, "amazon/2/extras/testing"))).toBe(false);
    const before = server.seen.length;
    expect(await refresh()).toEqual({ feed: "amazon", status: "unchanged" });
    expect(
      server.seen
        .slice(before)
        .filter(({ path }) => path.endsWith(".gz"))
        .map(({ status }) => status),
    ).toEqual([304, 304, 304, 304, 304]);
  });

  it("are fetched anew when their index leads elsewhere", async () => {
    serveAll();
    await refresh();
    serve("/al2023/core/mirrors/latest/x86_64/mirror.list", "/al2023/core/guids/new/x86_64", [
      notice("ALAS2023-2024-1", "curl"),
      notice("ALAS2023-2024-2", "zlib"),
      notice("ALAS2023-2024-3", "openssl"),
    ]);
    expect(await refresh()).toMatchObject({ status: "fetched" });
    expect((await stored())("amazon:2023", "openssl")).toHaveLength(1);
  });

  it("are asked at the next mirror where the first fails", async () => {
    serveAll();
    server.put(
      "/2/core/latest/x86_64/mirror.list",
      "https://cdn.amazonlinux.com/gone\nhttps://cdn.amazonlinux.com/2/core/2.0/x86_64/ab12\n",
    );
    expect(await refresh()).toMatchObject({ status: "fetched" });
  });

  it.each<[string, () => void, RegExp]>([
    ["the digest is another", () => serveAll({ checksum: "00".repeat(32) }), /is not what its repository's index says/],
    [
      "the index leads out of the repository",
      () => serveAll({ href: "../../../updateinfo.xml.gz" }),
      /names no updateinfo of its repository/,
    ],
    [
      "the index leads to another server",
      () => serveAll({ href: "https://example.org/updateinfo.xml.gz" }),
      /names no updateinfo/,
    ],
    [
      "the index is a page",
      () => server.put("/2/core/2.0/x86_64/ab12/repodata/repomd.xml", "<html></html>"),
      /is no repomd\.xml/,
    ],
    [
      "the index has no updateinfo",
      () => server.put("/2/core/2.0/x86_64/ab12/repodata/repomd.xml", "<repomd></repomd>"),
      /without updateinfo/,
    ],
    ["the index is missing", () => server.files.delete("/2/core/2.0/x86_64/ab12/repodata/repomd.xml"), /no such file/],
    [
      "the list of mirrors is a page",
      () => server.put("/2/core/latest/x86_64/mirror.list", "<html>hotel</html>"),
      /is no list of mirrors/,
    ],
    [
      "the mirror is not served over HTTPS",
      () => server.put("/2/core/latest/x86_64/mirror.list", "http://cdn.amazonlinux.com/2/core/2.0/x86_64/ab12"),
      /away from HTTPS/,
    ],
    [
      "the catalogue names paths",
      () => server.put("/2/extras-catalog.json", JSON.stringify({ topics: [{ n: "../../etc" }] })),
      /is no catalogue/,
    ],
    [
      "the notices are cut off",
      () =>
        server.put(
          "/2/core/2.0/x86_64/ab12/repodata/updateinfo.xml.gz",
          gzipSync(updateinfoText([notice("ALAS2-2024-1", "curl")])).subarray(0, 90),
        ),
      /index says/,
    ],
  ])("stay as they were when %s", async (_, damage, reason) => {
    serveAll();
    await refresh();
    damage();
    const report = await refresh({ force: true });
    expect(report).toMatchObject({ status: "kept", reason: expect.stringMatching(reason) });
    expect((await stored())("amazon:2", "curl")).toHaveLength(1);
  });

  it.each(["500", "403", "cut", "empty", "slow", "wrong-content", "loop"] as const)(
    "stay as they were when the server answers %s",
    async (fault) => {
      serveAll();
      await refresh();
      server.fault = fault;
      expect((await refresh({ force: true })).status).toBe("kept");
      expect((await stored())("amazon:2", "curl")).toHaveLength(1);
      server.fault = "none";
      expect((await refresh({ force: true })).status).toBe("unchanged");
    },
  );
});
