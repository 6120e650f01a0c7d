import { useEffect, useRef, useState } from "react";
import { useModel } from "../model-context.ts";
import type { Route } from "../route.ts";
import { addressOf } from "../route.ts";
import { PlimsollMark } from "./icons.tsx";

/** The views of the report in the order of the navigation. */
export const viewTitles = [
  ["", "Overview"],
  ["fix-first", "Fix first"],
  ["findings", "Findings"],
  ["images", "Images"],
  ["unknown", "Not judged"],
  ["set-aside", "Set aside"],
  ["decisions", "Decisions"],
  ["sources", "Sources"],
] as const;

/** Name, navigation and the choice between light and dark. */
export function PageHeader({ route }: { readonly route: Route }) {
  const [current = ""] = route.steps;
  const { setAside } = useModel();
  // Where nothing was set aside there is nothing to see.
  const views = viewTitles.filter(([step]) => step !== "set-aside" || setAside.length > 0);
  const list = useRef<HTMLUListElement>(null);
  // On a narrow screen the navigation scrolls sideways; the present view must not be out of sight in it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view marks another link
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <header className="page-header">
      <div className="page-header-row">
        <a className="brand" href={addressOf([])} aria-label="Plimsoll report, overview">
          <PlimsollMark />
          Plimsoll
        </a>
        <nav aria-label="Report">
          <ul ref={list}>
            {views.map(([step, title]) => (
              <li key={step}>
                <a href={addressOf(step === "" ? [] : [step])} aria-current={step === current ? "page" : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <ThemeButton />
      </div>
    </header>
  );
}

const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];

function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    writeTheme(theme);
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  return (
    <button
      type="button"
      className="theme"
      onClick={() => setTheme(next)}
      aria-label={`Theme: ${theme}. Switch to ${next}`}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
      </svg>
      {theme}
    </button>
  );
}

const themeKey = "plimsoll-report-theme";

/** Storage may be forbidden for files; the choice then lasts as long as the page. */
function readTheme(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(themeKey)) ?? "auto";
  } catch {
    return "auto";
  }
}

function writeTheme(theme: Theme): boolean {
  try {
    localStorage.setItem(themeKey, theme);
    return true;
  } catch {
    return false;
  }
}
