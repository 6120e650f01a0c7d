import { useDeferredValue, useMemo } from "react";
import { EmptyState } from "../components/empty-state.tsx";
import { FilterChips } from "../components/filter-chips.tsx";
import { StatusIcon } from "../components/icons.tsx";
import { Prose } from "../components/labels.tsx";
import { useWindow } from "../components/more-list.tsx";
import { useModel } from "../model-context.ts";
import { type Route, replaceQuery } from "../route.ts";
import { counted, number } from "../words.ts";

/** One observation in words. */
interface ObservationView {
  readonly fact: string;
  readonly subject: string;
  readonly source: string;
  readonly unavailable: string | undefined;
  readonly remedy: string | undefined;
}

/** The appendix: where each fact comes from, or why it could not be had. */
export function SourcesView({ route }: { readonly route: Route }) {
  const { data } = useModel();
  const observations = useMemo(
    () =>
      data.observations.map(([fact, subject, source, unavailable, remedy]): ObservationView => {
        const text = (index: number | null | undefined) =>
          index === undefined || index === null ? undefined : data.texts[index];
        return {
          fact: text(fact) ?? "",
          subject: text(subject) ?? "",
          source: text(source) ?? "",
          unavailable: text(unavailable),
          remedy: text(remedy),
        };
      }),
    [data],
  );
  const wanted = useDeferredValue(route.query.get("q") ?? "").toLowerCase();
  const states = new Set((route.query.get("state") ?? "").split(",").filter(Boolean));
  const stateKey = [...states].join();
  const matching = useMemo(
    () =>
      observations.filter((observation) =>
        wanted
          .split(/\s+/)
          .every((word) =>
            `${observation.fact} ${observation.subject} ${observation.source} ${observation.unavailable ?? ""}`
              .toLowerCase()
              .includes(word),
          ),
      ),
    [observations, wanted],
  );
  const visible = matching.filter((observation) => states.size === 0 || states.has(stateOf(observation)));
  const counts = new Map([
    ["observed", matching.filter((observation) => stateOf(observation) === "observed").length],
    ["unavailable", matching.filter((observation) => stateOf(observation) === "unavailable").length],
  ]);
  const { shown, more } = useWindow(visible, 200, `${wanted}\n${stateKey}`);
  return (
    <>
      <h1>Sources</h1>
      <p className="lead">
        Every observation that the report rests on: which fact about which subject, and where it was read.
      </p>
      {observations.length === 0 ? (
        <EmptyState title="Nothing was observed" command="plimsoll assess --save-facts facts.json">
          No collector found anything to read.
        </EmptyState>
      ) : (
        <>
          <form className="filters" aria-label="Filter observations" onSubmit={(event) => event.preventDefault()}>
            <FilterChips
              legend="State"
              choices={[
                { value: "observed", label: "observed" },
                { value: "unavailable", label: "unavailable" },
              ]}
              chosen={states}
              counts={counts}
              onChange={(values) => replaceQuery(route, { state: values.join(",") })}
            />
            <div className="filter-texts">
              <label>
                <span>Text</span>
                <input
                  type="search"
                  value={route.query.get("q") ?? ""}
                  placeholder="fact, subject, source …"
                  onChange={(event) => replaceQuery(route, { q: event.target.value })}
                />
              </label>
            </div>
          </form>
          <p className="result-line" role="status">
            {counted(visible.length, "observation")} of {number(observations.length)}
          </p>
          <table className="plain sources">
            <thead>
              <tr>
                <th scope="col">Fact</th>
                <th scope="col">Subject</th>
                <th scope="col">Source</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((observation, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two sources may tell the same fact of the same subject
                <tr key={`${index} ${observation.fact} ${observation.subject}`}>
                  <td>
                    <code>{observation.fact}</code>
                  </td>
                  <td className="col-subject">{observation.subject}</td>
                  <td>
                    <code>{observation.source}</code>
                    {observation.unavailable !== undefined && (
                      <span className="unavailable">
                        <StatusIcon status="unknown" />
                        <span>
                          Unavailable: {observation.unavailable}
                          {observation.remedy && (
                            <span className="muted block">
                              <Prose text={observation.remedy} />
                            </span>
                          )}
                        </span>
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {more}
        </>
      )}
    </>
  );
}

function stateOf(observation: ObservationView): "observed" | "unavailable" {
  return observation.unavailable === undefined ? "observed" : "unavailable";
}
