/** A cell by its column and row, from 0. */
export interface Place {
  readonly column: number;
  readonly row: number;
}

/** The cell that a key leads to, or undefined where it leads nowhere. `shape` is the number of cells of each column. Home and End stay in the row, with Ctrl they go to the first and last cell. */
export function placeAfter(
  key: string,
  ctrl: boolean,
  { column, row }: Place,
  shape: readonly number[],
): Place | undefined {
  const inColumn = (index: number): Place | undefined =>
    (shape[index] ?? 0) > 0 ? { column: index, row: Math.min(row, shape[index]! - 1) } : undefined;
  const filled = shape.flatMap((length, index) => (length > 0 ? [index] : []));
  const inRow = filled.filter((index) => shape[index]! > row);
  const [first, last] = ctrl ? [filled[0], filled.at(-1)] : [inRow[0], inRow.at(-1)];
  if (key === "ArrowLeft")
    return filled
      .filter((index) => index < column)
      .map(inColumn)
      .at(-1);
  if (key === "ArrowRight") return filled.filter((index) => index > column).map(inColumn)[0];
  if (key === "ArrowUp") return row > 0 ? { column, row: row - 1 } : undefined;
  if (key === "ArrowDown") return row + 1 < (shape[column] ?? 0) ? { column, row: row + 1 } : undefined;
  if (key === "Home" && first !== undefined) return { column: first, row: ctrl ? 0 : row };
  if (key === "End" && last !== undefined) return { column: last, row: ctrl ? shape[last]! - 1 : row };
  return undefined;
}
