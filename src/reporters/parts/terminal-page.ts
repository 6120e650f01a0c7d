import pc from "picocolors";
import { sectionOf } from "../../core/clause.ts";
import type { Severity } from "../../core/severity.ts";
import type { Target } from "../../core/snapshot.ts";
import type { TerminalOptions } from "../terminal.ts";
import { columnsOf, cutStart, padded, paddedLeft, wrapped } from "./columns.ts";
import type { FindingGroup } from "./finding-group.ts";
import { fixText, placesText, subjectText, whatText } from "./group-text.ts";
import { counted, visible } from "./visible-text.ts";

/** What a section of findings has besides its title. */
export interface GroupOptions {
  /** What to do about all of them. */
  readonly hint?: string | undefined;
  readonly targets?: readonly Target[] | undefined;
}

/** Columns that what is wrong gets at least. */
const leastText = 26;

/** Collects the lines of a terminal report and lays them out to its width. All text given to it must be visible text already. */
export class TerminalPage {
  readonly options: TerminalOptions;
  readonly colours: ReturnType<typeof pc.createColors>;
  readonly #width: number;
  readonly #lines: string[] = [];

  constructor(options: TerminalOptions) {
    this.options = options;
    this.colours = pc.createColors(options.colour);
    this.#width = Math.max(60, options.width);
  }

  /** Everything so far, ended by one newline. */
  text(): string {
    return `${this.#lines.join("\n").trimEnd()}\n`;
  }

  line(text: string): void {
    this.#lines.push(text.trimEnd());
  }

  /** A sentence over as many lines as the width asks for. Without colours: they would count as columns. */
  paragraph(text: string): void {
    for (const line of wrapped(text, this.#width)) this.line(line);
  }

  /** An empty line, never two in a row. */
  blank(): void {
    if (this.#lines.at(-1) !== "") this.#lines.push("");
  }

  heading(text: string): void {
    this.line(this.colours.bold(text));
  }

  /** A line with a short mark in the margin, wrapped and indented. */
  entry(mark: string, text: string): void {
    const margin = 5;
    for (const [index, line] of wrapped(text, this.#width - margin).entries()) {
      this.line(`${paddedLeft(index === 0 ? mark : "", margin - 2)}  ${line}`);
    }
  }

  /** How many were left out, and where they are. */
  more(count: number, one: string, many: string): void {
    if (count <= 0) return;
    const [file] = this.options.reportFiles ?? [];
    const where = file === undefined ? "" : `: ${visible(file)}`;
    this.entry("…", `${count} more ${count === 1 ? one : many}${where}`);
  }

  /** Names on the left, numbers on the right; `ruled` draws a line above the last row, the sum. */
  table(header: readonly string[], rows: readonly (readonly string[])[], ruled: boolean): void {
    const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
    const line = (cells: readonly string[]) =>
      cells
        .map((cell, column) => (column === 0 ? padded(cell, widths[0]! + 2) : paddedLeft(cell, widths[column]! + 2)))
        .join("");
    this.heading(line(header));
    for (const [index, row] of rows.entries()) {
      if (ruled && index === rows.length - 1) this.line("─".repeat(widths.reduce((sum, width) => sum + width + 2, 0)));
      this.line(line(row));
    }
  }

  /** A section of findings: severity, section of the guide, subject and what on one line; id, place and fix below it. Without `targets` there is only one subject, which is left out. */
  groups(title: string, groups: readonly FindingGroup[], limit: number, options: GroupOptions = {}): void {
    if (groups.length === 0) return;
    this.heading(title);
    if (options.hint !== undefined) this.entry("", options.hint);
    const shown = groups.slice(0, limit);
    const sectionWidth = Math.max(...shown.map((group) => sectionText(group).length));
    const subjects = this.#subjectCells(shown, sectionWidth, options.targets);
    const indent = 15 + sectionWidth + 2 + columnsOf(subjects[0]!);
    for (const [index, group] of shown.entries()) {
      const number = paddedLeft(String(index + 1), 3);
      const text = `${whatText(group)}${newMark(group)}`;
      const [first, ...rest] = wrapped(text, Math.max(leastText, this.#width - indent));
      this.line(
        `${number}  ${this.#severity(group.severity)}  ${padded(sectionText(group), sectionWidth)}  ${subjects[index]}${first}`,
      );
      for (const line of rest) this.line(" ".repeat(indent) + line);
      this.entry("", this.#detail(group));
    }
    this.more(groups.length - limit, "finding", "findings");
    this.blank();
  }

  /** The subjects as cells of equal width, cut at their beginning where they are long. */
  #subjectCells(groups: readonly FindingGroup[], sectionWidth: number, targets?: readonly Target[]): string[] {
    if (targets === undefined) return groups.map(() => "");
    const labels = groups.map((group) => subjectText(group, targets));
    const room = Math.max(8, this.#width - 15 - sectionWidth - 4 - leastText);
    const width = Math.min(32, room, Math.max(...labels.map(columnsOf)));
    return labels.map((label) => `${padded(cutStart(label, width), width)}  `);
  }

  #detail(group: FindingGroup): string {
    const place = placesText(group);
    return [group.first.id, ...(place === "" ? [] : [place]), fixText(group)].join(" · ");
  }

  #severity(severity: Severity): string {
    const text = padded(severity, 8);
    if (severity === "critical") return this.colours.bold(this.colours.red(text));
    if (severity === "high") return this.colours.red(text);
    return severity === "medium" ? this.colours.yellow(text) : text;
  }

  /** What the image is, one property a line. */
  imageHead(facts: readonly (readonly [string, string])[]): void {
    const names = Math.max(...facts.map(([name]) => name.length));
    for (const [name, value] of facts) this.line(`${padded(name, names)}  ${value}`);
    this.blank();
  }
}

function sectionText(group: FindingGroup): string {
  return sectionOf(group.first.recommendations[0]!);
}

function newMark(group: FindingGroup): string {
  const fresh = group.findings.filter((finding) => finding.isNew).length;
  if (fresh === 0) return "";
  return fresh === group.findings.length ? " [new]" : ` [${counted(fresh, "new one")}]`;
}
