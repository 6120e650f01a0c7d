import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { elfImage } from "../../formats/elf.fixture.ts";
import { zipArchive } from "../../formats/zip.fixture.ts";
import { packageReaders } from "./index.generated.ts";

const program = 0o755;

/** Paths inside an image that each reader must ask for beside its places on a host. */
const places: Readonly<Record<string, readonly string[]>> = {
  apk: ["lib/apk/db/installed", "usr/lib/apk/db/installed"],
  bitnami: ["opt/bitnami/postgresql/.spdx-postgresql.spdx"],
  composer: ["var/www/vendor/composer/installed.json"],
  conda: ["home/user/env/conda-meta/openssl-3.0.1-h0_1.json"],
  dotnet: ["app/App.deps.json"],
  dpkg: ["var/lib/dpkg/status.d/base", "var/lib/dpkg/info/a:amd64.list"],
  "elf-note": ["usr/bin/tool"],
  gem: [
    "usr/local/bundle/specifications/rake-13.0.6.gemspec",
    "usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec",
  ],
  erlang: ["app/lib/jason-1.4.1/ebin/jason.app", "app/deps/jason/hex_metadata.config"],
  "go-program": ["app", "usr/local/bin/tool-1.2"],
  java: ["opt/app.war", "lib/a-1.0.jar"],
  julia: ["opt/depot/packages/JSON/6OgQP/Project.toml", "usr/local/julia/share/julia/stdlib/v1.10/Dates/Project.toml"],
  npm: ["app/node_modules/@scope/a/package.json", "app/package.json", "app/.yarn/cache/lodash-npm-4.17.20-1c2d3e.zip"],
  opkg: ["usr/lib/opkg/status"],
  pacman: ["var/lib/pacman/local/a-1-1/desc"],
  portage: ["var/db/pkg/dev-libs/a-1/CONTENTS"],
  pub: ["root/.pub-cache/hosted/pub.dev/args-2.4.2/pubspec.yaml", "opt/pub-cache/git/shelf-0a1b2c/pubspec.yaml"],
  python: [
    "venv/lib/python3.12/site-packages/a-1.dist-info/METADATA",
    "usr/lib/python3/dist-packages/a.egg-info",
    "usr/lib/python2.7/site-packages/a-1-py2.7.egg",
  ],
  r: ["usr/lib/R/site-library/rlang/DESCRIPTION", "home/a/R/x86_64-pc-linux-gnu-library/4.3/rlang/DESCRIPTION"],
  rpm: [
    "var/lib/rpm/Packages",
    "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "var/lib/rpm/rpmdb.sqlite-wal",
    "root/buildinfo/content_manifests/ubi8.json",
  ],
  "rust-program": ["usr/bin/tool"],
  "unpackaged-binary": ["usr/local/bin/redis-server", "usr/local/bin/node"],
};

/** What no reader may ask for: their bytes would be read into memory for nothing. */
const strangers = [
  "etc/passwd",
  "usr/share/doc/a/README",
  "usr/lib/x86_64-linux-gnu/libc.so.6",
  "app/node_modules/a/test/package.json",
  "app/node_modules/a/index.js",
  "var/lib/dpkg/info/a.postinst",
  "var/lib/rpm/.rpm.lock",
  "usr/share/doc/r-cran-rlang/tests/rlanglibtest/DESCRIPTION",
  "root/.yarn/berry/cache/lodash-npm-4.17.20-1c2d3e.zip",
  "app/pubspec.yaml",
  "app/Project.toml",
  "usr/lib/erlang/lib/crypto-5.5.3/src/crypto.app.src",
];

describe.each([...packageReaders])("package reader %s", (name, reader) => {
  it("is named after its file and wants the places that it names", () => {
    expect(reader.id).toBe(name);
    for (const path of [...reader.paths.map((pattern) => pattern.replaceAll("*", "x")), ...(places[name] ?? [])]) {
      expect(reader.wants(path, 100_000, program), path).toBe(true);
    }
    expect(places[name], "add the reader's places to this test").toBeDefined();
  });

  it("leaves other files alone", () => {
    for (const path of strangers) expect(reader.wants(path, 100_000, 0o644), path).toBe(false);
  });

  it("makes plain JSON or an AppError of any bytes", () => {
    const line = fc.constantFrom(
      "Package: a\n",
      "Version: 1\n",
      "Status: install ok installed\n",
      "P:a\n",
      "V:1\n",
      "%NAME%\na\n",
      "%VERSION%\n1\n",
      "Name: a\n",
      "\n",
      "# stub: a 1 ruby\n",
      "obj /usr/bin/a 0 0\n",
      '{"name":"a","version":"1"}',
      "[",
      "a\t1-1\tb\n",
      '{application,a,[{vsn,"1"}]}.\n',
      '{<<"name">>,<<"a">>}.',
      "Built: R\n",
      "name: a\nversion: 1\n",
      'name = "a"\nuuid = "ade2ca70-3891-5945-98fb-dc099432e06a"\n',
    );
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(lines.join(""))),
      fc
        .uint8Array({ maxLength: 100 })
        .map((bytes) => elfImage({ ".go.buildinfo": bytes, ".dep-v0": bytes, ".note.package": bytes })),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => zipArchive({ "META-INF/MANIFEST.MF": bytes, "x.jar": bytes })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...(places[name] ?? ["x"])), content, (path, bytes) => {
        try {
          const evidence = reader.read(path, bytes);
          expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
          reader.combine?.([{ path, evidence }]);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
