import type { RecommendationStatus } from "../../../src/core/assessment.ts";
import type { FindingStatus } from "../model.ts";

/** The Plimsoll mark: a circle and the line that shows how far a ship may be loaded. */
export function PlimsollMark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="16" cy="16" r="9" fill="none" stroke="currentColor" strokeWidth="2.5" />
      <path d="M1 16h30" stroke="currentColor" strokeWidth="2.5" />
    </svg>
  );
}

/* Each status has a shape of its own, so that colour only repeats what the shape and the word say. */
const shapes: Readonly<Record<RecommendationStatus | FindingStatus, React.ReactNode>> = {
  satisfied: <Check />,
  pass: <Check />,
  "not-satisfied": <Cross />,
  fail: <Cross />,
  declared: (
    <>
      <path
        d="M3 1.75h10v9.5H8.5L5.5 14v-2.75H3z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
      <path d="M5.5 5h5M5.5 8h3.5" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.6 1.5" />
      <path
        d="M6.1 6.3a1.95 1.95 0 1 1 2.6 1.9c-.5.2-.7.5-.7 1.1"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
      />
      <circle cx="8" cy="11.4" r=".9" fill="currentColor" />
    </>
  ),
  "not-applicable": (
    <>
      <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M5 8h6" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  waived: (
    <>
      <path
        d="M8 1.5l5.5 2v4c0 3.2-2.2 5.7-5.5 7-3.3-1.3-5.5-3.8-5.5-7v-4z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
      <path d="M5.3 8h5.4" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
};

function Check() {
  return (
    <>
      <circle cx="8" cy="8" r="7.25" fill="currentColor" />
      <path
        d="M4.8 8.3l2.2 2.2 4.2-4.6"
        fill="none"
        stroke="var(--surface)"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  );
}

function Cross() {
  return (
    <>
      <path d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5z" fill="currentColor" />
      <path d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2" stroke="var(--surface)" strokeWidth="1.7" strokeLinecap="round" />
    </>
  );
}

/** The shape of a status; decorative, the word stands beside it or in the label around it. */
export function StatusIcon({ status }: { readonly status: RecommendationStatus | FindingStatus }) {
  return (
    <svg className={`icon status-${status}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {shapes[status]}
    </svg>
  );
}

/** A small arrow that points down when what it belongs to is open. */
export function Chevron({ open }: { readonly open: boolean }) {
  return (
    <svg className={open ? "chevron open" : "chevron"} viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <path
        d="M4 2l4 4-4 4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
