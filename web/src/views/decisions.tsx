import type { Waiver } from "../../../src/core/finding.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { useModel } from "../model-context.ts";
import { addressOf } from "../route.ts";
import { counted } from "../words.ts";

/** What people decided: accepted findings and declarations, until when, and which of them did not take effect. */
export function DecisionsView() {
  return (
    <>
      <h1>Decisions</h1>
      <p className="lead">What people accepted or declared, who did, and until when. Every decision ends.</p>
      <Waivers />
      <Declarations />
      <Unused />
    </>
  );
}

/** The accepted findings with how many each covers now. */
export function Waivers() {
  const { data, findings } = useModel();
  return (
    <section aria-labelledby="waivers">
      <h2 id="waivers">Waivers</h2>
      {data.waivers.length === 0 ? (
        <EmptyState title="Nothing is waived">
          Open a finding and choose “Accept it instead” for the entry of the policy file.
        </EmptyState>
      ) : (
        <div className="scroll">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">Covers</th>
                <th scope="col">Reason</th>
                <th scope="col">Approver</th>
                <th scope="col">Expires</th>
                <th scope="col">Findings</th>
              </tr>
            </thead>
            <tbody>
              {data.waivers.map((waiver) => (
                <tr key={JSON.stringify(waiver)}>
                  <td data-label="Covers">{scopeOf(waiver)}</td>
                  <td data-label="Reason">{waiver.reason}</td>
                  <td data-label="Approver">{waiver.approver}</td>
                  <td data-label="Expires">
                    <Expiry date={waiver.expires} now={data.created} />
                  </td>
                  <td data-label="Findings">{findings.filter((finding) => finding.waiver === waiver).length}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function scopeOf(waiver: Waiver): React.ReactNode {
  const parts = [waiver.check, waiver.subject, waiver.key].filter((part) => part !== undefined);
  if (parts.length === 0) return "every finding";
  return parts.map((part) => (
    <span key={part} className="block">
      <code>{part}</code>
    </span>
  ));
}

/** The statements of people about what no machine can see. */
export function Declarations() {
  const { data, recommendationById } = useModel();
  return (
    <section aria-labelledby="declarations">
      <h2 id="declarations">Declarations</h2>
      {data.declarations.length === 0 ? (
        <EmptyState
          title="Nothing is declared"
          command={
            "declarations:\n  - recommendations: [4.1.1-a]\n    owner: who answers for it\n    text: what is in place\n    expires: YYYY-MM-DD"
          }
        >
          Some recommendations only a person can answer. State them in the policy file.
        </EmptyState>
      ) : (
        <div className="scroll">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">Recommendations</th>
                <th scope="col">Statement</th>
                <th scope="col">Owner</th>
                <th scope="col">Expires</th>
              </tr>
            </thead>
            <tbody>
              {data.declarations.map((declaration) => (
                <tr key={JSON.stringify(declaration)}>
                  <td data-label="Recommendations">
                    {declaration.recommendations.map((id) => (
                      <a
                        key={id}
                        className="block"
                        href={addressOf(["countermeasure", recommendationById.get(id)?.countermeasure ?? ""], {
                          open: id,
                        })}
                      >
                        {id}
                      </a>
                    ))}
                  </td>
                  <td data-label="Statement">
                    {declaration.text}
                    {declaration.link && <span className="muted block">{declaration.link}</span>}
                  </td>
                  <td data-label="Owner">{declaration.owner}</td>
                  <td data-label="Expires">
                    <Expiry date={declaration.expires} now={data.created} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Unused() {
  const { data } = useModel();
  if (data.unused.length === 0) return null;
  return (
    <section aria-labelledby="unused">
      <h2 id="unused">Without effect</h2>
      <p className="muted">Expired, or covering nothing any more: take them out of the policy file or renew them.</p>
      <ul className="reason-list">
        {data.unused.map((entry) => (
          <li key={`${entry.kind} ${entry.description} ${entry.expires}`}>
            <span className="tag">{entry.state}</span>
            <span>
              {entry.kind} · {entry.description} <span className="muted">expires {entry.expires}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A last day, with how far away it is when it is near or gone. */
function Expiry({ date, now }: { readonly date: string; readonly now: string }) {
  const days = Math.ceil((Date.parse(`${date}T00:00:00Z`) + 86_400_000 - Date.parse(now)) / 86_400_000);
  const note = days <= 0 ? "expired" : days <= 30 ? `${counted(days, "day")} left` : undefined;
  return (
    <>
      {date}
      {note && <span className={days <= 0 ? "tag tag-expired" : "tag"}>{note}</span>}
    </>
  );
}
