import { useId, useState } from "react";
import { EmptyState } from "../components/empty-state.tsx";
import { FindingTable } from "../components/finding-table.tsx";
import { Chevron } from "../components/icons.tsx";
import { Prose, SeverityLabel } from "../components/labels.tsx";
import { useWindow } from "../components/more-list.tsx";
import type { FixGroup } from "../model.ts";
import { useModel } from "../model-context.ts";
import { counted } from "../words.ts";

/** Every open failure, grouped by the change that removes it, the most urgent change first. */
export function FixFirstView() {
  const { fixGroups } = useModel();
  const { shown, more } = useWindow(fixGroups, 50, "fix-first");
  return (
    <>
      <h1>Fix first</h1>
      <p className="lead">
        Open failures, grouped by the change that removes them, in the order of severity and urgency. What is waived is
        not here.
      </p>
      {fixGroups.length === 0 ? (
        <EmptyState title="No open failures">
          Nothing that was judged failed without being waived. “Not judged” shows what is still unknown.
        </EmptyState>
      ) : (
        <FixGroupList groups={shown} />
      )}
      {more}
    </>
  );
}

/** Changes as a numbered list; each opens to the findings that it removes. */
export function FixGroupList({ groups }: { readonly groups: readonly FixGroup[] }) {
  return (
    <ol className="fix-list">
      {groups.map((group) => (
        <FixItem key={`${group.rule.check}\n${group.fix}`} group={group} />
      ))}
    </ol>
  );
}

function FixItem({ group }: { readonly group: FixGroup }) {
  const [open, setOpen] = useState(false);
  const panel = useId();
  const keys = [...new Set(group.findings.map((finding) => finding.key).filter((key) => key !== ""))];
  const name = `${group.rule.check}\n${group.fix}`;
  return (
    <li className={open ? "fix open" : "fix"}>
      <button
        type="button"
        className="disclosure fix-head"
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
      >
        <Chevron open={open} />
        <SeverityLabel severity={group.severity} />
        <span className="fix-what">
          <span className="fix-title">
            {group.rule.title}
            {keys.length > 0 && (
              <span className="finding-key">
                {keys.slice(0, 2).join(", ")}
                {keys.length > 2 && ` and ${keys.length - 2} more`}
              </span>
            )}
          </span>
          <span className="fix-where">
            {group.subjectNames.slice(0, 3).join(", ")}
            {group.subjectNames.length > 3 && ` and ${group.subjectNames.length - 3} more`}
          </span>
        </span>
        <span className="fix-count">
          {counted(group.findings.length, "finding")}{" "}
          {group.subjectNames.length > 1 && (
            <span className="muted block">in {counted(group.subjectNames.length, "subject")}</span>
          )}
        </span>
      </button>
      <div className="fix-body">
        <p className="fix-text">
          <Prose text={group.fix} />
        </p>
        <p className="fix-tags">
          <span className="muted">{group.rule.recommendations.join(" · ")}</span>
          {group.reasons.map((reason) => (
            <span key={reason} className="tag">
              {reason}
            </span>
          ))}
        </p>
      </div>
      <div id={panel} hidden={!open}>
        {open && (
          <FindingTable findings={group.findings} caption={`Findings removed by: ${group.fix}`} name={name} size={25} />
        )}
      </div>
    </li>
  );
}
