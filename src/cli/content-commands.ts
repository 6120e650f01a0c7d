import { type Command, Option } from "commander";
import { advisoryOption, collect, examples, policyOption } from "./command-parts.ts";

/** Adds the commands about what is in a target: sbom, explain and diff. */
export function contentCommands(root: Command): void {
  sbom(root);
  explain(root);
  diff(root);
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
    .addOption(
      new Option("--vex <file>", "with a vulnerability id: statements to hear; may be given again").argParser(collect),
    )
    .addOption(policyOption())
    .action(async (...given: unknown[]) => (await import("./explain.ts")).run(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll explain img-7f3a", "a finding of the last report"],
        ["plimsoll explain CVE-2024-3094 app.tar --advisories feeds/", "why it is there, or why not"],
      ),
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 explained · 3 it cannot be said of any image or host whether the\nvulnerability is there",
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
