import { type Command, Option } from "commander";
import { advisoryOption, collect, examples } from "./command-parts.ts";
import { ruleOptions } from "./malware-options.ts";

const formatOption = () =>
  new Option("-f, --format <format>", "terminal or json").choices(["terminal", "json"]).default("terminal");

/** Adds the commands about what is kept of assessed images, and what they are searched by anew: rules, rescan and cache. */
export function storedCommands(root: Command): void {
  root
    .command("rules")
    .description("rules and lists by which malware is known")
    .command("update")
    .description("fetch YARA rules and lists of SHA-256 digests into a folder for --yara-rules and --hash-list")
    .argument("<folder>", "folder that they are kept in, each feed in one of its own")
    .addOption(
      new Option(
        "--from <address>",
        "a file, or an archive of files (.zip, .tar.gz, .tar.xz); may be given again; without it those fetched before",
      ).argParser(collect),
    )
    .addOption(new Option("--force", "take a feed that has lost rules all the same"))
    .addOption(new Option("--offline", "use no network").env("PLIMSOLL_OFFLINE"))
    .action(async (...given: unknown[]) => (await import("./rules.ts")).update(given))
    .addHelpText(
      "after",
      examples(
        [
          "plimsoll rules update rules/ --from https://mirror.example/rules.zip",
          "a feed; again without --from for news",
        ],
        ["plimsoll rescan --hash-list rules/", "every stored image by the new digests, without a pull"],
      ),
    );
  const rescan = root
    .command("rescan")
    .description("judge every stored image again by today's data, without reading it; tells what is new")
    .argument("[images...]", "names of stored images, or parts of them (default: every one)")
    .addOption(advisoryOption())
    .addOption(
      new Option("-p, --policy <file>", "policy file (default: plimsoll.yaml where there is one)").env(
        "PLIMSOLL_POLICY",
      ),
    );
  for (const option of ruleOptions()) rescan.addOption(option);
  rescan
    .addOption(formatOption())
    .addOption(new Option("-o, --output <file>", "write it to a file instead of stdout"))
    .addOption(new Option("--no-record", "leave what is stored as it is, so that the next run tells the same again"))
    .action(async (...given: unknown[]) => (await import("./rescan.ts")).run(given))
    .addHelpText(
      "after",
      examples(
        [
          "plimsoll rescan --advisories advisories.plim",
          "after db update; exit code 1 when something new fails the gate",
        ],
        ["plimsoll rescan --hash-list known-bad.txt -f json", "digests of every file are kept: no image is pulled"],
        ["plimsoll rescan web --yara-rules rules/", "which layers would have to be pulled for new rules"],
      ),
    );
  const cache = root.command("cache").description("what is kept of layers and images between runs");
  cache
    .command("status")
    .description("how much is kept, where, and how old it is")
    .addOption(formatOption())
    .action(async (...given: unknown[]) => (await import("./cache.ts")).status(given))
    .addHelpText("after", examples(["plimsoll cache status", "folder, number, size and age"]));
  cache
    .command("purge")
    .description("remove what is kept")
    .addOption(new Option("--older-than <days>", "only what was last of use longer ago than this").argParser(Number))
    .addOption(new Option("--layers", "layers only: stored images stay, and say what they lack"))
    .addOption(new Option("--images", "stored images only"))
    .action(async (...given: unknown[]) => (await import("./cache.ts")).purge(given))
    .addHelpText("after", examples(["plimsoll cache purge --older-than 30", "what nobody scanned for a month"]));
}
