import type { EvidenceView, FindingView } from "../model.ts";
import { useModel } from "../model-context.ts";
import { addressOf } from "../route.ts";
import { waiverSnippet } from "../waiver-snippet.ts";
import { counted } from "../words.ts";
import { CopyBlock } from "./copy-block.tsx";
import { Prose, SeverityLabel } from "./labels.tsx";
import { useWindow } from "./more-list.tsx";

/** Everything about one finding: evidence, why it matters, what to do, how to accept it, and where it belongs. */
export function FindingDetails({ finding }: { readonly finding: FindingView }) {
  return (
    <div className="finding-details">
      <dl>
        {finding.reason && (
          <Part title={finding.status === "unknown" ? "Why it is unknown" : "Why it does not apply"}>
            {finding.reason}
          </Part>
        )}
        {finding.remedy && (
          <Part title="What would make it known">
            <Prose text={finding.remedy} />
          </Part>
        )}
        {finding.evidence.length > 0 && <EvidenceTable finding={finding} />}
        {finding.rule.why && (
          <Part title="Why it matters">
            <Prose text={finding.rule.why} />
          </Part>
        )}
        {finding.fix && finding.status !== "pass" && finding.status !== "not-applicable" && (
          <Part title="Fix">
            <Prose text={finding.fix} />
          </Part>
        )}
        {finding.rule.references && <Part title="Elsewhere">{finding.rule.references.join(", ")}</Part>}
        {finding.waiver && (
          <Part title="Waived">
            {finding.waiver.reason} – accepted by {finding.waiver.approver} until {finding.waiver.expires}
          </Part>
        )}
      </dl>
      {finding.status === "fail" && <Waive finding={finding} />}
      <Belonging finding={finding} />
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div className="finding-part">
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function EvidenceTable({ finding }: { readonly finding: FindingView }) {
  const { shown, more } = useWindow(finding.evidence, 20, finding.id);
  const expectation = finding.evidence.some((item) => item.expected !== undefined);
  return (
    <div className="finding-part">
      <dt>Evidence</dt>
      <dd className="wide">
        <table className="evidence">
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">Found</th>
              {expectation && <th scope="col">Expected</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: evidence has no name of its own and never moves
              <EvidenceRow key={index} item={item} expectation={expectation} />
            ))}
          </tbody>
        </table>
        {more}
      </dd>
    </div>
  );
}

function EvidenceRow({ item, expectation }: { readonly item: EvidenceView; readonly expectation: boolean }) {
  return (
    <>
      <tr className={item.details.length > 0 ? "has-details" : undefined}>
        <td data-label="Where">
          <code>{item.at}</code>
          {item.location && <span className="aside">in {item.location}</span>}
          {item.layer !== undefined && <span className="aside">layer {item.layer + 1}</span>}
          {item.severity && (
            <span className="aside">
              <SeverityLabel severity={item.severity} />
            </span>
          )}
        </td>
        <td data-label="Found">
          <code>{item.found}</code>
          {item.fix && (
            <span className="aside">
              Fix: <Prose text={item.fix} />
            </span>
          )}
        </td>
        {expectation && <td data-label="Expected">{item.expected !== undefined && <code>{item.expected}</code>}</td>}
      </tr>
      {item.details.length > 0 && (
        <tr>
          <td colSpan={expectation ? 3 : 2}>
            <dl className="item-details">
              {item.details.map(({ name, text }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </td>
        </tr>
      )}
    </>
  );
}

function Waive({ finding }: { readonly finding: FindingView }) {
  const { data, exact } = useModel();
  return (
    <details className="finding-part waive">
      <summary>Accept it instead</summary>
      <p className="muted">
        Add this to the policy file. The finding is still judged and shown, counted apart, until the day it expires.
      </p>
      <CopyBlock text={waiverSnippet(finding.rule.check, exact(finding), data.created)} label="the waiver" />
    </details>
  );
}

function Belonging({ finding }: { readonly finding: FindingView }) {
  const { recommendationById } = useModel();
  return (
    <p className="belonging">
      {finding.rule.recommendations.map((id) => {
        const recommendation = recommendationById.get(id);
        return recommendation ? (
          <a
            key={id}
            href={addressOf(["countermeasure", recommendation.countermeasure], { open: id })}
            title={recommendation.text}
          >
            {id}
          </a>
        ) : (
          <span key={id}>{id}</span>
        );
      })}
      <span>
        check <code>{finding.rule.check}</code>
      </span>
      {finding.subject !== finding.subjectName && (
        <span>
          subject <code>{finding.subject}</code>
        </span>
      )}
      <a href={addressOf(["finding", finding.id])}>link to {finding.id}</a>
      {finding.evidence.length > 1 && <span>{counted(finding.evidence.length, "item")} of evidence</span>}
    </p>
  );
}
