import { EmptyState } from "../components/empty-state.tsx";
import { Prose } from "../components/labels.tsx";
import { groupBy, type RecommendationView } from "../model.ts";
import { useModel } from "../model-context.ts";
import { addressOf } from "../route.ts";
import { counted } from "../words.ts";

/** Unknown recommendations that share their reason and what would make them known. */
export interface UnknownGroup {
  readonly key: string;
  readonly reason: string;
  readonly remedies: readonly string[];
  readonly recommendations: readonly RecommendationView[];
}

/** Groups the unknown recommendations by reason, the largest group first. Remedies that name the recommendation itself are told once. */
export function unknownGroups(recommendations: readonly RecommendationView[]): UnknownGroup[] {
  const unknown = recommendations.filter((recommendation) => recommendation.status === "unknown");
  const groups = groupBy(unknown, (recommendation) =>
    JSON.stringify([
      recommendation.reason,
      recommendation.remedies.map((remedy) => remedyOf(remedy, recommendation.id)),
    ]),
  );
  return [...groups]
    .map(([key, members]) => ({
      key,
      reason: members[0]!.reason,
      remedies:
        members.length === 1
          ? members[0]!.remedies
          : members[0]!.remedies.map((remedy) => remedyOf(remedy, members[0]!.id)),
      recommendations: members,
    }))
    .sort((a, b) => b.recommendations.length - a.recommendations.length);
}

function remedyOf(remedy: string, id: string): string {
  return remedy.replaceAll(id, "ID");
}

/** What could not be judged, why, and what would change that. */
export function UnknownView() {
  const { recommendations, findings, data } = useModel();
  const groups = unknownGroups(recommendations);
  const subjects = groupBy(
    findings.filter((finding) => finding.status === "unknown"),
    (finding) => `${finding.reason ?? ""}\n${finding.remedy ?? ""}`,
  );
  return (
    <>
      <h1>Not judged</h1>
      <p className="lead">
        {counted(data.coverage.unknown, "recommendation")} of {data.coverage.total} could not be judged. Absence of
        evidence is never counted as a pass.
      </p>
      <section aria-labelledby="unknown-recommendations">
        <h2 id="unknown-recommendations">Recommendations by reason</h2>
        {groups.length === 0 && (
          <EmptyState title="Every recommendation was judged or declared">
            Nothing is unknown in this report.
          </EmptyState>
        )}
        <ul className="unknown-groups">
          {groups.map((group) => (
            <li key={group.key} className="panel">
              <h3>{group.reason}</h3>
              {group.remedies.map((remedy) => (
                <p key={remedy} className="remedy">
                  <span aria-hidden="true">→ </span>
                  <Prose text={remedy} />
                </p>
              ))}
              <RecommendationLinks recommendations={group.recommendations} />
            </li>
          ))}
        </ul>
      </section>
      {subjects.size > 0 && (
        <section aria-labelledby="unknown-subjects">
          <h2 id="unknown-subjects">Subjects that lack a fact</h2>
          <ul className="unknown-groups">
            {[...subjects.values()]
              .sort((a, b) => b.length - a.length)
              .slice(0, 100)
              .map((group) => (
                <li key={group[0]!.id} className="panel">
                  <h3>{group[0]!.reason}</h3>
                  {group[0]!.remedy && (
                    <p className="remedy">
                      <span aria-hidden="true">→ </span>
                      <Prose text={group[0]!.remedy} />
                    </p>
                  )}
                  <p className="muted">
                    {counted(group.length, "finding")} in{" "}
                    {counted(new Set(group.map((finding) => finding.subject)).size, "subject")}:{" "}
                    {[...new Set(group.map((finding) => finding.subjectName))].slice(0, 5).join(", ")}
                    {" · "}
                    <a href={addressOf(["findings"], { status: "unknown", q: group[0]!.rule.check })}>show</a>
                  </p>
                </li>
              ))}
          </ul>
        </section>
      )}
    </>
  );
}

function RecommendationLinks({ recommendations }: { readonly recommendations: readonly RecommendationView[] }) {
  return (
    <p className="recommendation-links">
      <span className="muted">{counted(recommendations.length, "recommendation")}</span>
      {recommendations.map(({ id, countermeasure, text }) => (
        <a key={id} href={addressOf(["countermeasure", countermeasure], { open: id })} title={text}>
          {id}
        </a>
      ))}
    </p>
  );
}
