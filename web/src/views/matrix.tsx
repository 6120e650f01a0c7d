import { useRef, useState } from "react";
import { CoverageBar, CoverageCounts, coverageText } from "../components/coverage-bar.tsx";
import { type Place, placeAfter } from "../matrix-keys.ts";
import { type Model, shortTitle } from "../model.ts";
import { useModel } from "../model-context.ts";
import { addressOf } from "../route.ts";
import { percent } from "../words.ts";

type Countermeasure = Model["data"]["countermeasures"][number];

/** The six areas side by side with their countermeasures. One cell is in the tab order; arrows, Home and End move between cells, Enter opens one. */
export function Matrix() {
  const { data } = useModel();
  const columns = data.areas.map((area) => ({
    area,
    cells: data.countermeasures.filter((countermeasure) => countermeasure.area === area.id),
  }));
  const shape = columns.map(({ cells }) => cells.length);
  const [active, setActive] = useState<Place>({
    column: Math.max(
      0,
      shape.findIndex((length) => length > 0),
    ),
    row: 0,
  });
  const grid = useRef<HTMLDivElement>(null);

  const move = (event: React.KeyboardEvent) => {
    const place = event.altKey || event.metaKey ? undefined : placeAfter(event.key, event.ctrlKey, active, shape);
    if (!place) return;
    event.preventDefault();
    setActive(place);
    grid.current?.querySelector<HTMLElement>(`[data-place="${place.column} ${place.row}"]`)?.focus();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, these are links
    <div
      className="matrix"
      role="group"
      aria-label="Countermeasures by area"
      aria-describedby="matrix-keys"
      style={matrixStyle(shape)}
      ref={grid}
      onKeyDown={move}
    >
      {columns.map(({ area, cells }, column) => (
        <section key={area.id} className="matrix-column" aria-label={shortTitle(area.title)}>
          <h3>
            <span className="muted">{area.number}</span> {shortTitle(area.title)}
            <span className="matrix-share">{percent(area.coverage.assessed, area.coverage.total)} assessed</span>
          </h3>
          <ul>
            {cells.map((cell, row) => (
              <li key={cell.id}>
                <Cell
                  cell={cell}
                  place={`${column} ${row}`}
                  tabbable={column === active.column && row === active.row}
                  onFocus={() => setActive({ column, row })}
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p id="matrix-keys" className="matrix-keys muted">
        Arrow keys move between countermeasures, <kbd>Enter</kbd> opens one.
      </p>
    </div>
  );
}

/** The rows of the grid: the headings and the longest column. */
export function matrixStyle(shape: readonly number[]): React.CSSProperties {
  const rows: Record<`--${string}`, number> = { "--tracks": Math.max(1, ...shape) + 1 };
  return rows;
}

interface CellProps {
  readonly cell: Countermeasure;
  readonly place: string;
  readonly tabbable: boolean;
  readonly onFocus: () => void;
}

function Cell({ cell, place, tabbable, onFocus }: CellProps) {
  return (
    <a
      className="cell"
      href={addressOf(["countermeasure", cell.id])}
      data-place={place}
      tabIndex={tabbable ? 0 : -1}
      onFocus={onFocus}
      aria-label={`${cell.id} ${cell.title}. ${coverageText(cell.coverage)}`}
    >
      <span className="cell-id">{cell.id}</span>
      <span className="cell-title">{shortTitle(cell.title)}</span>
      <CoverageBar coverage={cell.coverage} />
      <CoverageCounts coverage={cell.coverage} />
    </a>
  );
}
