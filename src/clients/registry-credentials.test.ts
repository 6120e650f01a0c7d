import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseChallenges } from "./registry-challenge.ts";
import { findCredentials } from "./registry-credentials.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "plimsoll-home-"));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });

async function write(path: string, document: unknown): Promise<void> {
  await mkdir(join(home, path, ".."), { recursive: true });
  await writeFile(join(home, path), typeof document === "string" ? document : JSON.stringify(document));
}

describe("credentials for a registry", () => {
  it("are found in Docker's and Podman's files, the nearest name space first", async () => {
    await write(".docker/config.json", {
      auths: { "https://index.docker.io/v1/": auth("hub:pass:with:colons"), "r.example:5000": auth("docker:1") },
    });
    await write(".config/containers/auth.json", { auths: { "r.example:5000/team": auth("podman:2") } });
    const find = async (host: string, repository: string) =>
      (await findCredentials(host, repository, { HOME: home })).credentials;
    expect(await find("docker.io", "library/alpine")).toMatchObject({ username: "hub", password: "pass:with:colons" });
    expect(await find("r.example:5000", "team/app")).toMatchObject({ username: "podman", password: "2" });
    expect(await find("r.example:5000", "teamwork/app")).toMatchObject({ username: "docker" });
    expect(await find("r.example", "team/app")).toBeUndefined();
    expect(await find("evil-r.example:5000", "team/app")).toBeUndefined();
  });

  it("may be a token, or kept by a program", async () => {
    await write(".docker/config.json", {
      auths: { "a.example": { identitytoken: "t" }, "b.example": {} },
      credHelpers: { "b.example": "ecr-login" },
      credsStore: "desktop",
    });
    const find = (host: string) => findCredentials(host, "x", { HOME: home });
    expect(await find("a.example")).toMatchObject({ credentials: { identityToken: "t" } });
    expect(await find("b.example")).toMatchObject({ helper: "ecr-login" });
    expect(await find("c.example")).toMatchObject({ helper: "desktop" });
  });

  it("are not guessed from damaged files, whose text is not shown", async () => {
    await write(".docker/config.json", '{"auths": {"a": {"password": "hunter2"');
    const failed = await findCredentials("a", "x", { HOME: home }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "CONFIG_INVALID" });
    expect(String(failed)).not.toContain("hunter2");
    await expect(findCredentials("a", "x", { REGISTRY_AUTH_FILE: join(home, "none") })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });
});

describe("a WWW-Authenticate header", () => {
  it("is taken apart as RFC 9110 writes it", () => {
    const header =
      'Bearer realm="https://auth.example/token",service="r, s",scope="repository:a/b:pull,push", Basic realm="a \\"b\\""';
    expect(parseChallenges(header)).toEqual([
      {
        scheme: "bearer",
        parameters: { realm: "https://auth.example/token", service: "r, s", scope: "repository:a/b:pull,push" },
      },
      { scheme: "basic", parameters: { realm: 'a "b"' } },
    ]);
    expect(parseChallenges("Negotiate")).toEqual([{ scheme: "negotiate", parameters: {} }]);
    expect(parseChallenges("")).toEqual([]);
  });

  it("may hold anything", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000, unit: "binary" }), (text) => Array.isArray(parseChallenges(text))),
    );
    parseChallenges(`a="${"\\".repeat(1_000_000)}`);
    parseChallenges("a =".repeat(300_000));
  });
});
