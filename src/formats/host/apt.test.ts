import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { installedPackages, offeredPackages, parseAptConfiguration, parseSourcesList } from "./apt.ts";

const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,8}$/);
const version = fc.stringMatching(/^[0-9][0-9a-z.+~:-]{0,8}$/);
const packages = fc.uniqueArray(
  fc.record({ name, version, architecture: fc.constantFrom("amd64", "all"), held: fc.boolean() }),
  { selector: (one) => one.name },
);

describe("apt metadata", () => {
  it("gives back the packages of any index and status file", () => {
    fc.assert(
      fc.property(packages, (list) => {
        const fields = (one: (typeof list)[number], status: string) =>
          `Package: ${one.name}\n${status}Version: ${one.version}\nArchitecture: ${one.architecture}\nDescription: x\n Package: inner\n`;
        const index = Buffer.from(list.map((one) => fields(one, "")).join("\n"));
        const wanted = new Set(list.map((one) => one.name));
        expect(offeredPackages(index, wanted)).toEqual(
          list.map((one) => ({ name: one.name, version: one.version, architecture: one.architecture })),
        );
        const status = list
          .map((one) => fields(one, `Status: ${one.held ? "hold" : "install"} ok installed\n`))
          .join("\n");
        expect(installedPackages(status)).toEqual(list);
      }),
    );
  });

  it("gives back any line of sources", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,7}$/);
    fc.assert(
      fc.property(
        word,
        word,
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (host, suite, parts, trusted) => {
          const line = `deb ${trusted ? "[ trusted=yes ] " : ""}http://${host}.example/debian ${suite} ${parts.join(" ")} # c`;
          expect(parseSourcesList(`\n${line}\n`)).toMatchObject([
            { uris: [`http://${host}.example/debian`], suites: [suite], components: parts, trusted, line: 2 },
          ]);
        },
      ),
    );
  });

  it("reads settings alike, nested or not", () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,6}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[a-z0-9 ./]{1,8}$/),
        (path, value) => {
          const flat = `${path.join("::")} "${value}";\n`;
          const nested = `${path
            .slice(0, -1)
            .map((part) => `${part} { `)
            .join("")}${path.at(-1)} "${value}";${" };".repeat(path.length - 1)}\n`;
          const expected = { [path.join("::").toLowerCase()]: value };
          expect([parseAptConfiguration(flat, "f"), parseAptConfiguration(nested, "f")]).toEqual([expected, expected]);
        },
      ),
    );
  });
});
