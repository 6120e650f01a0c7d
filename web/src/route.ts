import { useSyncExternalStore } from "react";

/** Where the reader is: the path after `#/` in steps, and the filter behind it. */
export interface Route {
  readonly steps: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

/** The address of a view, for links. */
export function addressOf(steps: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, value);
  const tail = parameters.size > 0 ? `?${parameters}` : "";
  return `#/${steps.map(encodeURIComponent).join("/")}${tail}`;
}

/** The view that the location names; follows every change of it. */
export function useRoute(): Route {
  return parseHash(useSyncExternalStore(subscribe, readHash));
}

/** Changes the filter of the present view without a step in the history. */
export function replaceQuery(route: Route, change: Readonly<Record<string, string | undefined>>): void {
  history.replaceState(null, "", addressOf(route.steps, { ...Object.fromEntries(route.query), ...change }));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Reads `#/findings?area=image` into steps and query; a step that is no valid encoding stays as written. */
export function parseHash(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const steps = path.split("/").filter((step) => step !== "");
  return { steps: steps.map(decodeStep), query: new Map(new URLSearchParams(query)) };
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

function readHash(): string {
  return location.hash;
}
