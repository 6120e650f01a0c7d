import { useEffect, useState } from "react";
import { number } from "../words.ts";

/** How many of a long list are shown, and a button for more; starts again when `reset` changes. */
export function useWindow<T>(
  items: readonly T[],
  size: number,
  reset: string,
): { readonly shown: readonly T[]; readonly more: React.ReactNode } {
  const [length, setLength] = useState(size);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list (`reset`) starts at its first rows
  useEffect(() => setLength(size), [reset, size]);
  const left = items.length - length;
  const more =
    left > 0 ? (
      <p className="more">
        <button type="button" onClick={() => setLength(length + size * 2)}>
          Show {number(Math.min(left, size * 2))} more
        </button>
        <span className="muted">
          {number(length)} of {number(items.length)} shown
        </span>
      </p>
    ) : null;
  return { shown: left > 0 ? items.slice(0, length) : items, more };
}
