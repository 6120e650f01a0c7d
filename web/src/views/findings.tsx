import { useDeferredValue, useMemo } from "react";
import { EmptyState } from "../components/empty-state.tsx";
import { FilterChips } from "../components/filter-chips.tsx";
import { FindingTable } from "../components/finding-table.tsx";
import { filtered, filterOf, type SortKey, sorted, statusQuery, tally } from "../finding-filter.ts";
import { type FindingStatus, findingStatuses, worstFirst } from "../model.ts";
import { useModel } from "../model-context.ts";
import { addressOf, type Route, replaceQuery } from "../route.ts";
import { counted, statusWords } from "../words.ts";

/** All findings with filters; the address carries them, so that a view can be sent to someone. */
export function FindingsView({ route }: { readonly route: Route }) {
  const { findings, data, areaTitles } = useModel();
  const filter = useDeferredValue(useMemo(() => filterOf(route.query), [route.query]));
  const shown = useMemo(() => sorted(filtered(findings, filter), filter.sorting), [findings, filter]);
  const counts = useMemo(
    () => ({
      status: tally(filtered(findings, filter, "statuses"), (finding) => finding.status),
      severity: tally(filtered(findings, filter, "severities"), (finding) => finding.severity),
      area: tally(filtered(findings, filter, "areas"), (finding) => finding.rule.area),
    }),
    [findings, filter],
  );
  const subjects = useMemo(
    () => [...new Set(findings.map((finding) => finding.subjectName))].sort().slice(0, 500),
    [findings],
  );
  const change = (query: Readonly<Record<string, string | undefined>>) => replaceQuery(route, query);
  const sortBy = (by: SortKey) => {
    const { by: now, reversed } = filter.sorting;
    change({ sort: now !== by ? by : reversed ? undefined : `-${by}` });
  };

  return (
    <>
      <h1>Findings</h1>
      <form className="filters" aria-label="Filter findings" onSubmit={(event) => event.preventDefault()}>
        <FilterChips
          legend="Status"
          choices={findingStatuses.map((status) => ({ value: status, label: statusWords[status] }))}
          chosen={filter.statuses}
          counts={counts.status}
          onChange={(values) => change({ status: statusQuery(values as FindingStatus[]) })}
        />
        <FilterChips
          legend="Severity"
          choices={worstFirst.map((severity) => ({ value: severity, label: severity }))}
          chosen={filter.severities}
          counts={counts.severity}
          onChange={(values) => change({ severity: values.join(",") })}
        />
        <FilterChips
          legend="Area"
          choices={data.areas.map((area) => ({ value: area.id, label: areaTitles[area.id] }))}
          chosen={filter.areas}
          counts={counts.area}
          onChange={(values) => change({ area: values.join(",") })}
        />
        <div className="filter-texts">
          <label>
            <span>Text</span>
            <input
              type="search"
              value={route.query.get("q") ?? ""}
              placeholder="CVE, package, check, 4.4.3-e …"
              onChange={(event) => change({ q: event.target.value })}
            />
          </label>
          <label>
            <span>Subject</span>
            <input
              type="search"
              list="subjects"
              value={route.query.get("subject") ?? ""}
              placeholder="image, workload, host …"
              onChange={(event) => change({ subject: event.target.value })}
            />
            <datalist id="subjects">
              {subjects.map((subject) => (
                <option key={subject} value={subject} />
              ))}
            </datalist>
          </label>
          {data.baseline && (
            <label className="check-label">
              <input
                type="checkbox"
                checked={filter.onlyNew}
                onChange={(event) => change({ new: event.target.checked ? "1" : undefined })}
              />
              only what the baseline does not have
            </label>
          )}
        </div>
      </form>
      <p className="result-line">
        <span role="status">
          {counted(shown.length, "finding")} of {findings.length.toLocaleString("en-GB")}
        </span>
        {route.query.size > 0 && <a href={addressOf(["findings"])}>Clear filters</a>}
      </p>
      {shown.length > 0 ? (
        <FindingTable
          findings={shown}
          caption="Findings"
          name={JSON.stringify([...route.query])}
          sorting={filter.sorting}
          onSort={sortBy}
        />
      ) : (
        <Nothing any={findings.length > 0} />
      )}
    </>
  );
}

function Nothing({ any }: { readonly any: boolean }) {
  if (any) {
    return (
      <EmptyState title="No finding matches">
        Take a filter away, or <a href={addressOf(["findings"], { status: "all" })}>show findings of every status</a>.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No findings" command="plimsoll assess">
      No check had a fact to judge. Give a target: an image, a cluster, a registry, a host.
    </EmptyState>
  );
}
