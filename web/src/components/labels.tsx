import type { RecommendationStatus } from "../../../src/core/assessment.ts";
import type { Severity } from "../../../src/core/severity.ts";
import { type FindingStatus, severities } from "../model.ts";
import { statusWords } from "../words.ts";
import { StatusIcon } from "./icons.tsx";

/** A status as shape and word. */
export function StatusLabel({ status }: { readonly status: RecommendationStatus | FindingStatus }) {
  return (
    <span className={`status-label status-${status}`}>
      <StatusIcon status={status} />
      {statusWords[status]}
    </span>
  );
}

/** A severity as word and as a number of bars, one for `info` to five for `critical`. */
export function SeverityLabel({ severity }: { readonly severity: Severity }) {
  const level = severities.indexOf(severity) + 1;
  return (
    <span className={`severity severity-${severity}`}>
      <svg viewBox="0 0 14 10" aria-hidden="true" focusable="false">
        {severities.map((name, index) => (
          <rect
            key={name}
            x={index * 3}
            y={8 - index * 2}
            width="2"
            height={2 + index * 2}
            className={index < level ? "lit" : "unlit"}
          />
        ))}
      </svg>
      {severity}
    </span>
  );
}

/** Prose in which `code` is set in back quotes. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/`([^`]+)`/).map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
        index % 2 === 1 ? <code key={index}>{part}</code> : part,
      )}
    </>
  );
}
