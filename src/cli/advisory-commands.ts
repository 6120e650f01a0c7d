import { type Command, Option } from "commander";
import { advisoryOption, collect, examples } from "./command-parts.ts";

/** Adds the commands about advisory data: db and match. */
export function advisoryCommands(root: Command): void {
  db(root);
  match(root);
}

function keyOption(what: string): Option {
  return new Option("--key <file>", what).env("PLIMSOLL_ADVISORY_KEY");
}

function forceOption(): Option {
  return new Option("--force", "take data that is older or has lost records all the same");
}

function db(root: Command): void {
  const group = root.command("db").description("advisory data: build, keep current, verify, carry along");
  group
    .command("build")
    .description("build a file or folder from raw feeds")
    .requiredOption("--from <path>", "folder of raw or packed feeds, or one feed")
    .requiredOption(
      "-o, --output <path>",
      "file (with an ending, as advisories.plim), folder to publish, or registry:HOST/REPOSITORY:TAG",
    )
    .addOption(new Option("--only <feed>", "take this feed only; may be given again").argParser(collect))
    .addOption(new Option("--core", "take the core feeds only"))
    .addOption(new Option("--key <file>", "private key to sign with (PEM)").env("PLIMSOLL_ADVISORY_SIGNING_KEY"))
    .addOption(forceOption())
    .action(async (...given: unknown[]) => (await import("./db.ts")).build(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll db build --from feeds/ -o advisories.plim", "a file for your own use"],
        ["plimsoll db build --from feeds/ -o public/advisories --key team.key", "a signed folder for a web server"],
      ),
    );
  group
    .command("update")
    .description("bring a folder to what is published, or fetch raw feeds into it")
    .argument("<folder>", "folder of built data, or with --feeds of raw feeds")
    .addOption(
      new Option("--from <location>", "published folder, its web address, registry:HOST/REPOSITORY:TAG, or a file").env(
        "PLIMSOLL_ADVISORY_SOURCE",
      ),
    )
    .addOption(new Option("--feeds", "fetch raw feeds from their publishers"))
    .addOption(new Option("--only <feed>", "with --feeds: fetch this feed only; may be given again").argParser(collect))
    .addOption(
      new Option("--base <feed=address>", "with --feeds: a mirror of a feed; may be given again").argParser(collect),
    )
    .addOption(keyOption("public key that the data must be signed with (PEM)"))
    .addOption(forceOption())
    .addOption(new Option("--offline", "use no network").env("PLIMSOLL_OFFLINE"))
    .action(async (...given: unknown[]) => (await import("./db.ts")).update(given))
    .addHelpText(
      "after",
      examples(
        [
          "plimsoll db update advisories/ --from https://plimsoll.example/advisories --key team.pub",
          "only what changed is fetched",
        ],
        ["plimsoll db update feeds/ --feeds --only alpine-secdb", "a raw feed from its publisher"],
      ),
    );
  group
    .command("status")
    .description("what the data is, how old, and whether it is signed")
    .argument("[path]", "file or folder of advisory data (default: --advisories)")
    .addOption(advisoryOption())
    .addOption(keyOption("public key that the data must be signed with (PEM)"))
    .addOption(
      new Option("-f, --format <format>", "terminal or json").choices(["terminal", "json"]).default("terminal"),
    )
    .action(async (...given: unknown[]) => (await import("./db.ts")).status(given))
    .addHelpText("after", examples(["plimsoll db status advisories.plim", "feeds, dates, ecosystems, signature"]));
  group
    .command("verify")
    .description("check the signature and every hash")
    .argument("<path>", "file or folder made by db build")
    .addOption(keyOption("public key that the data must be signed with (PEM)"))
    .action(async (...given: unknown[]) => (await import("./db.ts")).verify(given))
    .addHelpText("after", examples(["plimsoll db verify advisories.plim --key team.pub", "before it is carried on"]));
  group
    .command("export")
    .description("write built data into a single file or a registry")
    .argument("<path>", "file or folder made by db build, its web address, or registry:HOST/REPOSITORY:TAG")
    .requiredOption("-o, --output <file>", "file to write, or registry:HOST/REPOSITORY:TAG")
    .action(async (...given: unknown[]) => (await import("./db.ts")).exportTo(given))
    .addHelpText("after", examples(["plimsoll db export advisories/ -o advisories.plim", "to carry over an air gap"]));
  group
    .command("import")
    .description("check a file and put its data into a folder")
    .argument("<file>", "file made by db build or db export")
    .argument("<folder>", "folder of built data")
    .addOption(keyOption("public key that the data must be signed with (PEM)"))
    .addOption(forceOption())
    .action(async (...given: unknown[]) => (await import("./db.ts")).importFile(given))
    .addHelpText("after", examples(["plimsoll db import advisories.plim advisories/", "behind the air gap"]));
  group
    .command("keygen")
    .description("make a key pair for signing")
    .argument("<prefix>", "writes PREFIX.key and PREFIX.pub")
    .action(async (...given: unknown[]) => (await import("./db.ts")).keygen(given))
    .addHelpText("after", examples(["plimsoll db keygen team", "team.key signs, team.pub checks"]));
  group
    .command("compare")
    .description("which of two versions is newer; prints <, = or >")
    .argument("<type>", "package URL type (deb, rpm, apk, npm, pypi, maven …) or semver")
    .argument("[a]", "a version; without versions, pairs are read from stdin, one a line with a tab between them")
    .argument("[b]", "another version")
    .action(async (...given: unknown[]) => (await import("./version-comparison.ts")).run(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll db compare deb 1.0~rc1-1 1.0-1", "prints <"],
        ["plimsoll db compare rpm < pairs.tsv", "a line for each pair"],
        ["plimsoll db compare npm -- -1 1.0.0", "a version that looks like an option"],
      ),
    )
    .addHelpText(
      "after",
      "\nEach line of stdin is answered in order as it comes. A line that is no pair is\n" +
        "answered by ? and told on stderr, and the exit code is 2; empty lines are passed\n" +
        "over. The order is that of the ecosystem's own tool.",
    );
}

const matchNotes = `
Qualifiers: distro (debian-12, bookworm, alpine-3.18, rhel-8.6), upstream (name,
name@version or a source rpm), epoch, arch, rpmmod.

Output: a line of JSON for each match with purl, id (the CVE where there is
one), aliases, advisory (id of the advisory that decided), source (its feed),
fixedVersion (absent where there is no fix), severity, state, priority and
reasons. What is clear has no line. What cannot be judged has a line with purl,
unjudged (why) and remedy. Lines of stdin are answered in order as they come;
empty ones and those that begin with # are passed over.

Exit codes: 0 answered · 2 a line is no package URL (told on stderr; the others
are answered) · 3 nothing could be judged`;

function match(root: Command): void {
  root
    .command("match")
    .description("advisories that apply to packages, as NDJSON")
    .argument(
      "[purls...]",
      "package URLs, with distro and upstream qualifiers where they apply; without any, one a line is read from stdin",
    )
    .addOption(advisoryOption())
    .addOption(new Option("--set-aside", "list also what its publisher calls harmless, with the reason"))
    .action(async (...given: unknown[]) => (await import("./match.ts")).run(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll match pkg:npm/minimist@1.2.0 --advisories advisories.plim", "one package"],
        ["plimsoll match --advisories advisories.plim < purls.txt", "many"],
        [
          "plimsoll match 'pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl' --advisories advisories.plim",
          "a binary package by its source",
        ],
      ),
    )
    .addHelpText("after", matchNotes);
}
