import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { http, jsonOf } from "./http.ts";

let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/redirect") response.writeHead(302, { location: "/elsewhere" }).end();
    else if (request.url === "/cut")
      response.writeHead(200, { "content-length": "100" }).write("x", () => response.destroy());
    else response.writeHead(200, { "X-Two": ["a", "b"] }).end("x".repeat(1000));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("a request", () => {
  it("gives status, headers and body", async () => {
    const answer = await http(`${base}/`);
    expect([answer.status, answer.headers["x-two"], answer.body.length]).toEqual([200, "a", 1000]);
  });
  it("reads no more than it may", async () => {
    await expect(http(`${base}/`, { maxBytes: 999 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
  it("follows no redirect", async () => {
    expect(await http(`${base}/redirect`)).toMatchObject({ status: 302, headers: { location: "/elsewhere" } });
  });
  it("says what is not reachable, without what may be secret in the address", async () => {
    await expect(http("http://user:hunter2@127.0.0.1:1/x?token=hunter2")).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.not.stringContaining("hunter2"),
    });
    await expect(http(`${base}/cut`)).rejects.toMatchObject({ code: "UNREACHABLE" });
    await expect(http(`${base}/`, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "UNREACHABLE" });
  });
  it("may answer what is no JSON", async () => {
    const answer = await http(`${base}/`);
    expect(() => jsonOf(answer, "the server")).toThrow("the server: the answer is not JSON");
  });
});
