import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ReportInput } from "../../src/core/reporter.ts";
import reporter from "../../src/reporters/html.ts";
import { hostileText, sampleInput } from "../sample-assessment.ts";
import { emptyInput, platformInput } from "./platform-input.ts";

const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

describe.skipIf(!browserPath)(`the report page in a browser${browserPath ? "" : " (Chromium is missing)"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-report-"));
  const screenshots = process.env["PLIMSOLL_SCREENSHOTS"] ?? folder;
  const inputs: Readonly<Record<string, ReportInput>> = {
    platform: platformInput(),
    large: platformInput({ images: 40, vulnerabilitiesPerImage: 250 }),
    empty: emptyInput(),
    hostile: sampleInput({
      hostile: `${hostileText}</script><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`,
    }),
  };
  let browser: Browser;
  let page: Page;
  /** What the page asked for beyond itself, and what it complained of. */
  let requests: string[];
  let complaints: string[];

  beforeAll(async () => {
    for (const [name, input] of Object.entries(inputs))
      writeFileSync(join(folder, `${name}.html`), reporter.render(input));
    browser = await chromium.launch({ executablePath: browserPath!, args: flags });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
    page.setDefaultTimeout(30_000);
    requests = [];
    complaints = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual([]);
  });

  async function open(name: string, hash = ""): Promise<void> {
    await page.goto(`${pathToFileURL(join(folder, `${name}.html`))}${hash}`);
    await page.waitForSelector("h1");
  }

  function hash(): Promise<string> {
    return page.evaluate("location.hash");
  }

  const inView = (selector: string) => page.locator(selector).first();

  it("shows what was set aside with whose word it is, of one image or of all", async () => {
    await open("platform");
    await page.click(".head-facts a[href='#/set-aside']");
    await page.waitForSelector("h1:text-is('Set aside')");
    const text = await page.textContent("main");
    expect(text).toContain("unimportant says debian");
    expect(text).toContain("vulnerable code not in execute path: the parser is never called (shop.vex.json)");
    const all = await page.locator("main tbody tr").count();
    await page.goto(`${page.url().split("#")[0]}#/images`);
    await page.locator(".image-card a:text-is('Set aside')").first().click();
    await page.waitForSelector("h1:text-is('Set aside')");
    expect(await page.locator("main tbody tr").count()).toBeLessThan(all);
    expect(await page.locator("main tbody tr td[data-label=Subject]").allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining("registry.example/shop/")]),
    );
  });

  it("has no view of what was set aside where nothing was", async () => {
    await open("empty");
    expect(await page.textContent("nav")).not.toContain("Set aside");
  });

  it("asks for nothing but its own file", async () => {
    await open("platform");
    expect(requests.filter((url) => url.startsWith("file:"))).toHaveLength(1);
  });

  it("shows gate, coverage and a cell for every countermeasure", async () => {
    await open("platform");
    expect(await inView("h1").textContent()).toBe("kind-dev and 11 more targets");
    expect(await inView(".gate-verdict").textContent()).toContain("Gate: failed");
    const { coverage } = inputs["platform"]!.assessment;
    expect(await page.locator(".legend dd").allTextContents()).toEqual(
      [coverage.satisfied, coverage.notSatisfied, coverage.declared, coverage.unknown, coverage.notApplicable].map(
        (count) => expect.stringMatching(new RegExp(`^${count} `)),
      ),
    );
    expect(await page.locator(".matrix .cell").count()).toBe(24);
    expect(await page.locator(".matrix-column").count()).toBe(6);
  });

  it("moves through the matrix by keys, with one cell in the tab order, and opens one by Enter", async () => {
    await open("platform");
    expect(await page.locator('.cell[tabindex="0"]').count()).toBe(1);
    await page.locator(".cell").first().focus();
    const focused = () => page.evaluate("document.activeElement.querySelector('.cell-id').textContent");
    for (const [key, cell] of [
      ["ArrowRight", "4.2.1"],
      ["ArrowDown", "4.2.2"],
      ["ArrowLeft", "4.1.2"],
      ["End", "4.5.2"],
      ["Home", "4.1.2"],
      ["Control+End", "4.6"],
      ["Control+Home", "4.1.1"],
      ["ArrowUp", "4.1.1"],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused(), key).toBe(cell);
    }
    expect(await page.locator('.cell[tabindex="0"]').count()).toBe(1);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".recommendations");
    expect(await hash()).toBe("#/countermeasure/4.1.1");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("MAIN");
  });

  it("leads from a cell over recommendation and finding to the evidence, by keyboard alone", async () => {
    await open("platform");
    await page.locator(".cell", { hasText: "4.4.3" }).press("Enter");
    const head = page.locator(".recommendation-head", { hasText: "4.4.3-a" });
    await head.press("Enter");
    expect(await head.getAttribute("aria-expanded")).toBe("true");
    expect(await hash()).toBe("#/countermeasure/4.4.3?open=4.4.3-a");
    await page.locator(".findings .disclosure", { hasText: "Engine socket mounted" }).press("Enter");
    const details = await page.locator(".finding-details").textContent();
    expect(details).toContain("volumes[2].hostPath");
    expect(details).toContain("in deploy/monitoring.yaml:31:9");
    expect(details).toContain("/var/run/docker.sock, read-write");
    expect(details).toContain("no engine socket");
    expect(details).toContain("root on the host");
    await page.locator(".waive summary").press("Enter");
    expect(await page.locator(".waive pre").textContent()).toContain("check: container/runtime-socket-mounted");
    await page.locator(".belonging a", { hasText: "link to" }).press("Enter");
    await page.waitForSelector(".finding-line");
    expect(await inView("h1").textContent()).toBe("Engine socket mounted");
  });

  it("carries filters in the address, both ways, and sorts", async () => {
    await open("platform", "#/findings");
    await page.locator(".chip", { hasText: "critical" }).click();
    await page.locator(".chip", { hasText: "Container" }).click();
    await page.getByLabel("Text").fill("socket");
    expect(await hash()).toBe("#/findings?severity=critical&area=container&q=socket");
    expect(await page.locator(".result-line").textContent()).toContain("1 finding of");
    const address = page.url();
    await page.goto("about:blank");
    await page.goto(address);
    await page.waitForSelector(".findings .row");
    expect(await page.locator(".findings .row").count()).toBe(1);
    expect(await page.locator('.chip[aria-pressed="true"]').allInnerTexts()).toEqual([
      expect.stringMatching(/^failed/),
      expect.stringMatching(/^critical/),
      expect.stringMatching(/^Container/),
    ]);
    await page.getByText("Clear filters").click();
    await page.locator("th button", { hasText: "Subject" }).click();
    expect(await page.locator("th.col-subject").getAttribute("aria-sort")).toBe("ascending");
    const subjects = await page.locator("td.col-subject").allInnerTexts();
    expect(subjects).toEqual(subjects.toSorted());
  });

  it("says what to do where nothing matches and where nothing is known", async () => {
    await open("platform", "#/findings?q=nothing-like-it");
    expect(await page.locator(".empty").textContent()).toContain("No finding matches");
    await open("empty");
    expect(await page.locator(".gate").textContent()).toContain("could not assess");
    expect(await page.locator(".empty").textContent()).toContain("plimsoll assess");
    await open("empty", "#/images");
    expect(await page.locator(".empty").textContent()).toContain("plimsoll assess image REFERENCE");
    await open("empty", "#/countermeasure/9.9.9");
    expect(await inView("h1").textContent()).toBe("No countermeasure 9.9.9");
  });

  it("shows hostile data as text and runs none of it", async () => {
    for (const view of [
      "",
      "#/fix-first",
      "#/findings?status=all",
      "#/images",
      "#/unknown",
      "#/decisions",
      "#/sources",
    ]) {
      await open("hostile", view);
      for (const disclosure of (await page.locator("main .disclosure").all()).slice(0, 1)) await disclosure.click();
      expect(await page.title()).not.toBe("owned");
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.locator("script").count()).toBe(2);
    }
  });

  it("follows the system's theme and the reader's choice", async () => {
    await open("platform");
    const ground = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    expect(await ground()).toBe("rgb(245, 247, 249)");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground()).toBe("rgb(16, 22, 29)");
    await page.getByRole("button", { name: /^Theme: auto/ }).click();
    expect(await ground()).toBe("rgb(245, 247, 249)");
    await page.reload();
    expect(await page.getByRole("button", { name: /^Theme: light/ }).count()).toBe(1);
    await page.getByRole("button", { name: /^Theme: light/ }).click();
    expect(await ground()).toBe("rgb(16, 22, 29)");
  });

  it.each([
    "",
    "#/fix-first",
    "#/findings",
    "#/images",
    "#/unknown",
    "#/decisions",
    "#/sources",
    "#/countermeasure/4.4.3?open=4.4.3-a",
  ])("has landmarks, headings in order and a name for every control: %s", async (view) => {
    await open("platform", view);
    for (const disclosure of (await page.locator("main .disclosure[aria-expanded=false]").all()).slice(0, 2))
      await disclosure.click();
    for (const role of ["banner", "main", "navigation", "contentinfo"] as const)
      expect(await page.getByRole(role).count(), role).toBeGreaterThan(0);
    const levels: number[] = await page.evaluate(
      "[...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => Number(heading.tagName[1]))",
    );
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0), `headings ${levels}`).toBeLessThanOrEqual(1);
    const nameless: string[] = await page.evaluate(`[...document.querySelectorAll("a, button, input, summary")]
      .filter((control) => !(control.getAttribute("aria-label") || control.textContent.trim() || control.labels?.length))
      .map((control) => control.outerHTML)`);
    expect(nameless).toEqual([]);
    const doubled: string[] = await page.evaluate(
      "[...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index)",
    );
    expect(doubled).toEqual([]);
  });

  it("lets the keyboard skip to the content and shows where the focus is", async () => {
    await open("platform");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("MAIN");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
  });

  it.each([
    [1280, "light"],
    [1280, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("fits %i pixels in %s", async (width, colorScheme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const [name, view] of [
      ["overview", ""],
      ["findings", "#/findings?severity=critical"],
      ["images", "#/images"],
      ["countermeasure", "#/countermeasure/4.1.1?open=4.1.1-c"],
      ["decisions", "#/decisions"],
      ["sources", "#/sources"],
    ] as const) {
      await open("platform", view);
      if (name === "findings") await page.locator(".findings .disclosure").first().click();
      expect(await page.evaluate("document.documentElement.scrollWidth"), name).toBeLessThanOrEqual(width);
      await page.screenshot({ path: join(screenshots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  });

  it("prints the whole report, without controls, and returns to the view", async () => {
    await open("platform", "#/findings");
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: "print" });
    const text = await page.locator(".printed").textContent();
    for (const { id } of inputs["platform"]!.assessment.recommendations) expect(text).toContain(id);
    expect(text).toContain("/var/run/docker.sock, read-write");
    expect(text).toContain(inputs["platform"]!.assessment.snapshot.digest);
    expect(await page.locator("button:visible").count()).toBe(0);
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
    await page.emulateMedia({ media: "screen" });
    expect(await inView("h1").textContent()).toBe("Findings");
    const path = join(screenshots, "report.pdf");
    await page.pdf({ path, preferCSSPageSize: true });
    const pdf = readFileSync(path);
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    // Only the whole document, not the one view, takes this many pages.
    expect(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)!.length).toBeGreaterThan(10);
  });

  it("shows ten thousand findings a hundred at a time, and searches them", async () => {
    expect(inputs["large"]!.assessment.findings.length).toBeGreaterThan(10_000);
    await open("large");
    await page.goto(`${page.url().split("#")[0]}#/findings?status=all`);
    await page.waitForSelector(".findings .row");
    expect(await page.locator(".findings .row").count()).toBe(100);
    await page.getByLabel("Text").fill("openssl 1.7.0");
    await page.locator(".result-line", { hasText: /^\d{1,3} findings? of/ }).waitFor();
    await page.getByRole("button", { name: /^Show .* more/ }).click();
    expect(await page.locator(".findings .row").count()).toBeGreaterThan(100);
  });
});
