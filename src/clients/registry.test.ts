import { afterEach, describe, expect, it } from "vitest";
import { FakeRegistry, type FakeRegistryOptions } from "../../test/fakes/registry.ts";
import { selfSigned } from "../../test/fakes/self-signed.ts";
import { probeRegistry } from "./registry.ts";

let registry: FakeRegistry | undefined;
afterEach(async () => {
  await registry?.stop();
  registry = undefined;
});
async function start(options: FakeRegistryOptions): Promise<FakeRegistry> {
  registry = await FakeRegistry.start(options);
  return registry;
}

describe("a stranger's look at a registry", () => {
  it("sees an open registry in clear", async () => {
    const { host } = await start({});
    expect(await probeRegistry(host)).toEqual({
      host,
      tls: undefined,
      plainHttp: true,
      authentication: "none",
      anonymousCatalog: true,
      anonymousPull: true,
      anonymousPush: undefined,
      apiVersion: "registry/2.0",
    });
  });

  it("begins an upload only when asked, and cancels it", async () => {
    const open = await start({});
    await probeRegistry(open.host);
    expect(open.requests.filter((request) => request.startsWith("POST"))).toEqual([]);
    expect(await probeRegistry(open.host, { tryPush: true })).toMatchObject({ anonymousPush: true });
    expect(open.requests.filter((request) => /^(?:POST|DELETE)/.test(request))).toHaveLength(2);
    expect(open.uploads.size).toBe(0);
  });

  it("is kept out by passwords", async () => {
    const { host } = await start({ authentication: "basic" });
    expect(await probeRegistry(host, { tryPush: true, repository: "shop/cart" })).toMatchObject({
      authentication: "basic",
      anonymousCatalog: false,
      anonymousPull: false,
      anonymousPush: false,
    });
  });

  it("takes the tokens that strangers are given", async () => {
    const { host } = await start({ authentication: "bearer", strangersMay: ["pull"] });
    expect(await probeRegistry(host, { tryPush: true, repository: "shop/cart" })).toMatchObject({
      authentication: "bearer",
      anonymousCatalog: false,
      anonymousPull: true,
      anonymousPush: false,
    });
  });

  it("looks past a certificate that it does not trust, and says what is wrong with it", async () => {
    const { host } = await start({ tls: selfSigned });
    expect(await probeRegistry(host)).toMatchObject({
      plainHttp: false,
      tls: {
        trusted: false,
        problem: expect.stringMatching(/self-signed/),
        protocol: "TLSv1.3",
        expires: expect.stringMatching(/^2/),
      },
      authentication: "none",
    });
  });

  it("says that nothing answers", async () => {
    const { host } = await start({});
    await registry!.stop();
    await expect(probeRegistry(host)).rejects.toMatchObject({ code: "UNREACHABLE" });
    registry = undefined;
  });

  it("refuses what is no host", async () => {
    for (const host of ["", "http://x", "a b", "x:99999", "x/y", "user@x"])
      await expect(probeRegistry(host)).rejects.toMatchObject({ code: "USAGE" });
  });
});
