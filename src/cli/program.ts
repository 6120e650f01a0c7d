import { Command } from "commander";
import { advisoryCommands } from "./advisory-commands.ts";
import { assessCommand } from "./assess-command.ts";
import { examples } from "./command-parts.ts";
import { contentCommands } from "./content-commands.ts";
import { guideCommands } from "./guide-commands.ts";
import { hostCommands } from "./host-commands.ts";
import { malwareOptions } from "./malware-options.ts";
import { pendingUpdatesOptions } from "./pending-updates-options.ts";
import { storedCommands } from "./stored-commands.ts";
import { toolCommands } from "./tool-commands.ts";
import { tool } from "./version.ts";
import { vexCommands } from "./vex-commands.ts";

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
${examples(
  ["plimsoll assess", "this machine and what runs on it"],
  ["plimsoll assess image app.tar", "an image archive"],
  ["plimsoll assess cluster manifests/ --fail-on high", "the manifests of a cluster, as a gate in CI"],
  ["plimsoll explain img-7f3a", "everything about one finding of the last report"],
)}`,
    );
  for (const add of [
    assessCommand,
    contentCommands,
    guideCommands,
    advisoryCommands,
    toolCommands,
    hostCommands,
    malwareOptions,
    storedCommands,
    pendingUpdatesOptions,
    vexCommands,
  ])
    add(root);
  root
    .command("version")
    .description("print the version, and that of Node.js")
    .action(() => void process.stdout.write(`${tool}\nnode ${process.version}\n`))
    .addHelpText("after", examples(["plimsoll version", "what to put into a bug report"]));
  return root;
}
