import { type Command, Option } from "commander";
import { collect, examples } from "./command-parts.ts";

/** Adds the options of `assess` that are about hosts, and the commands `baseline` and `fix`. */
export function hostCommands(root: Command): void {
  root.commands
    .find((command) => command.name() === "assess")
    ?.addOption(
      new Option(
        "--host-baseline <file>",
        "signed state of the host's files (made by baseline host) to compare with",
      ).env("PLIMSOLL_HOST_BASELINE"),
    )
    .addOption(
      new Option("--host-baseline-key <file>", "public key that the baseline must be signed with (PEM)").env(
        "PLIMSOLL_HOST_BASELINE_KEY",
      ),
    )
    .addOption(
      new Option("--host-capabilities <file>", "what getcap -r / printed on the host").env(
        "PLIMSOLL_HOST_CAPABILITIES",
      ),
    )
    .addOption(
      new Option(
        "--host-role <role>",
        "what the host is for, in place of what is detected (docker, kubernetes-worker, rootless …); may be given again",
      ).argParser(collect),
    );
  baseline(root);
  fix(root);
}

function baseline(root: Command): void {
  const group = root.command("baseline").description("the signed state of a host's files, to find later changes");
  group
    .command("host")
    .description("record digest, rights, owner, capabilities and link targets of chosen paths, and sign them")
    .argument("[root]", "root of the host's file system", "/")
    .requiredOption("--key <file>", "private key to sign with (PEM; made by db keygen)")
    .requiredOption("-o, --output <file>", "file to write; keep it off the host")
    .addOption(
      new Option("--path <path>", "cover this path instead of the usual ones; may be given again").argParser(collect),
    )
    .addOption(new Option("--add <path>", "cover this path too; may be given again").argParser(collect))
    .addOption(new Option("--capabilities <file>", "what getcap -r / printed on the host, to cover file capabilities"))
    .action(async (...given: unknown[]) => (await import("./host-baseline.ts")).take(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll baseline host --key team.key -o node-1.baseline", "of this machine …"],
        [
          "plimsoll assess host --host-baseline node-1.baseline --host-baseline-key team.pub",
          "… and what changed since",
        ],
      ),
    );
  group
    .command("verify")
    .description("check a baseline's signature")
    .argument("<file>", "file made by baseline host")
    .requiredOption("--key <file>", "public key that it must be signed with (PEM)")
    .action(async (...given: unknown[]) => (await import("./host-baseline.ts")).verify(given))
    .addHelpText(
      "after",
      examples(["plimsoll baseline verify node-1.baseline --key team.pub", "before it is relied on"]),
    );
}

function fix(root: Command): void {
  root
    .command("fix")
    .description("a script for what failed on a host, with its impact on containers; nothing is run")
    .argument("[findings...]", "short ids of findings or ids of host checks (default: all that failed)")
    .addOption(
      new Option("--from <path>", "report folder or saved facts that the findings are in").default("plimsoll-report"),
    )
    .addOption(new Option("-o, --output <file>", "write it to a file instead of stdout"))
    .addOption(
      new Option("-p, --policy <file>", "policy file (default: plimsoll.yaml where there is one)").env(
        "PLIMSOLL_POLICY",
      ),
    )
    .action(async (...given: unknown[]) => (await import("./fix.ts")).run(given))
    .addHelpText(
      "after",
      examples(
        ["plimsoll fix -o fix.sh", "read it, then run it as root …"],
        ["PLIMSOLL_ROOT=/srv/copy sh fix.sh", "… or first on a copy of the host's files"],
      ),
    );
}
