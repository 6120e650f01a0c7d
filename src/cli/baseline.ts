import { readFile } from "node:fs/promises";
import { z } from "zod";
import { AppError, messageOf } from "../core/errors.ts";
import { Snapshot } from "../core/snapshot.ts";
import { judgeSnapshot } from "./judging.ts";
import type { LoadedPolicy } from "./options.ts";

const Report = z.object({ findings: z.array(z.object({ fingerprint: z.string(), status: z.string() })) });

/** The fingerprints of what failed in an earlier run, from its snapshot or its JSON report. */
export async function baselineFingerprints(path: string, loaded: LoadedPolicy): Promise<ReadonlySet<string>> {
  const text = await read(path);
  const document = parse(text, path);
  const report = Report.safeParse(document);
  const findings = report.success
    ? report.data.findings
    : judgeSnapshot(Snapshot.parse(text, path), loaded).assessment.findings;
  return new Set(findings.filter((finding) => finding.status === "fail").map((finding) => finding.fingerprint));
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `cannot read baseline ${path}: ${messageOf(error)}`, {
      hint: "name a snapshot or JSON report of an earlier run",
      cause: error,
    });
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("CORRUPT_INPUT", `baseline ${path}: not JSON: ${messageOf(error)}`, {
      hint: "name a snapshot or JSON report of an earlier run",
      cause: error,
    });
  }
}
