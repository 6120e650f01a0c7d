import { type Command, Option } from "commander";
import { advisoryOption, assessExamples, collect, policyOption } from "./command-parts.ts";

const severityNames = ["critical", "high", "medium", "low", "info"];

/** Adds assess, with the options that are about every area; those of one area are added by the file of its commands. */
export function assessCommand(root: Command): void {
  root
    .command("assess")
    .description("collect facts, judge them, report and decide")
    .argument(
      "[what]",
      "image, registry, cluster, container, host or hardware; or a target or saved facts, whose kind is guessed or written before it (image:app.tar)",
    )
    .argument(
      "[targets...]",
      "image (archive, layout, HOST/REPO:TAG, docker:NAME, podman:NAME, containerd:NAME, dir:ROOT, sbom:FILE), Dockerfile, folder of manifests and Dockerfiles, engine socket, registry host, root of a host",
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
      new Option("--root <path>", "root of the host's file system, or a tar archive of it (host, hardware)")
        .env("PLIMSOLL_ROOT")
        .default("/"),
    )
    .addOption(new Option("--no-cache", "read every layer anew, and keep none (PLIMSOLL_CACHE=off does the same)"))
    .addOption(new Option("--offline", "use no network").env("PLIMSOLL_OFFLINE"))
    .action(async (...given: unknown[]) => (await import("./assess.ts")).run(given))
    .addHelpText(
      "after",
      `\nExamples:\n${assessExamples(
        ["plimsoll assess", "this machine, its engines and hardware"],
        ["plimsoll assess image app.tar --advisories feeds/", "an image with advisory data from a folder"],
        ["plimsoll assess image registry.example/shop/web:1.4", "an image in a registry, every platform of it"],
        ["plimsoll assess Dockerfile", "the image that it will make, each finding with its line"],
        ["plimsoll assess cluster manifests/ -f sarif -o results.sarif", "for a code scanning service"],
        ["plimsoll assess host --save-facts monday.json", "keep the facts …"],
        ["plimsoll assess monday.json --policy stricter.yaml", "… and judge them again"],
      )}`,
    );
}
