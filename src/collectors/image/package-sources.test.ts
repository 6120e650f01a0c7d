import { expect, it } from "vitest";
import { fixtureKey } from "../../formats/openpgp.fixture.ts";
import { foundBy, imageOf } from "./image.fixture.ts";
import collector from "./package-sources.ts";

it("tells the sources that apt reads, of the files that are left", async () => {
  const image = await imageOf([
    {
      "etc/apt/sources.list":
        "deb http://a.example/debian trixie main contrib\ndeb-src http://a.example/debian trixie main\n",
      "etc/apt/sources.list.d/gone.list": "deb http://b.example x main\n",
      "etc/apt/sources.list.d/backup.bak": "deb http://c.example x main\n",
      "etc/apt/sources.list.d/own.sources":
        "Types: deb\nURIs: http://d.example/security\nSuites: trixie-security\nComponents: main\n\nTypes: deb-src\nURIs: http://e.example\nSuites: x\nComponents: main\n",
    },
    { "etc/apt/sources.list.d/.wh.gone.list": "" },
  ]);
  expect(await foundBy(collector, image)).toEqual({
    sources: [
      {
        file: "/etc/apt/sources.list",
        line: 1,
        uris: ["http://a.example/debian"],
        suites: ["trixie"],
        components: ["main", "contrib"],
      },
      {
        file: "/etc/apt/sources.list.d/own.sources",
        line: 1,
        uris: ["http://d.example/security"],
        suites: ["trixie-security"],
        components: ["main"],
      },
    ],
    keys: [],
    unread: [],
  });
});
it("tells the keys of its keyrings, each once, and what is no keyring", async () => {
  const key = fixtureKey("eddsa");
  const image = await imageOf([
    {
      "usr/share/keyrings/a.pgp": key.keyring,
      "usr/share/keyrings/a.gpg": key.keyring,
      "etc/apt/trusted.gpg.d/b.asc": "no key",
      "usr/share/keyrings/README": "words",
    },
  ]);
  expect(await foundBy(collector, image)).toMatchObject({
    keys: [{ fingerprint: key.fingerprint, jwk: { kty: "OKP" } }],
    unread: [{ path: "/etc/apt/trusted.gpg.d/b.asc" }],
  });
});
it("an image without apt has none", async () => {
  expect(await foundBy(collector, await imageOf([{ "etc/passwd": "" }]))).toEqual({
    sources: [],
    keys: [],
    unread: [],
  });
});
