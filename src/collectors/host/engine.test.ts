import { afterAll, expect, it } from "vitest";
import { type MadeHost, type MadeTree, madeNow, makeHost } from "../../../test/host-roots.ts";
import { engine } from "../../facts/host/engine.ts";
import collector from "./engine.ts";

const made: MadeHost[] = [];
afterAll(() => {
  for (const host of made) host.remove();
});

async function enginesOf(tree: MadeTree) {
  const host = makeHost({ "etc/passwd": "root:x:0:0::/:/bin/sh\n" }, tree);
  made.push(host);
  const context = { signal: new AbortController().signal, now: madeNow };
  for await (const found of collector.collect(host.root, context))
    if ("value" in found)
      return engine.schema.parse(found.value).engines.map(({ engine: name, version }) => [name, version]);
  throw new Error("the collector gave no value");
}

/** A version as the Go linker leaves it among a program's texts. */
const linked = (version: string) => `\u007fELF\0\0\0${version}\0\0\0\u0001\0`;

it.each([
  ["docker", "usr/bin/dockerd", "27.1.1", "27.1.1"],
  ["containerd", "usr/local/bin/containerd", "v1.7.20", "1.7.20"],
  ["kubelet", "usr/bin/kubelet", "v1.30.2", "1.30.2"],
])("%s has the version that its program carries", async (name, path, text, expected) => {
  expect(await enginesOf({ [path]: linked(text) })).toEqual([[name, expected]]);
});
it("a program of a package has the package's version", async () => {
  const status = "Package: podman\nStatus: install ok installed\nVersion: 5.4.2+ds1-2\nArchitecture: amd64\n";
  expect(await enginesOf({ "usr/bin/podman": "", "var/lib/dpkg/status": status })).toEqual([["podman", "5.4.2+ds1-2"]]);
  expect(await enginesOf({ "usr/local/bin/podman": "", "var/lib/dpkg/status": status })).toEqual([
    ["podman", undefined],
  ]);
});
it("a program that is damaged or tells nothing has none", async () => {
  expect(await enginesOf({ "usr/bin/dockerd": "\u007fELF", "usr/bin/podman": "" })).toEqual([
    ["docker", undefined],
    ["podman", undefined],
  ]);
});
