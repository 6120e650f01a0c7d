import { parseGemspec } from "../../formats/gemspec.ts";
import { definePackageReader, textOf } from "../package-reader.ts";

const largest = 4 * 1024 ** 2;

/** The specifications of installed Ruby gems, Ruby's own default gems included. */
export default definePackageReader({
  id: "gem",
  version: 1,
  role: "metadata",
  paths: [
    "usr/share/rubygems-integration/*/specifications/*.gemspec",
    "var/lib/gems/*/specifications/*.gemspec",
    "usr/lib/ruby/gems/*/specifications/*.gemspec",
    "usr/lib/ruby/gems/*/specifications/default/*.gemspec",
  ],
  wants: (path, size) => size <= largest && /(^|\/)specifications\/(default\/)?[^/]+\.gemspec$/.test(path),
  read(_path, bytes) {
    const record = parseGemspec(textOf(bytes));
    return record === undefined ? {} : { packages: [record] };
  },
});
