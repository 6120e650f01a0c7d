import { CoverageSummary } from "../components/coverage-bar.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { StatusIcon } from "../components/icons.tsx";
import { Prose } from "../components/labels.tsx";
import type { Model } from "../model.ts";
import { useModel } from "../model-context.ts";
import { addressOf } from "../route.ts";
import { counted, moment, shortDigest } from "../words.ts";
import { FixGroupList } from "./fix-first.tsx";
import { Matrix } from "./matrix.tsx";
import { setAsideText } from "./set-aside.tsx";
import { unknownGroups } from "./unknown.tsx";

/** The answer first: gate, coverage, matrix, what to fix first, what could not be judged. */
export function Overview() {
  const model = useModel();
  const { data, fixGroups } = model;
  const failures = fixGroups.reduce((sum, group) => sum + group.findings.length, 0);
  return (
    <>
      <ReportHead />
      <section aria-labelledby="matrix-title">
        <h2 id="matrix-title">Countermeasures</h2>
        <Matrix />
      </section>
      <section aria-labelledby="fix-title">
        <h2 id="fix-title">Fix first</h2>
        {fixGroups.length > 0 ? <FixGroupList groups={fixGroups.slice(0, 6)} /> : <NoFailures data={data} />}
        {fixGroups.length > 6 && (
          <p>
            <a className="all-link" href={addressOf(["fix-first"])}>
              All {counted(fixGroups.length, "change")} that remove {counted(failures, "finding")}
            </a>
          </p>
        )}
      </section>
      <UnknownSummary model={model} />
    </>
  );
}

/** What was assessed, when and by what; the gate; how much of the guide is covered. */
export function ReportHead() {
  const { data, setAside } = useModel();
  return (
    <section className="head" aria-label="Summary">
      <div className="head-title">
        <h1>{targetsTitle(data)}</h1>
        <p className="muted">Measured against {data.guide}</p>
      </div>
      <Gate gate={data.gate} />
      <CoverageSummary coverage={data.coverage} />
      <HeadFacts data={data} setAside={setAside} />
    </section>
  );
}

function targetsTitle(data: Model["data"]): string {
  const names = data.targets.map((target) => target.name);
  if (names.length === 0) return "Nothing assessed";
  return names.length <= 3 ? names.join(", ") : `${names[0]} and ${names.length - 1} more targets`;
}

function Gate({ gate }: { readonly gate: Model["data"]["gate"] }) {
  const verdict = gate.allowed ? "passed" : gate.exitCode === 3 ? "could not assess" : "failed";
  const status = gate.allowed ? "pass" : gate.exitCode === 3 ? "unknown" : "fail";
  return (
    <div className={`gate gate-${status}`}>
      <p className="gate-verdict">
        <StatusIcon status={status} />
        Gate: {verdict}
        <span className="muted">exit code {gate.exitCode}</span>
      </p>
      {gate.reasons.length > 0 && (
        <ul>
          {gate.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function HeadFacts({ data, setAside }: Pick<Model, "data" | "setAside">) {
  return (
    <dl className="head-facts">
      <Fact name="Targets">
        {data.targets.length === 0
          ? "none"
          : data.targets.length <= 8
            ? data.targets.map((target) => `${target.name} (${target.kind})`).join(", ")
            : targetKinds(data)}
      </Fact>
      <Fact name="Facts collected">{moment(data.created)}</Fact>
      <Fact name="Advisories">
        {data.advisories
          ? `${moment(data.advisories.date)}, ${data.advisories.source}`
          : "none: vulnerabilities were not matched"}
      </Fact>
      {setAside.length > 0 && (
        <Fact name="Set aside">
          <a href={addressOf(["set-aside"])}>{setAsideText(setAside)}</a>
        </Fact>
      )}
      <Fact name="Policy">{data.policy ?? "built in"}</Fact>
      {data.baseline && <Fact name="Baseline">{data.baseline}</Fact>}
      <Fact name="Snapshot">
        <code title={data.digest}>{shortDigest(data.digest)}</code>
      </Fact>
    </dl>
  );
}

function targetKinds(data: Model["data"]): string {
  const counts = new Map<string, number>();
  for (const { kind } of data.targets) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => counted(count, kind)).join(", ");
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function NoFailures({ data }: { readonly data: Model["data"] }) {
  if (data.findings.length === 0) {
    return (
      <EmptyState title="Nothing was judged" command="plimsoll assess">
        No fact was collected, so nothing is known to be good or bad.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No open failures">
      Everything that was judged passed or is waived. {counted(data.coverage.unknown, "recommendation")} could not be
      judged: that is not the same as passed.
    </EmptyState>
  );
}

function UnknownSummary({ model }: { readonly model: Model }) {
  const groups = unknownGroups(model.recommendations);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="unknown-title">
      <h2 id="unknown-title">Could not be judged</h2>
      <ul className="reason-list">
        {groups.slice(0, 5).map((group) => (
          <li key={group.key}>
            <span className="reason-count">{group.recommendations.length}</span>
            <span>
              {group.reason}
              {group.remedies.length > 0 && (
                <span className="muted block">
                  <Prose text={group.remedies[0]!} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      <p>
        <a className="all-link" href={addressOf(["unknown"])}>
          All {counted(model.data.coverage.unknown, "unknown recommendation")} by reason
        </a>
      </p>
    </section>
  );
}
