import { defineReporter, type ReportInput } from "../core/reporter.ts";
import { buildPageData } from "./html/build-page-data.ts";
import { reportPage } from "./report-page.generated.ts";

export default defineReporter({
  id: "html",
  summary: "one self-contained page: the matrix of countermeasures down to each item of evidence",
  mediaType: "text/html",
  defaultName: "report.html",
  render,
});

/** The page with the data at its one placeholder; `reportPage` is the built page in two halves around it. */
function render(input: ReportInput): string {
  const [before, after] = reportPage;
  return before + embeddableJson(buildPageData(input)) + after;
}

/** JSON that can stand inside a script element: without `<` no end tag and no comment can begin (HTML §4.12.1.3), and U+2028 and U+2029 are escaped for readers that take it as script. */
function embeddableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
