import { Fragment, useId, useState } from "react";
import type { Sorting, SortKey } from "../finding-filter.ts";
import type { FindingView } from "../model.ts";
import { FindingDetails } from "./finding-details.tsx";
import { Chevron } from "./icons.tsx";
import { SeverityLabel, StatusLabel } from "./labels.tsx";
import { useWindow } from "./more-list.tsx";

/** A column: what it is sorted by and called. */
interface Column {
  readonly key: Exclude<SortKey, "rank">;
  readonly title: string;
}

const columns: readonly Column[] = [
  { key: "severity", title: "Severity" },
  { key: "finding", title: "Finding" },
  { key: "subject", title: "Subject" },
  { key: "status", title: "Status" },
];

interface FindingTableProps {
  readonly findings: readonly FindingView[];
  readonly caption: string;
  /** Names the list: when it changes, the first rows are shown again. */
  readonly name: string;
  readonly size?: number;
  readonly sorting?: Sorting;
  readonly onSort?: (by: SortKey) => void;
}

/** Findings as rows that open to their evidence; long lists grow on demand. */
export function FindingTable({ findings, caption, name, size = 100, sorting, onSort }: FindingTableProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const { shown, more } = useWindow(findings, size, name);
  const toggle = (id: string) =>
    setOpen((before) =>
      before.has(id) ? new Set([...before].filter((other) => other !== id)) : new Set([...before, id]),
    );
  return (
    <>
      <table className="findings">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Header key={column.key} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((finding) => (
            <Row key={finding.id} finding={finding} open={open.has(finding.id)} onToggle={() => toggle(finding.id)} />
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}

function Header({
  column,
  sorting,
  onSort,
}: {
  readonly column: Column;
  readonly sorting: Sorting | undefined;
  readonly onSort: FindingTableProps["onSort"];
}) {
  const sorted = sorting?.by === column.key ? (sorting.reversed ? "descending" : "ascending") : undefined;
  return (
    <th scope="col" className={`col-${column.key}`} aria-sort={sorted}>
      {onSort ? (
        <button type="button" onClick={() => onSort(column.key)}>
          {column.title}
          <span className="sort-mark" aria-hidden="true">
            {sorted === "ascending" ? "▲" : sorted === "descending" ? "▼" : "↕"}
          </span>
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}

function Row({
  finding,
  open,
  onToggle,
}: {
  readonly finding: FindingView;
  readonly open: boolean;
  readonly onToggle: () => void;
}) {
  const details = useId();
  return (
    <Fragment>
      <tr className={open ? "row open" : "row"}>
        <td className="col-severity">
          {finding.status === "fail" || finding.status === "waived" ? (
            <SeverityLabel severity={finding.severity} />
          ) : (
            <span className="muted">–</span>
          )}
        </td>
        <td className="col-finding">
          <button type="button" className="disclosure" aria-expanded={open} aria-controls={details} onClick={onToggle}>
            <Chevron open={open} />
            <span>
              <span className="finding-title">{finding.rule.title}</span>
              {finding.isNew && <span className="tag">new</span>}
              {finding.key && <span className="finding-key">{finding.key}</span>}
            </span>
          </button>
        </td>
        <td className="col-subject" title={finding.subject}>
          {finding.subjectName}
        </td>
        <td className="col-status">
          <StatusLabel status={finding.status} />
        </td>
      </tr>
      {open && (
        <tr className="details-row" id={details}>
          <td colSpan={columns.length}>
            <FindingDetails finding={finding} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}
