import { Command, Option } from "commander";
import { tool, version } from "./version.ts";

const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];

/** The command tree. Each action is imported when it is called, so that --help stays fast. */
export function program(): Command {
  const root = new Command("plimsoll")
    .description("Measures a container platform against NIST SP 800-190, with evidence for every verdict.")
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showHelpAfterError('(see "plimsoll --help")')
    .version(tool, "-V, --version", "print the version")
    .option("-q, --quiet", "no progress and no notes on stderr")
    .option("--debug", "say on stderr what is done and how long it takes")
    .addHelpText(
      "after",
      `
Exit codes: 0 the gate passed · 1 the gate failed · 2 wrong usage or configuration · 3 could not assess · 70 a bug

Examples:
  $ plimsoll assess                                   this machine and what runs on it
  $ plimsoll assess image app.tar                     an image archive
  $ plimsoll assess cluster manifests/ --fail-on high the manifests of a cluster, as a gate in CI
  $ plimsoll explain img-7f3a                         everything about one finding of the last report`,
    );
  for (const add of [assess, sbom, explain, diff, checks, catalog, db, match, config, completion]) add(root);
  root
    .command("version")
    .description("print the version, and that of Node.js")
    .action(() => void process.stdout.write(`${tool}\nnode ${process.version}\n`))
    .addHelpText("after", examples(["plimsoll version", "what to put into a bug report"]));
  return root;
}

function examples(...lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length)) + 2;
  return `\nExamples:\n${lines.map(([command, what]) => `  $ ${command.padEnd(width)}${what}`).join("\n")}`;
}

function advisoryOption(): Option {
  return new Option("--advisories <path>", "advisory data: a built file, or a folder or archive of raw feeds").env(
    "PLIMSOLL_ADVISORIES",
  );
}
function policyOption(): Option {
  return new Option("-p, --policy <file>", "policy file (default: plimsoll.yaml where there is one)").env(
    "PLIMSOLL_POLICY",
  );
}
const severityNames = ["critical", "high", "medium", "low", "info"];

function assess(root: Command): void {
  root
    .command("assess")
    .description("collect facts, judge them, report and decide")
    .argument(
      "[what]",
      "image, registry, cluster, container, host or hardware; or a target or saved facts, whose kind is guessed or written before it (image:app.tar)",
    )
    .argument(
      "[targets...]",
      "image (archive, layout, HOST/REPO:TAG, docker:NAME, podman:NAME, containerd:NAME, dir:ROOT, sbom:FILE), folder of manifests, engine socket, registry host, root of a host",
    )
    .addOption(advisoryOption())
    .addOption(policyOption())
    .addOption(
      new Option(
        "-f, --format <format>",
        "what to print: terminal, json, sarif, junit, markdown, ndjson, csv, html, oscal …",
      )
        .env("PLIMSOLL_FORMAT")
        .default("terminal"),
    )
    .addOption(new Option("-o, --output <file>", "write it to a file instead of stdout").env("PLIMSOLL_OUTPUT"))
    .addOption(new Option("--report <format=file>", "write one more report; may be given again").argParser(collect))
    .addOption(
      new Option("--report-dir <folder>", "folder for the whole set of reports")
        .env("PLIMSOLL_REPORT_DIR")
        .default("plimsoll-report"),
    )
    .addOption(new Option("--no-report-dir", "do not write the set of reports"))
    .addOption(
      new Option(
        "-s, --severity <list>",
        "show only these severities, as high,critical; the gate still counts all",
      ).env("PLIMSOLL_SEVERITY"),
    )
    .addOption(
      new Option("--fail-on <severity>", "let the gate fail on any finding this bad or worse")
        .choices(severityNames)
        .env("PLIMSOLL_FAIL_ON"),
    )
    .addOption(
      new Option("--fail-on-unknown <number>", "let the gate fail when more recommendations than this are unknown")
        .argParser(Number)
        .env("PLIMSOLL_FAIL_ON_UNKNOWN"),
    )
    .addOption(
      new Option("--exit-code <number>", "exit code when the gate fails").argParser(Number).env("PLIMSOLL_EXIT_CODE"),
    )
    .addOption(
      new Option(
        "--ignore-unfixed",
        "leave vulnerabilities without a fix out of the gate and the list; they are counted",
      ).env("PLIMSOLL_IGNORE_UNFIXED"),
    )
    .addOption(
      new Option("--vex <file>", "OpenVEX, CycloneDX or CSAF statements; may be given again").argParser(collect),
    )
    .addOption(
      new Option("--baseline <file>", "snapshot or JSON report of an earlier run: only what is new fails").env(
        "PLIMSOLL_BASELINE",
      ),
    )
    .addOption(
      new Option("--save-facts <file>", "save everything that was observed, for replay and comparison").env(
        "PLIMSOLL_SAVE_FACTS",
      ),
    )
    .addOption(
      new Option("--platform <os/arch>", "platform to take out of a multi-platform image (default: every one)").env(
        "PLIMSOLL_PLATFORM",
      ),
    )
    .addOption(
      new Option("--root <folder>", "root of the host's file system (host, hardware)")
        .env("PLIMSOLL_ROOT")
        .default("/"),
    )
    .addOption(new Option("--no-cache", "read every layer anew, and keep none (PLIMSOLL_CACHE=off does the same)"))
    .addOption(new Option("--offline", "use no network").env("PLIMSOLL_OFFLINE"))
    .action(async (...given: unknown[]) => (await import("./assess.ts")).run(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll assess", "this machine, its engines and hardware"],
        ["plimsoll assess image app.tar --advisories feeds/", "an image with advisory data from a folder"],
        ["plimsoll assess image registry.example/shop/web:1.4", "an image in a registry, every platform of it"],
        ["plimsoll assess cluster manifests/ -f sarif -o results.sarif", "for a code scanning service"],
        ["plimsoll assess host --save-facts monday.json", "keep the facts …"],
        ["plimsoll assess monday.json --policy stricter.yaml", "… and judge them again"],
      ),
    );
}

function sbom(root: Command): void {
  root
    .command("sbom")
    .description("list what is in an image, as CycloneDX 1.6 or SPDX 2.3")
    .argument("<target>", "image archive or layout")
    .addOption(
      new Option("-f, --format <format>", "cyclonedx or spdx")
        .choices(["cyclonedx", "spdx"])
        .default("cyclonedx")
        .env("PLIMSOLL_SBOM_FORMAT"),
    )
    .addOption(new Option("-o, --output <file>", "write it to a file instead of stdout"))
    .addOption(
      new Option("--platform <os/arch>", "platform to take out of a multi-platform image").env("PLIMSOLL_PLATFORM"),
    )
    .action(async (...given: unknown[]) => (await import("./sbom.ts")).run(given))
    .addHelpText("after", examples(["plimsoll sbom app.tar -o app.cdx.json", "for a dependency tracker"]));
}

function explain(root: Command): void {
  root
    .command("explain")
    .description("everything about one finding, or why a CVE is or is not in an image")
    .argument("<finding>", "short id of a finding (img-7f3a), or a vulnerability id")
    .argument("[target]", "image for a vulnerability id")
    .addOption(
      new Option("--from <path>", "report folder or saved facts that the finding is in").default("plimsoll-report"),
    )
    .addOption(advisoryOption())
    .addOption(policyOption())
    .action(async (...given: unknown[]) => (await import("./explain.ts")).run(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll explain img-7f3a", "a finding of the last report"],
        ["plimsoll explain CVE-2024-3094 app.tar", "why it is there, or why not"],
      ),
    );
}

function diff(root: Command): void {
  root
    .command("diff")
    .description("what two saved snapshots differ in")
    .argument("<before>", "facts saved by --save-facts")
    .argument("<after>", "facts saved later")
    .addOption(policyOption())
    .addOption(
      new Option("-f, --format <format>", "terminal or json").choices(["terminal", "json"]).default("terminal"),
    )
    .action(async (...given: unknown[]) => (await import("./diff.ts")).run(given))
    .addHelpText(
      "after",
      examples([
        "plimsoll diff monday.json tuesday.json",
        "new, resolved and lost findings; exit code 1 when there are new ones",
      ]),
    );
}

function checks(root: Command): void {
  const group = root.command("checks").description("the checks: what they need and what they judge");
  group
    .command("list")
    .description("one line a check")
    .addOption(
      new Option("-f, --format <format>", "terminal, json or markdown")
        .choices(["terminal", "json", "markdown"])
        .default("terminal"),
    )
    .argument("[filter]", "area, recommendation or part of a check's id")
    .action(async (...given: unknown[]) => (await import("./checks.ts")).list(given))
    .addHelpText("after", examples(["plimsoll checks list 4.4.3", "the checks that give evidence for 4.4.3"]));
  group
    .command("show")
    .description("all about one check, with its examples")
    .argument("<id>", "id of a check: container/privileged")
    .action(async (...given: unknown[]) => (await import("./checks.ts")).show(given))
    .addHelpText(
      "after",
      examples(["plimsoll checks show container/privileged", "why it fails, how to fix it, what it reads"]),
    );
}

function catalog(root: Command): void {
  root
    .command("catalog")
    .description("the guide: SP 800-190 and NISTIR 8176 as data")
    .command("show")
    .description("an area, countermeasure, risk, recommendation or requirement with its crosswalks and checks")
    .argument("[id]", "4.4.3, 4.4.3-f, 3.4.3, 8176-5.4-b, image … (default: the whole guide in short)")
    .addOption(
      new Option("-f, --format <format>", "terminal or json").choices(["terminal", "json"]).default("terminal"),
    )
    .action(async (...given: unknown[]) => (await import("./catalog.ts")).show(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll catalog show 4.4.3", "insecure container runtime configurations"],
        ["plimsoll catalog show 8176-5.4-b", "a requirement of NISTIR 8176"],
      ),
    );
}

function config(root: Command): void {
  const group = root.command("config").description("the policy file and where option values come from");
  group
    .command("show")
    .description("the settings, gate rules and option values in force, each with its source")
    .addOption(policyOption())
    .action(async (...given: unknown[]) => (await import("./config.ts")).show(given))
    .addHelpText("after", examples(["plimsoll config show -p plimsoll.yaml", "what a run would use"]));
  group
    .command("schema")
    .description("the JSON Schema of the policy file, for editors")
    .action(async () => (await import("./config.ts")).schema())
    .addHelpText("after", examples(["plimsoll config schema > plimsoll.schema.json", "then name it in your editor"]));
}

function completion(root: Command): void {
  root
    .command("completion")
    .description("a completion script for your shell")
    .argument("<shell>", "bash, zsh or fish")
    .action(async (shell: string) => (await import("./completion.ts")).run(shell, root))
    .addHelpText("after", examples(["source <(plimsoll completion bash)", "in this shell, until it ends"]));
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
    .requiredOption("-o, --output <path>", "file (with an ending, as advisories.plim) or folder to publish")
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
      new Option("--from <location>", "published folder, its web address, or a file").env("PLIMSOLL_ADVISORY_SOURCE"),
    )
    .addOption(new Option("--feeds", "fetch raw feeds from their publishers"))
    .addOption(new Option("--only <feed>", "with --feeds: fetch this feed only; may be given again").argParser(collect))
    .addOption(
      new Option("--base <feed=address>", "with --feeds: a mirror of a feed; may be given again").argParser(collect),
    )
    .addOption(keyOption("public key that the data must be signed with (PEM)"))
    .addOption(forceOption())
    .addOption(new Option("--no-cache", "read every layer anew, and keep none (PLIMSOLL_CACHE=off does the same)"))
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
    .description("write a folder of built data into a single file")
    .argument("<path>", "file or folder made by db build")
    .requiredOption("-o, --output <file>", "file to write")
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
    .action(async (...given: unknown[]) => (await import("./db.ts")).compare(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll db compare deb 1.0~rc1-1 1.0-1", "prints <"],
        ["plimsoll db compare rpm < pairs.tsv", "a line for each pair"],
      ),
    );
}

function match(root: Command): void {
  root
    .command("match")
    .description("advisories that apply to packages, as NDJSON")
    .argument(
      "[purls...]",
      "package URLs, with distro and upstream qualifiers where they apply; without any, one a line is read from stdin",
    )
    .addOption(advisoryOption())
    .action(async (...given: unknown[]) => (await import("./match.ts")).run(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll match pkg:npm/minimist@1.2.0 --advisories advisories.plim", "one package"],
        ["plimsoll match --advisories advisories.plim < purls.txt", "many"],
      ),
    );
}

export { advisoryOption, examples, version };
