import { type Command, Option } from "commander";
import { examples } from "./command-parts.ts";

/** Adds the commands about what is judged: checks and catalog. */
export function guideCommands(root: Command): void {
  checks(root);
  catalog(root);
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
