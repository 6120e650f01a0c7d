import type { Assessment } from "./assessment.ts";
import type { Area } from "./clause.ts";
import type { Settings } from "./settings.ts";
import type { Severity } from "./severity.ts";

/** The gate's decision on an assessment: allow or deny, why, and the exit code that goes with it. */
export interface GateDecision {
  readonly allowed: boolean;
  readonly exitCode: 0 | 1 | 3;
  /** One sentence for each rule that denied, or the one that says why nothing could be decided. */
  readonly reasons: readonly string[];
}

/** What a reporter needs of the guide for titles and texts. */
export interface GuideText {
  readonly title: string;
  readonly areas: readonly { readonly id: Area; readonly number: string; readonly title: string }[];
  readonly countermeasures: readonly {
    readonly id: string;
    readonly area: Area;
    readonly title: string;
    readonly summary: string;
  }[];
  readonly recommendations: readonly {
    readonly id: string;
    readonly countermeasure: string;
    readonly area: Area;
    readonly text: string;
    readonly class: string;
  }[];
}

/** What a report is made from. */
export interface ReportInput {
  readonly assessment: Assessment;
  readonly gate: GateDecision;
  readonly guide: GuideText;
  /** Name of the policy file, or undefined for the built-in policy. */
  readonly policyName?: string | undefined;
  /** The settings that the assessment was made with. */
  readonly settings?: Settings | undefined;
  /** Checks by id, for rule metadata. */
  readonly checks: ReadonlyMap<
    string,
    {
      readonly title: string;
      readonly severity: Severity;
      readonly clauses: readonly string[];
      readonly why: string;
      readonly fix: string;
      /** Where the same rule stands elsewhere: `CIS Debian Linux 12 1.1.0 5.1`. */
      readonly references?: readonly string[] | undefined;
    }
  >;
  /** The tool's version. */
  readonly version: string;
  readonly baselineName?: string | undefined;
  /** Number of findings that the user asked not to be shown. The gate counted them. */
  readonly hidden?: number | undefined;
}

/** One file of a report. */
export interface ReportFile {
  /** Name below the folder of the main document. */
  readonly name: string;
  readonly text: string;
}

/** Turns an assessment into one format. Pure: the caller opens, writes and closes the output. */
export interface Reporter {
  readonly id: string;
  readonly summary: string;
  readonly mediaType: string;
  /** File names that stand for this format when `--report` names none: `results.sarif`. */
  readonly defaultName: string;
  render(input: ReportInput): string;
  /** For formats that are several documents (OSCAL): all of them; `render` gives the main one. */
  renderAll?(input: ReportInput): readonly ReportFile[];
}

/** Declares a reporter; the identity function, for its types. */
export function defineReporter(reporter: Reporter): Reporter {
  return reporter;
}
