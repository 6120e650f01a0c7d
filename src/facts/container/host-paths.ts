import type { Container } from "./container.ts";

/** A mount of a path of the host. */
export type HostMount = Container["mounts"][number] & { readonly index: number; readonly path: string };

/** The host's paths that the container mounts, normalised, with their index among its mounts. */
export function hostMounts(container: Container): HostMount[] {
  return container.mounts.flatMap((mount, index) =>
    mount.kind === "host-path" ? [{ ...mount, index, path: normalise(mount.source ?? "") }] : [],
  );
}

/** Whether `outer` is `inner` or one of the folders above it. */
export function contains(outer: string, inner: string): boolean {
  return outer === "/" || inner === outer || inner.startsWith(`${outer}/`);
}

/** Whether a path is that of a socket: for it, read-only and writable are the same, and what it commands matters more than where it lies. */
export function isSocket(path: string): boolean {
  return path.endsWith(".sock");
}

function normalise(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  const joined = `/${steps.join("/")}`;
  return path.startsWith("/") ? joined.replace(/^\/var\/run(?=\/|$)/, "/run") : path;
}
