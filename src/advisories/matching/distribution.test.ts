import { expect, it } from "vitest";
import { advisoriesOf } from "./distribution.ts";

it.each([
  ["debian", { versionId: "12" }, "debian:12"],
  ["debian", { versionId: "11.9" }, "debian:11"],
  ["debian", { versionCodename: "squeeze" }, "debian:6"],
  ["debian", { versionCodename: "bookworm" }, "debian:12"],
  ["debian", { versionCodename: "duke" }, "debian:15"],
  ["debian", { versionCodename: "forky/sid" }, "debian:14"],
  ["debian", { versionCodename: "sid" }, "debian:sid"],
  ["debian", { versionCodename: "unstable" }, "debian:sid"],
  ["debian", { versionCodename: "unheard" }, undefined],
  ["debian", { versionCodename: "constructor" }, undefined],
  ["debian", {}, undefined],
  ["ubuntu", { versionCodename: "jammy" }, "ubuntu:22.04"],
  ["ubuntu", { versionCodename: "toString" }, undefined],
])("the advisories of %s %j are %s", (id, release, ecosystem) => {
  const found = advisoriesOf({ id, idLike: [], ...release });
  expect(found).toBeDefined();
  expect(found?.ecosystem).toBe(ecosystem);
});

it.each(["unheard", "constructor", "__proto__", ""])("no advisories speak for %j", (id) => {
  expect(advisoriesOf({ id, idLike: [], versionId: "1" })).toBeUndefined();
});
