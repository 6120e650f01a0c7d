import { CoverageBar, CoverageCounts, coverageText } from "../components/coverage-bar.tsx";
import { PlimsollMark } from "../components/icons.tsx";
import { Prose, SeverityLabel, StatusLabel } from "../components/labels.tsx";
import { type FixGroup, shortTitle } from "../model.ts";
import { useModel } from "../model-context.ts";
import { counted } from "../words.ts";
import { Declarations, Waivers } from "./decisions.tsx";
import { matrixStyle } from "./matrix.tsx";
import { ReportHead } from "./overview.tsx";
import { SetAsideSummary } from "./set-aside.tsx";

/** Findings of one change and changes in all that go on paper; the rest is counted. */
const printedFindings = 20;
const printedChanges = 300;

/** The report as one document for paper: head, matrix, every recommendation with its status, failures with evidence, decisions. */
export function PrintedReport() {
  const { data, fixGroups, setAside } = useModel();
  return (
    <div className="printed">
      <p className="brand">
        <PlimsollMark />
        Plimsoll {data.version}
      </p>
      <ReportHead />
      <PrintedMatrix />
      <PrintedRecommendations />
      {fixGroups.length > 0 && (
        <section>
          <h2>Failures, most urgent first</h2>
          <ol className="printed-fixes">
            {fixGroups.slice(0, printedChanges).map((group) => (
              <PrintedFix key={`${group.rule.check}\n${group.fix}`} group={group} />
            ))}
          </ol>
          {fixGroups.length > printedChanges && (
            <p>
              {counted(fixGroups.length - printedChanges, "more change")}: see the page on screen or the JSON report.
            </p>
          )}
        </section>
      )}
      {setAside.length > 0 && <SetAsideSummary items={setAside} />}
      {data.waivers.length > 0 && <Waivers />}
      {data.declarations.length > 0 && <Declarations />}
      <p className="printed-foot">
        Snapshot <code>{data.digest}</code>
      </p>
    </div>
  );
}

function PrintedMatrix() {
  const { data } = useModel();
  const shape = data.areas.map(
    (area) => data.countermeasures.filter((countermeasure) => countermeasure.area === area.id).length,
  );
  return (
    <section>
      <h2>Countermeasures</h2>
      <div className="matrix" style={matrixStyle(shape)}>
        {data.areas.map((area) => (
          <div key={area.id} className="matrix-column">
            <h3>
              {area.number} {shortTitle(area.title)}
            </h3>
            <ul>
              {data.countermeasures
                .filter((countermeasure) => countermeasure.area === area.id)
                .map((countermeasure) => (
                  <li key={countermeasure.id} className="cell">
                    <span className="cell-id">{countermeasure.id}</span>
                    <span className="cell-title">{shortTitle(countermeasure.title)}</span>
                    <CoverageBar coverage={countermeasure.coverage} />
                    <CoverageCounts coverage={countermeasure.coverage} />
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}

function PrintedRecommendations() {
  const { data, recommendations } = useModel();
  return (
    <section>
      <h2>Recommendations</h2>
      {data.countermeasures.map((countermeasure) => (
        <section key={countermeasure.id} className="printed-countermeasure">
          <h3>
            {countermeasure.id} {shortTitle(countermeasure.title)}
          </h3>
          <p className="muted">{coverageText(countermeasure.coverage)}</p>
          <table className="plain">
            <tbody>
              {recommendations
                .filter((recommendation) => recommendation.countermeasure === countermeasure.id)
                .map((recommendation) => (
                  <tr key={recommendation.id}>
                    <td className="printed-id">{recommendation.id}</td>
                    <td className="printed-status">
                      <StatusLabel status={recommendation.status} />
                    </td>
                    <td>
                      {recommendation.text}
                      <span className="muted block">{recommendation.reason}</span>
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      ))}
    </section>
  );
}

function PrintedFix({ group }: { readonly group: FixGroup }) {
  const left = group.findings.length - printedFindings;
  return (
    <li>
      <p>
        <SeverityLabel severity={group.severity} /> <strong>{group.rule.title}</strong>{" "}
        <span className="muted">{group.rule.recommendations.join(" · ")}</span>
      </p>
      <p>
        <Prose text={group.fix} />
      </p>
      <ul>
        {group.findings.slice(0, printedFindings).map((finding) => (
          <li key={finding.id}>
            {finding.subjectName}
            {finding.key && <code> {finding.key}</code>}
            {finding.evidence[0] && (
              <span className="muted block">
                {finding.evidence[0].location ?? finding.evidence[0].at}: {finding.evidence[0].found.slice(0, 200)}
                {finding.evidence[0].expected !== undefined &&
                  ` (expected ${finding.evidence[0].expected.slice(0, 200)})`}
              </span>
            )}
          </li>
        ))}
      </ul>
      {left > 0 && <p className="muted">and {counted(left, "more finding")}</p>}
    </li>
  );
}
