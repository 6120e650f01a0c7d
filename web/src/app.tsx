import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { PageHeader } from "./components/page-header.tsx";
import type { Model } from "./model.ts";
import { ModelContext } from "./model-context.ts";
import { type Route, useRoute } from "./route.ts";
import { CountermeasureView } from "./views/countermeasure.tsx";
import { DecisionsView } from "./views/decisions.tsx";
import { FindingPage } from "./views/finding.tsx";
import { FindingsView } from "./views/findings.tsx";
import { FixFirstView } from "./views/fix-first.tsx";
import { ImagesView } from "./views/images.tsx";
import { Overview } from "./views/overview.tsx";
import { PrintedReport } from "./views/printed-report.tsx";
import { SetAsideView } from "./views/set-aside.tsx";
import { SourcesView } from "./views/sources.tsx";
import { UnknownView } from "./views/unknown.tsx";
import { moment } from "./words.ts";

/** The report page. On screen it shows one view at a time, on paper everything that matters in one document. */
export function App({ model }: { readonly model: Model }) {
  const route = useRoute();
  const printing = usePrinting();
  return (
    <ModelContext value={model}>{printing ? <PrintedReport /> : <Screen route={route} model={model} />}</ModelContext>
  );
}

function Screen({ route, model }: { readonly route: Route; readonly model: Model }) {
  const main = useRef<HTMLElement>(null);
  const path = route.steps.join("/");
  useViewChange(path, main);
  const { data } = model;
  return (
    <>
      <button type="button" className="skip-link" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <PageHeader route={route} />
      <main ref={main} tabIndex={-1} key={path}>
        <View route={route} />
      </main>
      <footer className="page-footer">
        Plimsoll {data.version} · {data.guide} · facts of {moment(data.created)} · snapshot <code>{data.digest}</code>
      </footer>
    </>
  );
}

function View({ route }: { readonly route: Route }) {
  const [view = "", name = ""] = route.steps;
  if (view === "countermeasure") return <CountermeasureView id={name} route={route} />;
  if (view === "finding") return <FindingPage id={name} />;
  if (view === "fix-first") return <FixFirstView />;
  if (view === "findings") return <FindingsView route={route} />;
  if (view === "images") return <ImagesView />;
  if (view === "unknown") return <UnknownView />;
  if (view === "decisions") return <DecisionsView />;
  if (view === "set-aside") return <SetAsideView route={route} />;
  if (view === "sources") return <SourcesView route={route} />;
  return <Overview />;
}

/** A new view starts at its top, with the focus on it, and names itself in the title. */
function useViewChange(path: string, main: React.RefObject<HTMLElement | null>): void {
  const shown = useRef(path);
  useEffect(() => {
    const heading = main.current?.querySelector("h1")?.textContent;
    document.title = heading ? `${heading} – Plimsoll report` : "Plimsoll report";
    if (shown.current === path) return;
    shown.current = path;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path, main]);
}

/** True from just before the browser prints until it has. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    // The browser takes the page as it stands when the listener returns.
    const before = () => flushSync(() => setPrinting(true));
    const after = () => setPrinting(false);
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, []);
  return printing;
}
