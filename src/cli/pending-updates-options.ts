import { type Command, Option } from "commander";
import { assessExamples, collect } from "./command-parts.ts";

/** Adds to assess the options for asking the archives of an image's distribution, with an example of each. */
export function pendingUpdatesOptions(root: Command): void {
  const assess = root.commands.find((command) => command.name() === "assess");
  if (assess === undefined) throw new TypeError("assess must be added before its options for updates");
  assess
    .addOption(
      new Option(
        "--pending-updates",
        "ask the archives of Debian and Ubuntu images which security updates are out for their packages",
      ).env("PLIMSOLL_PENDING_UPDATES"),
    )
    .addOption(
      new Option(
        "--archive-mirror <archive=address>",
        "address that stands for a package archive's host or whole address; may be given again",
      ).argParser(collect),
    )
    .addHelpText(
      "after",
      assessExamples(
        ["plimsoll assess image app.tar --pending-updates", "with the security archive of its distribution"],
        [
          "plimsoll assess image app.tar --pending-updates --archive-mirror deb.debian.org=https://mirror.example",
          "by a mirror",
        ],
      ),
    );
}
