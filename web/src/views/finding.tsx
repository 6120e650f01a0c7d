import { EmptyState } from "../components/empty-state.tsx";
import { FindingDetails } from "../components/finding-details.tsx";
import { SeverityLabel, StatusLabel } from "../components/labels.tsx";
import { useModel } from "../model-context.ts";
import { addressOf } from "../route.ts";

/** One finding on a page of its own, so that it can be pointed at. */
export function FindingPage({ id }: { readonly id: string }) {
  const { findingById } = useModel();
  const finding = findingById.get(id);
  if (!finding) {
    return (
      <>
        <h1>No finding {id}</h1>
        <EmptyState title="This report has no finding of that name">
          It may belong to another run. <a href={addressOf(["findings"], { status: "all" })}>All findings</a>
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <nav className="breadcrumb" aria-label="Breadcrumb">
        <a href={addressOf(["findings"])}>Findings</a> <span aria-hidden="true">/</span> {finding.id}
      </nav>
      <h1>{finding.rule.title}</h1>
      <p className="finding-line">
        <StatusLabel status={finding.status} />
        <SeverityLabel severity={finding.severity} />
        <span>{finding.subjectName}</span>
        {finding.key && <code>{finding.key}</code>}
      </p>
      <div className="panel">
        <FindingDetails finding={finding} />
      </div>
    </>
  );
}
