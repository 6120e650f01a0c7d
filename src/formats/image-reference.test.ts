import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageReferenceOf, parseImageReference } from "./image-reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("image references (distribution/reference)", () => {
  it.each([
    ["redis", { registry: "docker.io", repository: "library/redis" }],
    ["redis:7.2", { registry: "docker.io", repository: "library/redis", tag: "7.2" }],
    ["team/app", { registry: "docker.io", repository: "team/app" }],
    ["docker.io/redis", { registry: "docker.io", repository: "library/redis" }],
    ["index.docker.io/team/app:1", { registry: "docker.io", repository: "team/app", tag: "1" }],
    ["localhost/app", { registry: "localhost", repository: "app" }],
    ["localhost:5000/app:1.0", { registry: "localhost:5000", repository: "app", tag: "1.0" }],
    ["127.0.0.1:5000/a/b/c", { registry: "127.0.0.1:5000", repository: "a/b/c" }],
    ["[::1]:5000/app", { registry: "[::1]:5000", repository: "app" }],
    [`quay.io/team/app@${digest}`, { registry: "quay.io", repository: "team/app", digest }],
    [`quay.io/team/app:2@${digest}`, { registry: "quay.io", repository: "team/app", tag: "2", digest }],
    ["registry.example/a__b/c-d.e", { registry: "registry.example", repository: "a__b/c-d.e" }],
  ])("%s", (text, parts) => {
    expect(parseImageReference(text)).toEqual({ text, ...parts });
  });

  it.each([
    "",
    "UPPER",
    "a b",
    "app:",
    "app:-x",
    "app@sha256:12",
    "app@",
    "/app",
    "app/",
    "a//b",
    "https://x/y",
    "app:1:2",
    ":1",
    "a..b/../c",
    `x/${"a".repeat(300)}`,
  ])("is none: %s", (text) => {
    expect(parseImageReference(text)).toBeUndefined();
    expect(imageReferenceOf(text)).toEqual({ text, registry: "", repository: text });
  });

  it("puts together what it took apart", () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const parts = fc.record({
      host: fc.constantFrom("registry.example", "r.example:5000"),
      path: fc.array(word, { minLength: 1, maxLength: 3 }),
      tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/)),
      pinned: fc.boolean(),
    });
    fc.assert(
      fc.property(parts, ({ host, path, tag, pinned }) => {
        const text = `${host}/${path.join("/")}${tag === null ? "" : `:${tag}`}${pinned ? `@${digest}` : ""}`;
        expect(parseImageReference(text)).toEqual({
          text,
          registry: host,
          repository: path.join("/"),
          ...(tag === null ? {} : { tag }),
          ...(pinned ? { digest } : {}),
        });
      }),
    );
  });

  it("never throws, and ends on long texts", () => {
    fc.assert(fc.property(fc.string(), (text) => void imageReferenceOf(text)));
    parseImageReference(`a/${"a-".repeat(50_000)}!`);
  });
});
