import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import reporter from "../src/reporters/html.ts";
import { platformInput } from "../test/e2e/platform-input.ts";
import { type Figure, median } from "./measure.ts";

const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);

/** How long the report page takes to open and to search with ten thousand findings, beside an empty page in the same run. */
export async function run(): Promise<Figure[]> {
  if (browserPath === undefined) return [{ what: "report page", value: "Chromium is not here" }];
  const input = platformInput({ images: 40, vulnerabilitiesPerImage: 250 });
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-page-"));
  const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const [large, empty] = [join(folder, "large.html"), join(folder, "empty.html")];
    writeFileSync(large, reporter.render(input));
    writeFileSync(empty, "<!doctype html><h1>nothing</h1>");
    const page = await browser.newPage();
    const opened = await medianOf(5, () => opening(page, large));
    const bare = await medianOf(5, () => opening(page, empty));
    const searched = await medianOf(5, () => searching(page, large));
    const findings = input.assessment.findings.length.toLocaleString("en");
    return [
      {
        what: `opening a report of ${findings} findings`,
        value: `${seconds(opened)} (an empty page: ${seconds(bare)})`,
      },
      { what: "searching them for a word", value: seconds(searched) },
    ];
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function opening(page: Page, file: string): Promise<number> {
  await page.goto("about:blank");
  const began = performance.now();
  await page.goto(String(pathToFileURL(file)));
  await page.waitForSelector("h1");
  return performance.now() - began;
}

async function searching(page: Page, file: string): Promise<number> {
  await page.goto("about:blank");
  await page.goto(`${pathToFileURL(file)}#/findings?status=all`);
  await page.waitForSelector(".findings .row");
  const began = performance.now();
  await page.getByLabel("Text").fill("openssl 1.7.0");
  await page.locator(".result-line", { hasText: /^\d{1,3} findings? of/ }).waitFor();
  return performance.now() - began;
}

async function medianOf(times: number, measured: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let time = 0; time < times; time++) all.push(await measured());
  return median(all);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}
