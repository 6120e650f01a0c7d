import { parseErlangApplication, parseHexMetadata } from "../../formats/erlang-application.ts";
import { definePackageReader, eachOnItsOwn, type FoundEvidence, type FoundPackage, textOf } from "../package-reader.ts";

const application = /(^|\/)ebin\/[^/]+\.app$/;
const hexMetadata = /(^|\/)hex_metadata\.config$/;
const largest = 1024 ** 2;

/** Erlang and Elixir applications as releases and installations hold them, and what Hex says of those that it fetched. */
export default definePackageReader({
  id: "erlang",
  version: 1,
  role: "metadata",
  paths: [
    "usr/lib/erlang/lib/*/ebin/*.app",
    "usr/local/lib/erlang/lib/*/ebin/*.app",
    "usr/lib/elixir/lib/*/ebin/*.app",
    "usr/local/lib/elixir/lib/*/ebin/*.app",
  ],
  wants: (path, size) => size <= largest && (application.test(path) || hexMetadata.test(path)),
  read(path, bytes) {
    const isMetadata = hexMetadata.test(path);
    const record = (isMetadata ? parseHexMetadata : parseErlangApplication)(textOf(bytes), path);
    return record === undefined ? { problems: ["names no version"] } : { packages: [record] };
  },
  /** What Hex fetched is built into an application of the same version: the two are one package, and Hex knows where it came from. */
  combine(found: readonly FoundEvidence[]): FoundPackage[] {
    const packages = eachOnItsOwn(found);
    const fetched = new Set(packages.filter(({ path }) => hexMetadata.test(path)).map(({ record }) => keyOf(record)));
    return packages.map((one) =>
      fetched.has(keyOf(one.record)) ? { ...one, record: { ...one.record, confidence: "high" as const } } : one,
    );
  },
});

function keyOf({ name, version }: FoundPackage["record"]): string {
  return `${name} ${version}`;
}
