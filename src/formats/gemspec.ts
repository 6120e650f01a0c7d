import type { PackageRecord } from "./package-record.ts";

/**
 * The gem of an installed `specifications/NAME-VERSION.gemspec`, which RubyGems writes in one form: a `# stub:` line with name, version and
 * platform, then assignments to `s`. Nothing of it is executed. Undefined where it names no gem.
 */
export function parseGemspec(text: string): PackageRecord | undefined {
  const stub = /^# stub: (\S+) (\S+) (\S+)/m.exec(text);
  const name = stub?.[1] ?? assigned(text, "name");
  const version = stub?.[2] ?? assigned(text, "version");
  const platform = stub?.[3] ?? "ruby";
  if (!name || !version) return undefined;
  return {
    name,
    version,
    type: "gem",
    vendor: firstOf(text, "authors"),
    licenses: allOf(text, "licenses"),
    ...(platform === "ruby" ? {} : { qualifiers: { platform } }),
  };
}

function assigned(text: string, member: string): string | undefined {
  return new RegExp(`^[ \\t]*\\w+\\.${member}\\s*=\\s*(?:Gem::Version\\.new\\()?["']([^"'\\n]+)["']`, "m").exec(
    text,
  )?.[1];
}

/** The strings of an assignment like `s.licenses = ["MIT".freeze, "Ruby".freeze]`. */
function allOf(text: string, member: string): string[] {
  const list = new RegExp(`^[ \\t]*\\w+\\.${member}\\s*=\\s*\\[([^\\]\\n]*)\\]`, "m").exec(text)?.[1] ?? "";
  return [...list.matchAll(/["']([^"']+)["']/g)].map((match) => match[1]!);
}

function firstOf(text: string, member: string): string | undefined {
  return allOf(text, member)[0];
}
