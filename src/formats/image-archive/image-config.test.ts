import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { json } from "./archive-fixture.ts";
import { parseImageConfig } from "./image-config.ts";

const nothingSet = {
  os: "unknown",
  architecture: "unknown",
  env: [],
  exposedPorts: [],
  volumes: [],
  labels: {},
  onBuild: [],
  history: [],
  rootfs: { diffIds: [] },
};

describe("parseImageConfig", () => {
  it("reads every field", () => {
    const diffId = `sha256:${"a".repeat(64)}`;
    const config = parseImageConfig(
      json({
        os: "linux",
        architecture: "arm64",
        variant: "v8",
        created: "2024-01-01T00:00:00Z",
        author: "a",
        config: {
          User: "1000:1000",
          Env: ["A=b"],
          Entrypoint: ["/e"],
          Cmd: ["c"],
          Shell: ["/bin/bash", "-c"],
          ExposedPorts: { "443/tcp": {}, "22/tcp": {} },
          Volumes: { "/v": {} },
          WorkingDir: "/w",
          Labels: { l: "1" },
          Healthcheck: { Test: ["CMD", "x"], Interval: 5e9, Timeout: 1e9, StartPeriod: 2e9, Retries: 3 },
          StopSignal: "SIGTERM",
          OnBuild: ["RUN x"],
        },
        history: [{ created: "t", created_by: "RUN x", comment: "c", author: "a", empty_layer: true }, {}],
        rootfs: { type: "layers", diff_ids: [diffId] },
      }),
      "config",
    );
    expect(config).toEqual({
      os: "linux",
      architecture: "arm64",
      variant: "v8",
      created: "2024-01-01T00:00:00Z",
      author: "a",
      user: "1000:1000",
      env: ["A=b"],
      entrypoint: ["/e"],
      cmd: ["c"],
      shell: ["/bin/bash", "-c"],
      exposedPorts: ["22/tcp", "443/tcp"],
      volumes: ["/v"],
      workingDir: "/w",
      labels: { l: "1" },
      healthcheck: { test: ["CMD", "x"], interval: 5e9, timeout: 1e9, startPeriod: 2e9, retries: 3 },
      stopSignal: "SIGTERM",
      onBuild: ["RUN x"],
      history: [
        { created: "t", createdBy: "RUN x", comment: "c", author: "a", emptyLayer: true },
        { emptyLayer: false },
      ],
      rootfs: { diffIds: [diffId] },
    });
  });

  it.each<[string, unknown, object]>([
    ["nothing at all", {}, nothingSet],
    ["null everywhere", { config: null, history: null, rootfs: null }, nothingSet],
    ["null inside", { config: { User: null, Env: null, Cmd: null, Labels: null, Healthcheck: null } }, nothingSet],
    ["an empty user, which is none", { config: { User: "" } }, nothingSet],
    [
      "keys in another case, as runtimes read them",
      { OS: "linux", Config: { USER: "0", env: ["A=b"] } },
      { ...nothingSet, os: "linux", user: "0", env: ["A=b"] },
    ],
    ["a command that is one word", { config: { Cmd: "sh" } }, { ...nothingSet, cmd: ["sh"] }],
    ["fields that nobody knows", { config: { ArgsEscaped: true }, "moby.buildkit": "x" }, nothingSet],
  ])("takes %s", (_, document, expected) => {
    expect(parseImageConfig(json(document), "config")).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ["a user that is no text", { config: { User: 0 } }, "user"],
    ["an environment that is no list", { config: { Env: "A=b" } }, "env"],
    ["a label that is no text", { config: { Labels: { a: 1 } } }, "labels"],
    ["a digest that is none", { rootfs: { diff_ids: ["md5:x"] } }, "diff_ids"],
    ["a list", [], "not an image configuration"],
  ])("refuses %s rather than take it as not set", (_, document, message) => {
    expect(() => parseImageConfig(json(document), "config")).toThrow(
      expect.objectContaining({ code: "CORRUPT_INPUT", message: expect.stringContaining(message) }),
    );
  });

  it("any JSON and any text is read or refused with CORRUPT_INPUT", () => {
    const attempt = (bytes: Uint8Array) => {
      try {
        parseImageConfig(bytes, "config");
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(AppError);
        expect(thrown).toMatchObject({ code: "CORRUPT_INPUT" });
      }
    };
    fc.assert(fc.property(fc.json(), (text) => attempt(Buffer.from(text))));
    fc.assert(fc.property(fc.uint8Array(), attempt));
    const value = fc.jsonValue();
    fc.assert(
      fc.property(
        fc.record({
          config: fc.dictionary(fc.constantFrom("User", "Env", "Labels", "Healthcheck"), value),
          history: value,
          rootfs: value,
        }),
        (document) => attempt(json(document)),
      ),
    );
  });
});
