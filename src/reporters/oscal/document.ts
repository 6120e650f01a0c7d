import { uuid5 } from "../../core/digest.ts";
import type { ReportInput } from "../../core/reporter.ts";
import { visible } from "../parts/visible-text.ts";

/** The version of the OSCAL models that the documents follow. */
export const oscalVersion = "1.2.1";
/** Name space of the properties that OSCAL does not define. An identifier, not an address. */
export const nameSpace = "https://plimsoll.dev/ns/oscal";

/** An OSCAL object. The documents are checked against NIST's JSON schemas in tests, which say more than types here could. */
export type OscalObject = Readonly<Record<string, unknown>>;

/** A property in Plimsoll's name space. */
export function property(name: string, value: string | number | boolean): OscalObject {
  return { name, ns: nameSpace, value: line(String(value)) };
}

/** Text for OSCAL's `string` and `markup-line`: one line, visible, without white space around it, never empty. */
export function line(text: string): string {
  const shown = visible(text).trim();
  return shown === "" ? "-" : shown;
}

/** Text for OSCAL's `markup-multiline`: lines that are each visible. Markdown's own characters are escaped, so that no reader renders what a target wrote. */
export function prose(...lines: readonly string[]): string {
  return lines.map((text) => line(text).replace(/[\\`*_[\]<>|]/g, "\\$&")).join("\n\n");
}

/** A list, or undefined where it is empty: OSCAL allows no empty arrays. */
export function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** A UUID that the same thing has in every run, so that documents of two runs can be compared. */
export function uuidOf(kind: string, ...names: readonly string[]): string {
  return uuid5(`oscal/${kind}/${JSON.stringify(names)}`);
}

/** What every document begins with. `last-modified` is the moment of collection, so that equal input gives equal bytes. */
export function metadata(title: string, input: ReportInput, more: OscalObject = {}): OscalObject {
  return {
    title: line(title),
    "last-modified": moment(input.assessment.snapshot.content.created),
    version: line(input.version),
    "oscal-version": oscalVersion,
    ...more,
  };
}

/** An ISO 8601 moment as OSCAL wants it: UTC, seconds, `Z`. */
export function moment(time: string | number): string {
  return new Date(time).toISOString();
}

/** The last moment of a day given as ISO 8601 date. */
export function endOfDay(date: string): string {
  return `${date}T23:59:59Z`;
}
