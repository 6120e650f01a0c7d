import { number } from "../words.ts";

interface FilterChipsProps {
  readonly legend: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: ReadonlySet<string>;
  readonly counts: ReadonlyMap<string, number>;
  /** Called with the values that are chosen now, in the order of the choices. */
  readonly onChange: (values: readonly string[]) => void;
}

/** A set of switches, each with the number of findings that it stands for. */
export function FilterChips({ legend, choices, chosen, counts, onChange }: FilterChipsProps) {
  const toggle = (value: string) =>
    onChange(
      choices
        .map((choice) => choice.value)
        .filter((other) => (other === value ? !chosen.has(other) : chosen.has(other))),
    );
  return (
    <fieldset className="chips">
      <legend>{legend}</legend>
      {choices.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          className="chip"
          aria-pressed={chosen.has(value)}
          onClick={() => toggle(value)}
        >
          {label}
          <span className="chip-count">{number(counts.get(value) ?? 0)}</span>
        </button>
      ))}
    </fieldset>
  );
}
