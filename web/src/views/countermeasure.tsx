import { useId } from "react";
import { CoverageBar, coverageText } from "../components/coverage-bar.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { FindingTable } from "../components/finding-table.tsx";
import { Chevron } from "../components/icons.tsx";
import { Prose, StatusLabel } from "../components/labels.tsx";
import type { RecommendationView } from "../model.ts";
import { shortTitle } from "../model.ts";
import { useModel } from "../model-context.ts";
import { addressOf, type Route, replaceQuery } from "../route.ts";
import { counted } from "../words.ts";

/** One countermeasure: its recommendations as rows that open to why they have their status and to their findings. */
export function CountermeasureView({ id, route }: { readonly id: string; readonly route: Route }) {
  const { data, recommendations, areaTitles } = useModel();
  const place = data.countermeasures.findIndex((candidate) => candidate.id === id);
  const countermeasure = data.countermeasures[place];
  if (!countermeasure) {
    return (
      <>
        <h1>No countermeasure {id}</h1>
        <EmptyState title="The address names a section that this report does not have">
          <a href={addressOf([])}>The overview</a> lists those it has.
        </EmptyState>
      </>
    );
  }
  const open = new Set((route.query.get("open") ?? "").split(",").filter(Boolean));
  const toggle = (name: string) => {
    const next = open.has(name) ? [...open].filter((other) => other !== name) : [...open, name];
    replaceQuery(route, { open: next.join(",") });
  };
  return (
    <>
      <nav className="breadcrumb" aria-label="Breadcrumb">
        <a href={addressOf([])}>Overview</a> <span aria-hidden="true">/</span> {areaTitles[countermeasure.area]}
      </nav>
      <h1>
        <span className="section-number">{countermeasure.id}</span> {shortTitle(countermeasure.title)}
      </h1>
      <p className="lead">{countermeasure.summary}</p>
      <div className="countermeasure-bar">
        <CoverageBar coverage={countermeasure.coverage} large />
        <p>{coverageText(countermeasure.coverage)}</p>
      </div>
      <h2 className="visually-hidden">Recommendations</h2>
      <ul className="recommendations">
        {recommendations
          .filter((recommendation) => recommendation.countermeasure === id)
          .map((recommendation) => (
            <RecommendationRow
              key={recommendation.id}
              recommendation={recommendation}
              open={open.has(recommendation.id)}
              onToggle={() => toggle(recommendation.id)}
            />
          ))}
      </ul>
      <Neighbours place={place} />
    </>
  );
}

interface RecommendationRowProps {
  readonly recommendation: RecommendationView;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function RecommendationRow({ recommendation, open, onToggle }: RecommendationRowProps) {
  const panel = useId();
  return (
    <li className={open ? "recommendation open" : "recommendation"}>
      <h3>
        <button
          type="button"
          className="disclosure recommendation-head"
          aria-expanded={open}
          aria-controls={panel}
          onClick={onToggle}
        >
          <Chevron open={open} />
          <span className="recommendation-id">{recommendation.id}</span>
          <span className="recommendation-text">{recommendation.text}</span>
          <StatusLabel status={recommendation.status} />
          <span className="recommendation-subjects">
            {recommendation.subjects > 0 ? counted(recommendation.subjects, "subject") : "no subject"}
          </span>
        </button>
      </h3>
      <div id={panel} className="recommendation-body" hidden={!open}>
        {open && <RecommendationBody recommendation={recommendation} />}
      </div>
    </li>
  );
}

const classWords: Readonly<Record<string, string>> = {
  machine: "what can be observed decides it",
  "machine-and-declaration": "observation decides part of it, a person states the rest",
  declaration: "only a person can state it",
};

function RecommendationBody({ recommendation }: { readonly recommendation: RecommendationView }) {
  return (
    <>
      <dl className="recommendation-facts">
        <div>
          <dt>Why this status</dt>
          <dd>{recommendation.reason}</dd>
        </div>
        {recommendation.remedies.length > 0 && (
          <div>
            <dt>What would make it known</dt>
            <dd>
              <ul>
                {recommendation.remedies.map((remedy) => (
                  <li key={remedy}>
                    <Prose text={remedy} />
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
        {recommendation.declaration && (
          <div>
            <dt>Declared</dt>
            <dd>
              {recommendation.declaration.text} – {recommendation.declaration.owner}, until{" "}
              {recommendation.declaration.expires}
            </dd>
          </div>
        )}
        <div>
          <dt>Who can tell</dt>
          <dd>{classWords[recommendation.class] ?? recommendation.class}</dd>
        </div>
        <div>
          <dt>Checks</dt>
          <dd>
            <CheckList ids={recommendation.checks} />
          </dd>
        </div>
      </dl>
      {recommendation.findings.length > 0 && (
        <FindingTable
          findings={recommendation.findings}
          caption={`Findings of recommendation ${recommendation.id}`}
          name={recommendation.id}
          size={50}
        />
      )}
    </>
  );
}

function CheckList({ ids }: { readonly ids: readonly string[] }) {
  const { data } = useModel();
  if (ids.length === 0) return <>none</>;
  return (
    <ul className="check-list">
      {ids.map((id) => (
        <li key={id}>
          {data.checkTitles[id]} <code>{id}</code>
        </li>
      ))}
    </ul>
  );
}

function Neighbours({ place }: { readonly place: number }) {
  const { data } = useModel();
  const [before, after] = [data.countermeasures[place - 1], data.countermeasures[place + 1]];
  return (
    <nav className="neighbours" aria-label="Other countermeasures">
      {before ? (
        <a href={addressOf(["countermeasure", before.id])} rel="prev">
          ← {before.id} {shortTitle(before.title)}
        </a>
      ) : (
        <span />
      )}
      {after && (
        <a href={addressOf(["countermeasure", after.id])} rel="next">
          {after.id} {shortTitle(after.title)} →
        </a>
      )}
    </nav>
  );
}
