import { Fragment } from "react";
import { EmptyState } from "../components/empty-state.tsx";
import { Prose, SeverityLabel } from "../components/labels.tsx";
import { useWindow } from "../components/more-list.tsx";
import { groupBy, type SetAsideView as Item } from "../model.ts";
import { useModel } from "../model-context.ts";
import { addressOf, type Route } from "../route.ts";
import { counted, number } from "../words.ts";

/** Vulnerabilities that are there and do not count, each with who says so and why; the address may name one subject. */
export function SetAsideView({ route }: { readonly route: Route }) {
  const { setAside } = useModel();
  const subject = route.query.get("subject");
  const items = subject === undefined ? setAside : setAside.filter(({ subjectName }) => subjectName === subject);
  return (
    <>
      <h1>Set aside</h1>
      <p className="lead">
        Vulnerabilities that are there and do not count, on the word of those who know the package: a VEX statement, a
        distribution, the maker. They are no findings, and the gate does not see them.
      </p>
      {subject !== undefined && (
        <p>
          Of {subject} only.{" "}
          <a href={addressOf(["set-aside"])}>Show all {counted(setAside.length, "vulnerability", "vulnerabilities")}</a>
        </p>
      )}
      {items.length === 0 ? (
        <EmptyState title="Nothing is set aside">
          Statements of your own are given with <code>--vex</code>.
        </EmptyState>
      ) : (
        <>
          <SetAsideSummary items={items} />
          <SetAsideTable items={items} name={subject ?? ""} />
        </>
      )}
    </>
  );
}

function SetAsideTable({ items, name }: { readonly items: readonly Item[]; readonly name: string }) {
  const rows = rowsOf(items);
  const { shown, more } = useWindow(rows, 100, name);
  return (
    <section aria-labelledby="set-aside-all">
      <h2 id="set-aside-all">Every one, by its reason</h2>
      <div className="scroll">
        <table className="plain set-aside">
          <thead>
            <tr>
              <th scope="col">Severity</th>
              <th scope="col">Vulnerabilities</th>
              <th scope="col">Packages</th>
              <th scope="col">Subject</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(([key, group]) => (
              <tr key={key}>
                <td data-label="Severity">
                  <SeverityLabel severity={group[0]!.severity} />
                </td>
                <td data-label="Vulnerabilities">
                  {distinct(group, (item) => item.id).map((id, index) => (
                    <Fragment key={id}>
                      {index > 0 && ", "}
                      <span className="one-piece">{id}</span>
                    </Fragment>
                  ))}
                </td>
                <td data-label="Packages">
                  {distinct(group, (item) => item.package).map((one) => (
                    <code key={one} className="block">
                      {one}
                    </code>
                  ))}
                </td>
                <td data-label="Subject">{group[0]!.subjectName}</td>
                <td data-label="Why">
                  {group[0]!.status}
                  <span className="muted block">
                    <Prose text={withoutWord(group[0]!)} /> ({group[0]!.source})
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more}
    </section>
  );
}

/** Packages of one subject share a row where the same vulnerabilities were set aside for the same reason, as those made of one source do. */
function rowsOf(items: readonly Item[]): [key: string, items: Item[]][] {
  const packages = [...groupBy(items, (item) => `${reasonKey(item)}\n${item.package}`).values()];
  const rows = groupBy(packages, (group) => JSON.stringify([reasonKey(group[0]!), distinct(group, ({ id }) => id)]));
  return [...rows].map(([key, groups]) => [key, groups.flat()]);
}

function reasonKey({ subject, severity, status, reason, source }: Item): string {
  return JSON.stringify([subject, severity, status, reason, source]);
}

function distinct(items: readonly Item[], of: (item: Item) => string): string[] {
  return [...new Set(items.map(of))];
}

/** The word stands above the reason already. */
function withoutWord({ status, reason }: Item): string {
  return reason.startsWith(`${status}: `) ? reason.slice(status.length + 2) : reason;
}

/** How many vulnerabilities each word of each source set aside. */
export function SetAsideSummary({ items }: { readonly items: readonly Item[] }) {
  const groups = [...groupBy(items, ({ status, source }) => `${status}\n${source}`).values()].toSorted(
    (a, b) => b.length - a.length,
  );
  return (
    <section aria-labelledby="set-aside">
      <h2 id="set-aside">Set aside: {counted(items.length, "vulnerability", "vulnerabilities")}</h2>
      <ul className="reason-list">
        {groups.map((group) => (
          <li key={`${group[0]!.status}\n${group[0]!.source}`}>
            <span className="reason-count">{group.length}</span>
            <span>
              {group[0]!.status} <span className="muted">says {group[0]!.source}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How many and on whose word: `12 vulnerabilities (10 unimportant, 2 not affected)`. */
export function setAsideText(items: readonly Item[]): string {
  const parts = [...groupBy(items, ({ status }) => status)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([status, group], _index, { length }) => (length === 1 ? status : `${number(group.length)} ${status}`));
  return `${counted(items.length, "vulnerability", "vulnerabilities")} (${parts.join(", ")})`;
}
