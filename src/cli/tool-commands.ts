import type { Command } from "commander";
import { examples, policyOption } from "./command-parts.ts";

/** Adds the commands about Plimsoll itself: config and completion. */
export function toolCommands(root: Command): void {
  config(root);
  completion(root);
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
