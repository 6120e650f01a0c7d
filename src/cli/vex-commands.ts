import { type Command, Option } from "commander";
import { advisoryOption, collect, examples } from "./command-parts.ts";

const outputOption = () => new Option("-o, --output <file>", "write it to a file instead of stdout");

/** Adds the commands about decisions on vulnerabilities: ignore files of other scanners in, VEX out. */
export function vexCommands(root: Command): void {
  const group = root.command("vex").description("decisions about vulnerabilities: take them over, and hand them on");
  group
    .command("import-ignores")
    .description("turn ignore files of other scanners into waivers, as the policy file has them")
    .argument(
      "<files...>",
      ".trivyignore(.yaml), .grype.yaml, .snyk, osv-scanner.toml, audit.toml, deny.toml, .bundler-audit.yml, .nsprc, .nancy-ignore, suppression.xml",
    )
    .requiredOption("--approver <name>", "who accepts these risks")
    .addOption(new Option("--expires <date>", "last day, as 2026-12-31, of entries that have none of their own"))
    .addOption(outputOption())
    .action(async (...given: unknown[]) => (await import("./vex.ts")).importIgnores(given))
    .addHelpText(
      "after",
      examples(
        [
          'plimsoll vex import-ignores .trivyignore --approver "Platform team" --expires 2026-12-31',
          "to be put into plimsoll.yaml",
        ],
        [
          'plimsoll vex import-ignores .grype.yaml .snyk --approver "Platform team" --expires 2026-12-31 -o waivers.yaml',
          "several at once",
        ],
      ),
    );
  group
    .command("write")
    .description("write what was decided about vulnerabilities as an OpenVEX, CycloneDX or CSAF document")
    .argument("[facts]", "saved facts of an assessment", "plimsoll-report/snapshot.json")
    .requiredOption("--author <name>", "who speaks: a name, or an address that identifies it")
    .addOption(
      new Option("-f, --format <format>", "openvex, cyclonedx (of one image) or csaf")
        .choices(["openvex", "cyclonedx", "csaf"])
        .default("openvex"),
    )
    .addOption(
      new Option("-p, --policy <file>", "policy file with the waivers (default: plimsoll.yaml)").env("PLIMSOLL_POLICY"),
    )
    .addOption(advisoryOption())
    .addOption(
      new Option("--vex <file>", "with --advisories: statements to hand on; may be given again").argParser(collect),
    )
    .addOption(outputOption())
    .action(async (...given: unknown[]) => (await import("./vex.ts")).writeDocument(given))
    .addHelpText(
      "after",
      examples(
        ['plimsoll vex write --author "Platform team" -o app.vex.json', "of the last report"],
        ['plimsoll vex write --format csaf --author "Platform team" -o app.csaf.json', "for tools that read CSAF"],
        ['plimsoll vex write monday.json --policy team.yaml --author "Platform team"', "of saved facts"],
      ),
    );
}
