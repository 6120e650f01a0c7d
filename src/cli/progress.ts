import { createColors } from "picocolors";

const colour = createColors(process.stderr.isTTY === true && !process.env["NO_COLOR"]);

/** Shows on a terminal what is being done and what was done how fast. Everywhere else it stays silent: results go to stdout, and logs have no use for it. */
export class Progress {
  readonly #shown: boolean;
  readonly #debug: boolean;
  #line = "";

  constructor(options: { quiet?: boolean | undefined; debug?: boolean | undefined }) {
    this.#debug = options.debug === true;
    this.#shown = process.stderr.isTTY === true && options.quiet !== true;
  }

  /** Runs one piece of work and leaves a line with its outcome and duration. */
  async step<T>(
    area: string,
    what: string,
    work: (update: (text: string) => void) => Promise<T>,
    outcome: (result: T) => string,
  ): Promise<T> {
    const began = performance.now();
    const label = area.padEnd(12);
    const draw = (text: string) => this.#draw(`  ${label} ${what}${text === "" ? "" : `: ${text}`} …`);
    // Work of under a second needs no moving line.
    const timer = setTimeout(() => draw(""), 1_000);
    try {
      const result = await work((text) => this.#line !== "" && draw(text));
      this.#leave(colour.green("✔"), label, outcome(result), performance.now() - began);
      return result;
    } catch (error) {
      this.#leave(colour.red("✘"), label, what, performance.now() - began);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A remark for people, on stderr. */
  note(text: string): void {
    if (this.#shown || this.#debug) process.stderr.write(`${text}\n`);
  }

  #draw(text: string): void {
    if (!this.#shown) return;
    const width = process.stderr.columns || 80;
    this.#line = text.slice(0, width - 1);
    process.stderr.write(`\r\u001b[2K${this.#line}`);
  }

  #leave(mark: string, label: string, text: string, milliseconds: number): void {
    const seconds = `${(milliseconds / 1000).toFixed(1)} s`;
    if (this.#shown) {
      if (this.#line !== "") process.stderr.write("\r\u001b[2K");
      this.#line = "";
      const width = Math.min(process.stderr.columns || 80, 100);
      const room = Math.max(10, width - label.length - seconds.length - 5);
      const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text.padEnd(room);
      process.stderr.write(`${mark} ${label} ${shown} ${seconds}\n`);
    } else if (this.#debug) process.stderr.write(`${label.trim()}: ${text} (${seconds})\n`);
  }
}
