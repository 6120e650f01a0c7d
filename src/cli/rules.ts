import { proxyDispatcher } from "../clients/feed-fetch.ts";
import { type RuleFeedRefresh, refreshRuleFeeds } from "../collectors/rule-feeds.ts";
import { yaraComplaints } from "../collectors/yara-engine.ts";
import { AppError } from "../core/errors.ts";
import { counted, visible } from "../reporters/parts/visible-text.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";

interface UpdateOptions {
  readonly from?: readonly string[];
  readonly force?: boolean;
  readonly offline?: boolean;
  readonly quiet?: boolean;
}

/** `plimsoll rules update FOLDER`: fetches feeds of YARA rules and lists of digests. Exit code 3 where one could not be had. */
export async function update(given: readonly unknown[]): Promise<void> {
  const [folder, options] = given as [string, UpdateOptions];
  if (options.offline)
    throw new AppError("USAGE", "rules are fetched over the network, which --offline forbids", {
      hint: "fetch them where there is a network, and carry the folder over",
    });
  const complaint = yaraComplaints();
  const progress = new Progress(options);
  const dispatcher = proxyDispatcher();
  try {
    const reports = await progress.step(
      "rules",
      folder,
      () =>
        refreshRuleFeeds(folder, options.from ?? [], { dispatcher, force: options.force, complaint, now: new Date() }),
      (list) => `${list.filter(({ status }) => status === "fetched").length} new`,
    );
    if (reports.length === 0)
      throw new AppError("USAGE", `${folder}: no feed of rules was fetched into it before`, {
        hint: "name one: plimsoll rules update FOLDER --from https://rules.example/pack.zip",
      });
    await write(reports.map(textOf).join(""), undefined);
    if (complaint === undefined)
      process.stderr.write(
        "plimsoll: the rules were not tried: the YARA engine is not installed (npm install @litko/yara-x)\n",
      );
    if (reports.some(({ status }) => status === "kept" || status === "failed")) process.exitCode = 3;
  } finally {
    await dispatcher.close();
  }
}

/** Files that are named of those left out. */
const shown = 5;

function textOf({ url, status, rules = 0, digests = 0, leftOut = [], reason }: RuleFeedRefresh): string {
  const what =
    status === "fetched"
      ? `: ${counted(rules, "rule")}, ${counted(digests, "digest")}`
      : reason === undefined
        ? ""
        : `: ${reason}`;
  const more = leftOut.length > shown ? [`  … ${leftOut.length - shown} more files left out`] : [];
  const lines = [`${url}  ${status}${what}`, ...leftOut.slice(0, shown).map((file) => `  left out ${file}`), ...more];
  return lines.map((line) => `${visible(line)}\n`).join("");
}
