import type { Coverage } from "../../../src/core/assessment.ts";
import { counted, percent, statusWords } from "../words.ts";
import { StatusIcon } from "./icons.tsx";

/** The parts of a coverage in the order in which they are drawn. */
export const coverageParts = [
  ["satisfied", "satisfied"],
  ["not-satisfied", "notSatisfied"],
  ["declared", "declared"],
  ["unknown", "unknown"],
  ["not-applicable", "notApplicable"],
] as const;

/** A bar of the recommendations by status; patterns tell the parts apart without colour. The numbers stand beside it, so that it is decorative. */
export function CoverageBar({ coverage, large = false }: { readonly coverage: Coverage; readonly large?: boolean }) {
  return (
    <span className={large ? "bar large" : "bar"} aria-hidden="true">
      {coverageParts.map(([status, member]) =>
        coverage[member] > 0 ? (
          <span key={status} className={`part part-${status}`} style={{ flexGrow: coverage[member] }} />
        ) : null,
      )}
    </span>
  );
}

/** The counts of a coverage as shapes and numbers, small enough for a cell; parts that are empty are left out. */
export function CoverageCounts({ coverage }: { readonly coverage: Coverage }) {
  return (
    <span className="counts" aria-hidden="true">
      {coverageParts.map(([status, member]) =>
        coverage[member] > 0 ? (
          <span key={status} className={`status-${status}`}>
            <StatusIcon status={status} />
            {coverage[member]}
          </span>
        ) : null,
      )}
    </span>
  );
}

/** The coverage as a sentence, for labels: `5 recommendations: 3 satisfied, 2 unknown`. */
export function coverageText(coverage: Coverage): string {
  const parts = coverageParts
    .filter(([, member]) => coverage[member] > 0)
    .map(([status, member]) => `${coverage[member]} ${statusWords[status]}`);
  return `${counted(coverage.total, "recommendation")}: ${parts.join(", ") || "none"}`;
}

/** How much was assessed, in large type, beside the numbers of each part. */
export function CoverageSummary({ coverage }: { readonly coverage: Coverage }) {
  return (
    <div className="coverage">
      <p className="coverage-lead">
        <strong>{percent(coverage.assessed, coverage.total)}</strong> assessed
        <span className="muted">
          {" "}
          · {coverage.assessed} of {counted(coverage.total, "recommendation")}
        </span>
      </p>
      <CoverageBar coverage={coverage} large />
      <dl className="legend">
        {coverageParts.map(([status, member]) => (
          <div key={status} className={`legend-entry status-${status}`}>
            <dt>
              <StatusIcon status={status} />
              <span className={`swatch part-${status}`} aria-hidden="true" />
              {statusWords[status]}
            </dt>
            <dd>
              {coverage[member]} <span className="muted">{percent(coverage[member], coverage.total)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
