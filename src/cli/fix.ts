import { type FixableItem, fixScript } from "../checks/host/fixes/host-fixes.ts";
import { AppError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { snapshotFrom } from "./explain.ts";
import { judgeSnapshot } from "./judging.ts";
import { loadPolicy } from "./options.ts";
import { write } from "./output.ts";

interface FixOptions {
  readonly from: string;
  readonly output?: string;
  readonly policy?: string;
}

/** `plimsoll fix [findings…]`: a script for what failed on a host; nothing is run. Waived findings are left as they are. */
export async function run(given: readonly unknown[]): Promise<void> {
  const [names, options] = given as [string[], FixOptions];
  const { assessment, checks } = judgeSnapshot(await snapshotFrom(options.from), await loadPolicy(options.policy));
  const failed = assessment.findings.filter(
    (finding) => finding.status === "fail" && finding.check.startsWith("host/") && finding.waiver === undefined,
  );
  const missing = names.find((name) => !failed.some((finding) => isNamed(finding, name)));
  if (missing !== undefined)
    throw new AppError("USAGE", `${missing} is no failed finding of a host in ${options.from}`, {
      hint: "name the short id of a finding or the id of a host check, as both stand in the report",
    });
  const chosen = names.length === 0 ? failed : failed.filter((finding) => names.some((name) => isNamed(finding, name)));
  const items: FixableItem[] = chosen.flatMap((finding) => {
    const check = checks.get(finding.check);
    return finding.evidence.map((evidence) => ({
      check: finding.check,
      title: check?.title ?? finding.check,
      fix: evidence.fix ?? check?.fix ?? "",
      evidence,
    }));
  });
  if (items.length === 0) process.stderr.write("plimsoll: nothing failed on a host: there is nothing to put right\n");
  await write(fixScript(items), options.output);
}

function isNamed({ id, check }: Finding, name: string): boolean {
  return id === name || check === name;
}
